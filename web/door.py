"""The way in and the ways out: a plain code page that tells nothing, and the quick exit."""

from flask import Blueprint, Flask, current_app, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from hub import passcode
from hub.client import Refused, Unreachable
from web import access, lines
from web.languages import COOKIE, chosen

blueprint = Blueprint("door", __name__)

# Where the quick exit leads: what anybody looks at, the same for everybody.
ELSEWHERE = {"fr": "https://www.meteofrance.com/", "en": "https://www.bbc.com/weather"}
LONGEST_CODE = 40


def install(app: Flask) -> None:
    app.register_blueprint(blueprint)
    access.allow(app, frozenset({"door.show", "door.enter"}), access.EVERYBODY)
    access.allow(app, frozenset({"door.leave", "door.log_out"}), access.MEMBERS)
    app.context_processor(lambda: {"elsewhere": ELSEWHERE[chosen()]})


@blueprint.get("/")
def show() -> ResponseReturnValue:
    """The same page whatever the hub's state: it is not even asked. A demonstration begins with what it shows."""
    if not current_app.extensions["hub"].login:
        return redirect(url_for("demo.show" if "demo" in current_app.blueprints else "technician.status"))
    return render_template("door.html")


@blueprint.post("/")
def enter() -> ResponseReturnValue:
    code = request.form.get("code", "").strip()
    if not code or len(code) > LONGEST_CODE:
        return render_template("door.html", refusal=gettext("Type the code.")), 403
    try:
        login = _log_in(code)
    except Refused as refusal:
        return render_template("door.html", refusal=str(refusal)), 403
    session.clear()  # nothing that was planted before the login is worth anything after it
    session.update(token=login["token"], role=login["role"])
    return redirect(url_for("technician.start"), 303)


@blueprint.get("/leave")
def leave() -> ResponseReturnValue:
    """The quick exit, as a link that needs no JavaScript. Another site cannot use it: the cookie is strict."""
    _forget()
    elsewhere = redirect(ELSEWHERE[chosen()], 303)
    elsewhere.delete_cookie(COOKIE)
    return elsewhere


@blueprint.post("/log-out")
def log_out() -> ResponseReturnValue:
    _forget()
    return redirect(url_for("door.show"), 303)


def _log_in(code: str) -> dict[str, str]:
    """The hub counts the try before it says how to make the key. Raises Refused."""
    line = lines.nobody()
    trial = line.ask("page try")
    key = passcode.key(code, bytes.fromhex(trial["salt"]), trial["passes"], trial["memory"], trial["lanes"])
    return line.ask("page login", **{"try": trial["try"], "key": key.hex()})


def _forget() -> None:
    """However the hub is: this browser must not be logged in a moment longer."""
    line = lines.control()
    session.clear()
    try:
        line.ask("page logout")
    except (Refused, Unreachable):
        current_app.logger.info("the hub did not take the log-out; its login ends by itself")
