"""`hub contacts`, `hub contact`, `hub technicians`, `hub technician`: the people the hub writes to."""

import click

from hub.cli.desk import Desk, as_json, pass_desk, print_json

_name = click.option("--name", required=True)
_phone = click.option("--phone", required=True, help="As it is dialled here, or with + and country.")
_email = click.option("--email")
_language = click.option("--language", type=click.Choice(["fr", "en"]), help="The home's, when not named.")


@click.command()
@as_json
@pass_desk
def contacts(desk: Desk, as_json: bool) -> None:
    """List the people who are told when she presses."""
    _list(desk, "contacts", as_json)


@click.command()
@as_json
@pass_desk
def technicians(desk: Desk, as_json: bool) -> None:
    """List the people who are told of faults, never of presses."""
    _list(desk, "technicians", as_json)


def _list(desk: Desk, kind: str, as_json: bool) -> None:
    people = desk.ask(kind)[kind]
    if as_json:
        print_json(people)
    elif not people:
        desk.say(f"no_{kind}")
    else:
        keys = ("id", "name", "phone", "email", "language")
        desk.table("people_columns", [[person.get(key) or "-" for key in keys] for person in people])


@click.group()
def contact() -> None:
    """Add and remove contacts."""


@contact.command("add")
@_name
@_phone
@_email
@_language
@pass_desk
def add_contact(desk: Desk, name: str, phone: str, email: str | None, language: str | None) -> None:
    """Add a contact; five at most."""
    _add(desk, "contact", name, phone, email, language)


@contact.command("remove")
@click.argument("id")
@click.option("--now", is_flag=True, help="At once, without the waiting time that removing may have.")
@pass_desk
def remove_contact(desk: Desk, id: str, now: bool) -> None:
    """Remove the contact ID."""
    removed = desk.ask("contact remove", id=id, now=now or None)
    desk.say("contact_removed", id=removed.get("contact", {}).get("id", id))


@click.group()
def technician() -> None:
    """Add and remove technicians."""


@technician.command("add")
@_name
@_phone
@_email
@_language
@pass_desk
def add_technician(desk: Desk, name: str, phone: str, email: str | None, language: str | None) -> None:
    """Add a technician; two at most."""
    _add(desk, "technician", name, phone, email, language)


@technician.command("remove")
@click.argument("id")
@pass_desk
def remove_technician(desk: Desk, id: str) -> None:
    """Remove the technician ID."""
    desk.ask("technician remove", id=id)
    desk.say("technician_removed", id=id)


def _add(desk: Desk, kind: str, name: str, phone: str, email: str | None, language: str | None) -> None:
    added = desk.ask(f"{kind} add", name=name, phone=phone, email=email, language=language)[kind]
    desk.say(f"{kind}_added", id=added["id"], name=added["name"], phone=added["phone"])
