"""The set-up as a path, the codes, and who was here."""

from typing import Any

from flask import Blueprint, Flask, abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from hub import passcode
from hub.client import Refused
from web import access, lines, live
from web.forms import said, ticked, typed

# Where each step is done.
PAGES = {
    "presence": "home.presence",
    "home": "home.home",
    "contacts": "people.contacts",
    "technicians": "people.technicians",
    "buttons": "buttons.all_buttons",
    "siren": "trials.siren",
    "microphone": "trials.microphone",
    "paths": "technician.status",
    "keys": "recordings.keys",
    "drill": "incidents.drill",
    "sheet": "sheet.sheet",
}
ROLES = ("technician", "wearer", "duress")

blueprint = Blueprint("setup", __name__)


def install(app: Flask) -> None:
    app.register_blueprint(blueprint)
    access.allow(app, frozenset({"setup.visits"}), access.MEMBERS)
    access.allow(app, frozenset(f"setup.{view}" for view in ("steps", "finish", "codes", "new_code", "wipe", "forget")))


@blueprint.get("/setup")
def steps() -> str:
    return render_template("setup/steps.html", setup=live.setup(), step_pages=PAGES)


@blueprint.post("/setup/finish")
def finish() -> ResponseReturnValue:
    lines.control().ask("setup finish")
    flash(gettext("The set-up is finished. From now on this page is closed unless somebody opens it."))
    return redirect(url_for("technician.status"), 303)


@blueprint.get("/wipe")
def wipe() -> str:
    return render_template("setup/wipe.html", typed={})


@blueprint.post("/wipe")
def forget() -> ResponseReturnValue:
    """What this hub is called has to be typed."""
    fields: dict[str, Any] = {**typed("confirm"), "recordings": ticked("recordings")}
    try:
        lines.control().ask("wipe", **fields)
    except Refused as refusal:
        return render_template("setup/wipe.html", typed=fields, **said(refusal)), 409
    return render_template("setup/wiped.html")


@blueprint.get("/codes")
def codes() -> str:
    return render_template("setup/codes.html", codes=lines.control().ask("codes")["codes"], roles=ROLES)


@blueprint.post("/codes/<role>")
def new_code(role: str) -> ResponseReturnValue:
    """Made here, shown once, kept by nobody."""
    if role not in ROLES:
        abort(404)
    code = _changed(role)
    known = lines.control().ask("codes")["codes"]
    return render_template("setup/codes.html", codes=known, roles=ROLES, made=role, code=code)


@blueprint.get("/visits")
def visits() -> str:
    return render_template("setup/visits.html", visits=lines.control().ask("visits")["visits"], timezone=_timezone())


def _changed(role: str) -> str:
    """Give this role a new code, which is returned. Raises Refused."""
    line = lines.control()
    recipe: dict[str, Any] = line.ask("page salt")
    code = passcode.generate(role)
    key = passcode.key(code, bytes.fromhex(recipe["salt"]), recipe["passes"], recipe["memory"], recipe["lanes"])
    line.ask("code new", role=role, key=key.hex())
    return code


def _timezone() -> str:
    return str(lines.control().ask("home")["home"]["timezone"])
