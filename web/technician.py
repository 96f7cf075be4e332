"""The technician's pages: what works, who is told, where the home is."""

from ipaddress import ip_address
from typing import Any

from flask import Blueprint, Flask, abort, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from hub.client import Refused
from web import access, lines

HOME = ("name", "address", "floor", "door_code", "residents", "notes", "language")

blueprint = Blueprint("technician", __name__)

ENDPOINTS = frozenset(
    f"technician.{view}"
    for view in ("front", "status", "state", "contacts", "add_contact", "remove_contact", "home", "change_home")
)


def install(app: Flask) -> None:
    app.register_blueprint(blueprint)
    access.allow(app, ENDPOINTS)
    app.context_processor(lambda: {"only_here": only_here(), "pages": pages()})


def only_here() -> bool:
    """Whether the one who asks sits at this machine, as everybody should until there is a login."""
    return ip_address(request.remote_addr or "127.0.0.1").is_loopback


def pages() -> list[tuple[str, str]]:
    """What the top of every page leads to."""
    own = [
        ("technician.status", gettext("Status")),
        ("technician.contacts", gettext("Contacts")),
        ("technician.home", gettext("Home")),
    ]
    return [*own, ("demo.show", gettext("Demonstration"))] if "demo" in current_app.blueprints else own


@blueprint.get("/")
def front() -> ResponseReturnValue:
    """A demonstration begins with what it shows."""
    return redirect(url_for("demo.show" if "demo" in current_app.blueprints else "technician.status"))


@blueprint.get("/status")
def status() -> str:
    return render_template("technician/status.html", status=lines.control().ask("status"))


@blueprint.get("/status.json")
def state() -> ResponseReturnValue:
    """What changes on the status page, once a second."""
    facts = lines.control().ask("status")
    return {"regions": {"status": render_template("technician/_status.html", status=facts)}}


@blueprint.get("/contacts")
def contacts() -> str:
    return render_template("technician/contacts.html", contacts=lines.control().ask("contacts")["contacts"])


@blueprint.route("/contacts/add", methods=["GET", "POST"])
def add_contact() -> ResponseReturnValue:
    if request.method == "GET":
        return render_template("technician/add_contact.html", typed={})
    typed = _typed("name", "phone", "email", "language")
    try:
        lines.control().ask("contact add", **{key: value or None for key, value in typed.items()})
    except Refused as refusal:
        return render_template("technician/add_contact.html", typed=typed, refusal=str(refusal)), 409
    flash(gettext("%(name)s was added.", name=typed["name"]))
    return redirect(url_for("technician.contacts"), 303)


@blueprint.route("/contacts/<contact>/remove", methods=["GET", "POST"])
def remove_contact(contact: str) -> ResponseReturnValue:
    if request.method == "GET":
        return render_template("technician/remove_contact.html", contact=_find(contact))
    lines.control().ask("contact remove", id=contact)
    flash(gettext("The contact was removed."))
    return redirect(url_for("technician.contacts"), 303)


@blueprint.get("/home")
def home() -> str:
    return render_template("technician/home.html", typed=_as_typed(lines.control().ask("home")["home"]))


@blueprint.post("/home")
def change_home() -> ResponseReturnValue:
    typed = _typed(*(name for name in (*HOME, "position") if name in request.form))
    try:
        lines.control().ask("home set", **typed)
    except Refused as refusal:
        return render_template("technician/home.html", typed=typed, refusal=str(refusal)), 409
    flash(gettext("The home was changed."))
    return redirect(url_for("technician.home"), 303)


def _typed(*names: str) -> dict[str, str]:
    return {name: request.form.get(name, "").strip() for name in names}


def _find(contact: str) -> dict[str, Any]:
    known = {person["id"]: person for person in lines.control().ask("contacts")["contacts"]}
    if contact not in known:
        abort(404)
    return dict(known[contact])


def _as_typed(home: dict[str, Any]) -> dict[str, str]:
    """The home as a person would type it."""
    position = ",".join(str(degrees) for degrees in home.get("position") or ())
    words = {name: str(home.get(name) or "") for name in HOME}
    return words | {"position": position}
