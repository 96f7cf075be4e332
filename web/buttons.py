"""Her buttons: press one and it appears; one that nobody published can be taught; each says how it is."""

from typing import Any

from flask import Blueprint, Flask, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from hub.client import Refused
from web import access, lines, live
from web.forms import said, ticked, typed

blueprint = Blueprint("buttons", __name__)

VIEWS = ("all_buttons", "state", "heard", "heard_state", "add", "button", "remove", "show_feedback")
LESSON = ("learn", "lesson", "lesson_state", "undo", "keep", "stop")
PROTOCOLS = ("bthome", "itag")


def install(app: Flask) -> None:
    app.register_blueprint(blueprint)
    access.allow(app, frozenset(f"buttons.{view}" for view in (*VIEWS, *LESSON)))


@blueprint.get("/buttons")
def all_buttons() -> str:
    return render_template("buttons/buttons.html", buttons=_buttons())


@blueprint.get("/buttons.json")
def state() -> ResponseReturnValue:
    return live.regions(buttons=render_template("buttons/_buttons.html", buttons=_buttons()))


@blueprint.get("/buttons/heard")
def heard() -> str:
    near = "near" in request.args
    return render_template("buttons/heard.html", heard=_heard(near), near=near)


@blueprint.get("/buttons/heard.json")
def heard_state() -> ResponseReturnValue:
    """What was pressed a moment ago, or all that lies near."""
    return live.regions(heard=render_template("buttons/_heard.html", heard=_heard("near" in request.args)))


@blueprint.route("/buttons/add/<address>", methods=["GET", "POST"])
def add(address: str) -> ResponseReturnValue:
    known = next((one for one in _heard(near=True) if one["address"] == address), {"address": address, "protocol": ""})
    if request.method == "GET":
        return render_template("buttons/add.html", heard=known, typed={"protocol": known["protocol"]})
    fields = typed("name", "protocol", "key")
    worn = request.form.get("place") != "fixed"
    try:
        lines.control().ask("button add", address=address, worn=worn, **fields)
    except Refused as refusal:
        return render_template("buttons/add.html", heard=known, typed=fields, worn=worn, **said(refusal)), 409
    flash(gettext("The button belongs to this home now."))
    return _to("buttons.all_buttons")


@blueprint.route("/buttons/<button>", methods=["GET", "POST"])
def button(button: str) -> ResponseReturnValue:
    known = _find(button)
    if request.method == "GET":
        return render_template("buttons/button.html", button=known, typed=known, set_up=_is_set_up())
    fields: dict[str, Any] = {**typed("name"), "worn": request.form.get("place") != "fixed"}
    fields["feedback"] = ticked("feedback")
    try:
        lines.control().ask("button set", id=button, **fields)
    except Refused as refusal:
        page = render_template("buttons/button.html", button=known, typed=fields, set_up=_is_set_up(), **said(refusal))
        return page, 409
    flash(gettext("The button was changed."))
    return _to("buttons.all_buttons")


@blueprint.post("/buttons/<button>/remove")
def remove(button: str) -> ResponseReturnValue:
    lines.control().ask("button remove", id=button)
    flash(gettext("The button was removed: its presses do nothing from now on."))
    return _to("buttons.all_buttons")


@blueprint.post("/buttons/<button>/feedback")
def show_feedback(button: str) -> ResponseReturnValue:
    lines.control().ask("button feedback", id=button)
    flash(gettext("The button has just shown what she will see when somebody is in charge."))
    return redirect(url_for("buttons.button", button=button), 303)


@blueprint.post("/buttons/learn/<address>")
def learn(address: str) -> ResponseReturnValue:
    lines.control().ask("button learn", address=address)
    return _to("buttons.lesson")


@blueprint.get("/buttons/lesson")
def lesson() -> ResponseReturnValue:
    try:
        return render_template("buttons/lesson.html", lesson=lines.control().ask("button lesson")["lesson"])
    except Refused as refusal:
        if refusal.code != "no_lesson":
            raise
        return _to("buttons.heard")


@blueprint.get("/buttons/lesson.json")
def lesson_state() -> ResponseReturnValue:
    """While it goes on; what was found needs another page, so there is no part of that name."""
    facts = lines.control().ask("button lesson")["lesson"]
    return live.regions(**{f"lesson-{facts['state']}": render_template("buttons/_lesson.html", lesson=facts)})


@blueprint.post("/buttons/lesson/undo")
def undo() -> ResponseReturnValue:
    lines.control().ask("button lesson", undo=True)
    return _to("buttons.lesson")


@blueprint.post("/buttons/lesson/keep")
def keep() -> ResponseReturnValue:
    lines.control().ask("button learned", **typed("name"), worn=request.form.get("place") != "fixed")
    flash(gettext("The button belongs to this home now."))
    return _to("buttons.all_buttons")


@blueprint.post("/buttons/lesson/stop")
def stop() -> ResponseReturnValue:
    lines.control().ask("button unlearn")
    return _to("buttons.all_buttons")


def _buttons() -> list[dict[str, Any]]:
    return list(lines.control().ask("buttons")["buttons"])


def _heard(near: bool) -> list[dict[str, Any]]:
    return list(lines.control().ask("button scan", near=near or None)["heard"])


def _is_set_up() -> bool:
    """Then no press is ever held back, not even to try it."""
    return bool(live.setup()["finished"])


def _find(button: str) -> dict[str, Any]:
    known = {one["id"]: one for one in _buttons()}
    if button not in known:
        abort(404)
    return dict(known[button])


def _to(endpoint: str) -> ResponseReturnValue:
    return redirect(url_for(endpoint), 303)
