"""What happened, by its time line and live; the end of an incident; and exercises."""

from typing import Any

from flask import Blueprint, Flask, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from hub.client import Refused
from web import access, lines, live
from web.timeline import Line, reached, timeline

KINDS = ("real", "false_alarm", "test")
GESTURES = ("single", "double", "hold")

blueprint = Blueprint("incidents", __name__)


def install(app: Flask) -> None:
    app.register_blueprint(blueprint)
    seen = frozenset(f"incidents.{view}" for view in ("all_incidents", "incident", "state", "resolve"))
    access.allow(app, seen, access.MEMBERS)
    access.allow(app, frozenset({"incidents.drill", "incidents.start_drill"}))


@blueprint.get("/incidents")
def all_incidents() -> str:
    incidents = lines.control().ask("incidents")["incidents"]
    return render_template("incidents/incidents.html", incidents=incidents, timezone=_timezone())


@blueprint.get("/incidents/<incident>")
def incident(incident: str) -> str:
    return render_template("incidents/incident.html", **_facts(incident))


@blueprint.get("/incidents/<incident>.json")
def state(incident: str) -> ResponseReturnValue:
    facts = _facts(incident)
    return live.regions(
        **{part: render_template(f"incidents/_{part}.html", **facts) for part in ("incident", "timeline")}
    )


@blueprint.post("/incidents/<incident>/resolve")
def resolve(incident: str) -> ResponseReturnValue:
    lines.control().ask("resolve", id=incident, kind=request.form.get("kind", ""))
    return redirect(url_for("incidents.incident", incident=incident), 303)


@blueprint.get("/drill")
def drill() -> str:
    return render_template("incidents/drill.html")


@blueprint.post("/drill")
def start_drill() -> ResponseReturnValue:
    gesture = request.form.get("gesture", "")
    if gesture not in GESTURES:
        return render_template("incidents/drill.html", refusal=gettext("Choose what to try.")), 409
    try:
        started = lines.control().ask("drill", gesture=gesture, siren=False)["incident"]
    except Refused as refusal:
        return render_template("incidents/drill.html", refusal=str(refusal)), 409
    flash(gettext("The exercise has begun. Ask each contact what arrived."))
    return redirect(url_for("incidents.incident", incident=started["id"]), 303)


def _facts(incident: str) -> dict[str, Any]:
    facts = lines.control().ask("incident", id=incident)["incident"]
    told: list[Line] = timeline(facts)
    return {"incident": facts, "timeline": told, "people": reached(facts), "kinds": KINDS, "timezone": _timezone()}


def _timezone() -> str:
    return str(lines.control().ask("home")["home"]["timezone"])
