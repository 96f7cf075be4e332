"""What was recorded: listed and copied out, never played here; and the keys that it is sealed to."""

from typing import Any

from flask import Blueprint, Flask, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from hub.client import Refused
from web import access, lines, live
from web.forms import said, typed

blueprint = Blueprint("recordings", __name__)


def install(app: Flask) -> None:
    app.register_blueprint(blueprint)
    views = ("all_recordings", "export", "copying", "copying_state", "keys", "add_key", "remove_key")
    access.allow(app, frozenset(f"recordings.{view}" for view in views))


@blueprint.get("/recordings")
def all_recordings() -> str:
    recordings = lines.control().ask("evidence list")["recordings"]
    return render_template("recordings/recordings.html", recordings=recordings, timezone=_timezone())


@blueprint.route("/recordings/<recording>/export", methods=["GET", "POST"])
def export(recording: str) -> ResponseReturnValue:
    if request.method == "GET":
        return render_template("recordings/export.html", recording=recording, typed={})
    fields = typed("folder")
    try:
        copied = lines.control().ask("evidence export", id=recording, folder=fields["folder"])
    except Refused as refusal:
        return render_template("recordings/export.html", recording=recording, typed=fields, **said(refusal)), 409
    if not copied.get("done", True):
        return redirect(url_for("recordings.copying", recording=recording, folder=fields["folder"]), 303)
    flash(gettext("%(files)s files are in %(folder)s.", files=copied["files"], folder=copied["folder"]))
    return redirect(url_for("recordings.all_recordings"), 303)


@blueprint.get("/recordings/<recording>/copying")
def copying(recording: str) -> str:
    """A long copy, which goes on by itself."""
    return render_template("recordings/copying.html", recording=recording, copied=_copied(recording))


@blueprint.get("/recordings/<recording>/copying.json")
def copying_state(recording: str) -> ResponseReturnValue:
    part = render_template("recordings/_copying.html", copied=_copied(recording))
    return live.regions(copying=part)


@blueprint.get("/keys")
def keys() -> str:
    return render_template("recordings/keys.html", keys=_keys(), typed={})


@blueprint.post("/keys/add")
def add_key() -> ResponseReturnValue:
    fields = typed("key")
    try:
        lines.control().ask("evidence key add", key=fields["key"])
    except Refused as refusal:
        return render_template("recordings/keys.html", keys=_keys(), typed=fields, **said(refusal)), 409
    flash(gettext("What is recorded from now on is sealed to this key. Compare its last signs with the sheet."))
    return redirect(url_for("recordings.keys"), 303)


@blueprint.post("/keys/remove")
def remove_key() -> ResponseReturnValue:
    lines.control().ask("evidence key remove", key=request.form.get("key", ""))
    flash(gettext("The key was removed."))
    return redirect(url_for("recordings.keys"), 303)


def _copied(recording: str) -> dict[str, Any]:
    folder = request.args.get("folder", "")
    return {"folder": folder, **lines.control().ask("evidence exporting", id=recording, folder=folder)}


def _keys() -> list[str]:
    return list(lines.control().ask("evidence keys")["keys"])


def _timezone() -> str:
    return str(lines.control().ask("home")["home"]["timezone"])
