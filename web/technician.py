"""What works and what does not, and what the top of every page leads to."""

from ipaddress import ip_address

from flask import Blueprint, Flask, current_app, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from web import access, lines, live

blueprint = Blueprint("technician", __name__)

ENDPOINTS = frozenset(f"technician.{view}" for view in ("start", "status", "state", "check"))


def install(app: Flask) -> None:
    app.register_blueprint(blueprint)
    access.allow(app, ENDPOINTS, access.MEMBERS)
    app.context_processor(
        lambda: {
            "only_here": only_here(),
            "pages": pages(),
            "may": access.may,
            "login": current_app.extensions["hub"].login,
        }
    )


def only_here() -> bool:
    """Whether the one who asks sits at this machine, as everybody should where no code is asked for."""
    return ip_address(request.remote_addr or "127.0.0.1").is_loopback


def pages() -> list[tuple[str, str]]:
    """What the top of every page leads to; the rest of a technician's pages hangs on the set-up."""
    technician = access.role() == "technician"
    return [
        ("technician.status", gettext("Status")),
        *([("setup.steps", gettext("Set-up"))] if technician else []),
        ("people.contacts", gettext("Contacts")),
        ("home.home", gettext("Home")),
        ("incidents.all_incidents", gettext("Incidents")),
        *([("recordings.all_recordings", gettext("Recordings"))] if technician else []),
        ("setup.visits", gettext("Visits")),
        *([("demo.show", gettext("Demonstration"))] if "demo" in current_app.blueprints else []),
    ]


@blueprint.get("/start")
def start() -> ResponseReturnValue:
    """Where a login leads."""
    unfinished = access.may("setup.steps") and not live.setup()["finished"]
    return redirect(url_for("setup.steps" if unfinished else "technician.status"), 303)


@blueprint.get("/status")
def status() -> str:
    return render_template("technician/status.html", status=lines.control().ask("status"))


@blueprint.post("/check")
def check() -> str:
    """Everything one should know before leaving the home; it asks outside, and takes some seconds."""
    return render_template("technician/check.html", checks=lines.control().ask("doctor")["checks"])


@blueprint.get("/status.json")
def state() -> ResponseReturnValue:
    """What changes on the status page, once a second."""
    return live.regions(status=render_template("technician/_status.html", status=lines.control().ask("status")))
