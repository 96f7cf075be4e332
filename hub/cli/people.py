"""`hub contacts`, `hub contact`, `hub technicians`, `hub technician`: the people the hub writes to."""

import click

from hub.cli.desk import Desk, as_json, local, pass_desk, print_json

_name = click.option("--name", required=True)
_phone = click.option("--phone", required=True, help="As it is dialled here, or with + and country.")
_email = click.option("--email")
_language = click.option("--language", type=click.Choice(["fr", "en"]), help="The home's, when not named.")
_now = click.option("--now", is_flag=True, help="At once, without the day of waiting.")
_unsafe = click.option("--unsafe", is_flag=True, help="The contact must not hear of it.")


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
    """Add, change and remove contacts."""


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
@_now
@_unsafe
@pass_desk
def remove_contact(desk: Desk, id: str, now: bool, unsafe: bool) -> None:
    """Remove the contact ID, who hears of it at once and is told of alerts for a day more."""
    removed = desk.ask("contact remove", id=id, now=now or None, unsafe=unsafe or None)
    due = removed.get("due")
    desk.say("contact_leaves" if due else "contact_removed", id=id, due=local(due))


@contact.command("change")
@click.argument("id")
@click.option("--name")
@click.option("--phone")
@_email
@_language
@click.option("--consent/--no-consent", default=None, help="Whether this person agreed to be told.")
@_now
@_unsafe
@pass_desk
def change_contact(desk: Desk, /, id: str, now: bool, unsafe: bool, **changes: str | bool | None) -> None:
    """Change the contact ID; another number or address waits for a day."""
    answer = desk.ask("contact change", id=id, now=now or None, unsafe=unsafe or None, **changes)
    due = answer["due"]
    desk.say("contact_moves" if due else "contact_changed", id=id, due=local(due))


@contact.command("order")
@click.argument("ids", nargs=-1, required=True, metavar="ID...")
@pass_desk
def order_contacts(desk: Desk, ids: tuple[str, ...]) -> None:
    """Put the contacts into this order; name all of them."""
    desk.ask("contact order", ids=list(ids))
    _list(desk, "contacts", False)


@click.group(invoke_without_command=True)
@as_json
@click.pass_context
def pending(context: click.Context, as_json: bool) -> None:
    """Show which contacts are about to go, or to get another number."""
    if context.invoked_subcommand:
        return
    desk = context.find_object(Desk)
    assert desk is not None
    waiting = desk.ask("pending")["pending"]
    if as_json:
        print_json(waiting)
    elif not waiting:
        desk.say("nothing_pending")
    else:
        rows = [(one["id"], one["name"], desk.word(f"pending_{one['what']}"), local(one["due"])) for one in waiting]
        desk.table("pending_columns", rows)


@pending.command("confirm")
@click.argument("id")
@pass_desk
def confirm(desk: Desk, id: str) -> None:
    """Let the change ID take effect now."""
    due = desk.ask("pending confirm", id=id).get("due")
    desk.say("pending_later" if due else "pending_confirmed", id=id)


@pending.command("withdraw")
@click.argument("id")
@pass_desk
def withdraw(desk: Desk, id: str) -> None:
    """Take the change ID back: the contact stays as it is."""
    desk.ask("pending withdraw", id=id)
    desk.say("pending_withdrawn", id=id)


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
