"""Things tried one by one during the set-up: one contact by one way, a button, the siren, the microphone."""

from flask import Blueprint, Flask, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from hub.client import Refused
from web import access, lines, live

CHANNELS = ("sms", "call", "email")
SHORT = 1.0  # s of siren
QUIET, LOUD = -90.0, 0.0  # dBFS, the ends of the scale

blueprint = Blueprint("trials", __name__)


def install(app: Flask) -> None:
    app.register_blueprint(blueprint)
    app.context_processor(lambda: {"scale": scale})
    views = ("contact", "siren", "sound", "microphone", "level", "button", "tried", "gestures")
    access.allow(app, frozenset(f"trials.{view}" for view in views))


@blueprint.post("/contacts/<contact>/try/<channel>")
def contact(contact: str, channel: str) -> ResponseReturnValue:
    """An exercise for this person alone, in this way alone."""
    if channel not in CHANNELS:
        abort(404)
    started = lines.control().ask("drill", gesture="single", contact=contact, channel=channel)["incident"]
    return redirect(url_for("incidents.incident", incident=started["id"]), 303)


@blueprint.get("/siren")
def siren() -> str:
    return render_template("setup/siren.html")


@blueprint.post("/siren")
def sound() -> ResponseReturnValue:
    try:
        lines.control().ask("try siren", seconds=SHORT)
    except Refused as refusal:
        return render_template("setup/siren.html", refusal=str(refusal)), 409
    flash(gettext("It sounded for a second. Did you hear it in every room?"))
    return redirect(url_for("trials.siren"), 303)


@blueprint.get("/microphone")
def microphone() -> str:
    """Opened without being asked, a microphone would frighten: it listens when somebody wants it to."""
    return render_template("setup/microphone.html", listens="listen" in request.args)


@blueprint.get("/microphone.json")
def level() -> ResponseReturnValue:
    """How loud it is at this moment; nothing is kept."""
    try:
        heard, refusal = float(lines.control().ask("try microphone")["level"]), ""
    except Refused as problem:
        heard, refusal = QUIET, str(problem)
    part = render_template("setup/_level.html", level=heard, refusal=refusal)
    return live.regions(level=part)


@blueprint.post("/buttons/<button>/try")
def button(button: str) -> ResponseReturnValue:
    """For a minute its presses are shown, and tell nobody."""
    lines.control().ask("try button", id=button, begin=True)
    return redirect(url_for("trials.tried", button=button), 303)


@blueprint.get("/buttons/<button>/try")
def tried(button: str) -> str:
    return render_template("buttons/try.html", button=button, tried=lines.control().ask("try button", id=button))


@blueprint.get("/buttons/<button>/try.json")
def gestures(button: str) -> ResponseReturnValue:
    heard = lines.control().ask("try button", id=button)
    return live.regions(tried=render_template("buttons/_tried.html", button=button, tried=heard))


def scale(level: float) -> int:
    """Where a level stands between silence and the loudest, in per cent."""
    return round(100 * (min(max(level, QUIET), LOUD) - QUIET) / (LOUD - QUIET))
