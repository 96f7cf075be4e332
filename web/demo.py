"""The demonstration: her button on one side, the contacts' telephones on the other, once a second."""

from contextlib import suppress
from threading import Timer

from flask import Blueprint, Flask, abort, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from hub.client import Client, Refused, Unreachable
from web import access, lines
from web.stage import Stage, look

blueprint = Blueprint("demo", __name__, url_prefix="/demo")

ENDPOINTS = frozenset(
    f"demo.{view}"
    for view in (
        "show",
        "state",
        "edge",
        "press",
        "resolve",
        "behave",
        "call_back",
        "reply",
        "pick_up",
        "hang_up",
        "key",
        "start_over",
        "fault",
        "modem",
        "mains",
    )
)

# What breaks in the laboratory: for so many seconds, and what meets it; 0: it is over by itself.
FAULTS: dict[str, tuple[int, tuple[dict[str, object], ...]]] = {
    "internet": (30, tuple({"service": service, "kind": "reset"} for service in ("twilio", "smtp"))),
    "provider": (10, ({"service": "twilio", "kind": "error", "status": 503},)),
    "mail": (10, ({"service": "smtp", "kind": "error"},)),
    "lost": (0, ({"service": "twilio", "kind": "lost_reply", "count": 1},)),
}


def install(app: Flask) -> None:
    app.register_blueprint(blueprint)
    access.allow(app, ENDPOINTS)


@blueprint.get("/")
def show() -> str:
    return render_template("demo/page.html", stage=_look())


@blueprint.get("/state.json")
def state() -> ResponseReturnValue:
    """The parts of the page that change, ready to be put in place."""
    stage = _look()
    parts = {
        part: render_template(f"demo/_{part}.html", stage=stage) for part in ("notice", "room", "incident", "devices")
    }
    phones = {
        f"{part}-{phone.contact}": render_template(f"demo/_{part}.html", stage=stage, phone=phone)
        for phone in stage.telephones
        for part in ("reach", "phone")
    }
    return {"regions": parts | phones}


@blueprint.post("/edge")
def edge() -> ResponseReturnValue:
    """The big button went down or up; the hub times it."""
    lines.simulation().ask("buttons", do=request.form["edge"], button=request.form["button"])
    return "", 204


@blueprint.post("/press")
def press() -> ResponseReturnValue:
    return _tried(lines.simulation(), "buttons", do=request.form["gesture"], button=request.form["button"])


@blueprint.post("/resolve")
def resolve() -> ResponseReturnValue:
    return _tried(lines.control(), "resolve", id=request.form["incident"], kind=request.form["kind"])


@blueprint.post("/behave")
def behave() -> ResponseReturnValue:
    number, behaviour = request.form["number"], request.form["behaviour"]
    return _tried(lines.network(), "behave", number=number, behaviour=behaviour)


@blueprint.post("/call-back")
def call_back() -> ResponseReturnValue:
    """A contact calls the hub's number."""
    caller = current_app.extensions["hub"].caller
    return _tried(lines.network(), "dial", number=request.form["number"], to=caller)


@blueprint.post("/reply")
def reply() -> ResponseReturnValue:
    """A contact answers an SMS of the hub's own SIM, with its reference."""
    number, sim = request.form["number"], lines.simulation().ask("modem")["number"]
    return _tried(lines.network(), "write", number=number, to=sim, text=f"OK {request.form['incident']}")


@blueprint.post("/pick-up")
def pick_up() -> ResponseReturnValue:
    return _tried(lines.network(), "pick_up", call=request.form["call"])


@blueprint.post("/hang-up")
def hang_up() -> ResponseReturnValue:
    return _tried(lines.network(), "hang_up", call=request.form["call"])


@blueprint.post("/key/<digit>")
def key(digit: str) -> ResponseReturnValue:
    return _tried(lines.network(), "key", call=request.form["call"], digit=digit)


@blueprint.post("/start-over")
def start_over() -> ResponseReturnValue:
    """Empty telephones, and no fault left behind."""
    lines.simulation().ask("modem", trouble="")
    lines.simulation().ask("power", lost=False)
    lines.network().ask("clear_faults")
    return _tried(lines.network(), "forget")


@blueprint.post("/fault")
def fault() -> ResponseReturnValue:
    """Break something outside the hub for a moment."""
    if request.form["fault"] not in FAULTS:
        abort(400)
    seconds, faults = FAULTS[request.form["fault"]]
    if seconds:
        _clear_faults_later(lines.network(), seconds)
        flash(gettext("It is away for %(seconds)s seconds from now. Press the button.", seconds=seconds))
    else:
        flash(gettext("The next answer will be lost. Press the button."))
    for facts in faults:
        lines.network().ask("fault", **facts)
    return _shown()


@blueprint.post("/modem")
def modem() -> ResponseReturnValue:
    """Pull it out, or plug it in."""
    return _tried(lines.simulation(), "modem", trouble=request.form["trouble"])


@blueprint.post("/mains")
def mains() -> ResponseReturnValue:
    lost = request.form["lost"] == "yes"
    if lost:
        flash(gettext("The hub runs on its battery now. It says so after ten seconds, and sends all the same."))
    return _tried(lines.simulation(), "power", lost=lost)


def _clear_faults_later(network: Client, seconds: int) -> None:
    def clear() -> None:
        with suppress(Unreachable):
            network.ask("clear_faults")

    timer = Timer(seconds, clear)
    timer.daemon = True
    timer.start()


def _tried(line: Client, command: str, **values: object) -> ResponseReturnValue:
    """Do it and show the page again; a refusal is said there."""
    try:
        line.ask(command, **values)
    except Refused as refusal:
        flash(str(refusal))
    return _shown()


def _shown() -> ResponseReturnValue:
    return redirect(url_for("demo.show"), 303)


def _look() -> Stage:
    return look(lines.control(), lines.simulation(), lines.network())
