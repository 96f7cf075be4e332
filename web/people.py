"""The contacts, in their order and with what is still to take effect, and the technicians."""

from typing import Any

from flask import Blueprint, Flask, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from hub.client import Refused
from web import access, lines
from web.forms import said, ticked, typed
from web.words import moment

PERSON = ("name", "phone", "email", "language")

blueprint = Blueprint("people", __name__)


def install(app: Flask) -> None:
    app.register_blueprint(blueprint)
    changes = ("add_contact", "contact", "move", "remove_contact", "confirm", "withdraw")
    technicians = ("technicians", "add_technician", "remove_technician")
    access.allow(app, frozenset({"people.contacts"}), access.MEMBERS)
    access.allow(app, frozenset(f"people.{view}" for view in (*changes, *technicians)))


@blueprint.get("/contacts")
def contacts() -> str:
    return render_template("people/contacts.html", contacts=_contacts(), pending=_pending(), timezone=_timezone())


@blueprint.route("/contacts/add", methods=["GET", "POST"])
def add_contact() -> ResponseReturnValue:
    if request.method == "GET":
        return render_template("people/add_contact.html", typed={})
    person = typed(*PERSON)
    line = lines.control()
    try:
        added = line.ask("contact add", **{key: value or None for key, value in person.items()})["contact"]
        if ticked("consent"):
            line.ask("contact change", id=added["id"], consent=True, now=False, unsafe=False)
    except Refused as refusal:
        return render_template("people/add_contact.html", typed=person, **said(refusal)), 409
    flash(gettext("The contact was added."))  # no name: the browser keeps it in its cookie
    return _to("people.contacts")


@blueprint.route("/contacts/<contact>", methods=["GET", "POST"])
def contact(contact: str) -> ResponseReturnValue:
    before = _find(contact)
    if request.method == "GET":
        return render_template("people/contact.html", contact=before, typed=before)
    after: dict[str, Any] = {**typed(*PERSON), "consent": ticked("consent")}
    was = {**before, "consent": bool(before.get("consent"))}
    changes = {key: value for key, value in after.items() if value != was[key]}
    try:
        answer = lines.control().ask("contact change", id=contact, **changes, **_choices())
    except Refused as refusal:
        return render_template("people/contact.html", contact=before, typed=after, **said(refusal)), 409
    flash(_effect(answer["due"], gettext("The contact was changed.")))
    return _to("people.contacts")


@blueprint.post("/contacts/<contact>/move")
def move(contact: str) -> ResponseReturnValue:
    """One place up or down; at the end nothing happens."""
    ids = [person["id"] for person in _contacts()]
    if contact not in ids:
        abort(404)
    at = ids.index(contact)
    ids.insert(max(0, at + (-1 if request.form.get("to") == "up" else 1)), ids.pop(at))
    lines.control().ask("contact order", ids=ids)
    return _to("people.contacts")


@blueprint.route("/contacts/<contact>/remove", methods=["GET", "POST"])
def remove_contact(contact: str) -> ResponseReturnValue:
    if request.method == "GET":
        return render_template("people/remove_contact.html", contact=_find(contact))
    answer = lines.control().ask("contact remove", id=contact, **_choices())
    flash(_effect(answer.get("due"), gettext("The contact was removed.")))
    return _to("people.contacts")


@blueprint.post("/pending/<change>/confirm")
def confirm(change: str) -> ResponseReturnValue:
    answer = lines.control().ask("pending confirm", id=change)
    flash(_effect(answer.get("due"), gettext("It has taken effect.")))
    return _to("people.contacts")


@blueprint.post("/pending/<change>/withdraw")
def withdraw(change: str) -> ResponseReturnValue:
    lines.control().ask("pending withdraw", id=change)
    flash(gettext("It was withdrawn: everything stays as it was."))
    return _to("people.contacts")


@blueprint.get("/technicians")
def technicians() -> str:
    return render_template("people/technicians.html", technicians=_technicians(), typed={})


@blueprint.post("/technicians/add")
def add_technician() -> ResponseReturnValue:
    person = typed(*PERSON)
    try:
        lines.control().ask("technician add", **{key: value or None for key, value in person.items()})
    except Refused as refusal:
        known = _technicians()
        return render_template("people/technicians.html", technicians=known, typed=person, **said(refusal)), 409
    flash(gettext("The technician was added."))
    return _to("people.technicians")


@blueprint.post("/technicians/<technician>/remove")
def remove_technician(technician: str) -> ResponseReturnValue:
    lines.control().ask("technician remove", id=technician)
    flash(gettext("The technician was removed."))
    return _to("people.technicians")


def _choices() -> dict[str, bool]:
    """`now`: not after the delay; `unsafe`: the person is not told."""
    return {"now": ticked("now"), "unsafe": ticked("unsafe")}


def _effect(due: str | None, done: str) -> str:
    if due is None:
        return done
    date = moment(due, _timezone())
    return str(gettext("It takes effect on %(date)s, unless it is withdrawn before.", date=date))


def _contacts() -> list[dict[str, Any]]:
    return list(lines.control().ask("contacts")["contacts"])


def _technicians() -> list[dict[str, Any]]:
    return list(lines.control().ask("technicians")["technicians"])


def _pending() -> list[dict[str, Any]]:
    return list(lines.control().ask("pending").get("pending", ()))


def _timezone() -> str:
    return str(lines.control().ask("home")["home"]["timezone"])


def _find(contact: str) -> dict[str, Any]:
    known = {person["id"]: person for person in _contacts()}
    if contact not in known:
        abort(404)
    return dict(known[contact])


def _to(endpoint: str) -> ResponseReturnValue:
    return redirect(url_for(endpoint), 303)
