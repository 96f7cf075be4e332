"""Her home: who it is about and where, whether he lives there, and what each gesture does."""

from typing import Any

from flask import Blueprint, Flask, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from hub.client import Refused
from web import access, lines, live
from web.forms import said, typed

HOME = ("name", "address", "floor", "door_code", "residents", "notes", "language")
GESTURES = ("single", "double", "hold")
ACTIONS = ("sms", "call", "email", "siren", "record")

blueprint = Blueprint("home", __name__)


def install(app: Flask) -> None:
    app.register_blueprint(blueprint)
    access.allow(app, frozenset({"home.home"}), access.MEMBERS)
    views = ("change_home", "presence", "set_presence", "response", "set_response")
    access.allow(app, frozenset(f"home.{view}" for view in views))


@blueprint.get("/home")
def home() -> str:
    return render_template("home/home.html", typed=_as_typed(lines.control().ask("home")["home"]))


@blueprint.post("/home")
def change_home() -> ResponseReturnValue:
    fields = typed(*(name for name in (*HOME, "position") if name in request.form))
    try:
        lines.control().ask("home set", **fields)
    except Refused as refusal:
        return render_template("home/home.html", typed=fields, **said(refusal)), 409
    flash(gettext("The home was changed."))
    return redirect(url_for("home.home"), 303)


@blueprint.get("/presence")
def presence() -> str:
    return render_template("home/presence.html", lives_here=live.setup()["lives_here"])


@blueprint.post("/presence")
def set_presence() -> ResponseReturnValue:
    if request.form.get("lives_here") not in ("yes", "no"):
        sentence = gettext("Choose one of the two.")
        return render_template("home/presence.html", lives_here=None, refusal=sentence), 409
    lives_here = request.form["lives_here"] == "yes"
    lines.control().ask("setup presence", lives_here=lives_here)
    flash(
        gettext("The siren stays silent at every level.")
        if lives_here
        else gettext("Holding the button sounds the siren.")
    )
    return redirect(url_for("setup.steps"), 303)


@blueprint.get("/response")
def response() -> str:
    return render_template("home/response.html", rows=_rows())


@blueprint.post("/response/<gesture>")
def set_response(gesture: str) -> ResponseReturnValue:
    if gesture not in GESTURES:
        abort(404)
    actions = [action for action in ACTIONS if action in request.form.getlist("action")]
    try:
        lines.control().ask("response set", gesture=gesture, actions=actions)
    except Refused as refusal:
        return render_template("home/response.html", rows=_rows(), gesture=gesture, **said(refusal)), 409
    flash(gettext("The table was changed."))
    return redirect(url_for("home.response"), 303)


def _rows() -> list[dict[str, Any]]:
    return list(lines.control().ask("response")["response"])


def _as_typed(home: dict[str, Any]) -> dict[str, str]:
    """The home as a person would type it."""
    position = ",".join(str(degrees) for degrees in home.get("position") or ())
    words = {name: str(home.get(name) or "") for name in HOME}
    return words | {"position": position}
