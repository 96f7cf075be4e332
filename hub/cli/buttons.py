"""`hub buttons` and `hub button`: the buttons of this home."""

import click

from hub.cli.desk import Desk, as_json, pass_desk, print_json


@click.command()
@as_json
@pass_desk
def buttons(desk: Desk, as_json: bool) -> None:
    """List the buttons of this home."""
    known = desk.ask("buttons")["buttons"]
    if as_json:
        print_json(known)
    elif not known:
        desk.say("no_buttons")
    else:
        desk.table("button_columns", [_row(desk, button) for button in known])


def _row(desk: Desk, button: dict[str, object]) -> list[object]:
    place = desk.word("worn" if button["worn"] else "fixed")
    seen = button.get("last_seen")  # seconds ago
    return [
        button["id"],
        button["address"],
        button["name"] or "-",
        button["protocol"],
        place,
        "-" if seen is None else desk.word("seconds_ago", seconds=seen),
    ]


@click.group()
def button() -> None:
    """Find, add and remove buttons."""


@button.command()
@pass_desk
def scan(desk: Desk) -> None:
    """Show the buttons that were pressed in the last two minutes, known or not."""
    heard = desk.ask("button scan")["heard"]
    if not heard:
        desk.say("nothing_heard")
        return
    keys = ("address", "name", "protocol", "rssi", "seconds_ago", "battery")
    desk.table("heard_columns", [["-" if one.get(key) in (None, "") else one[key] for key in keys] for one in heard])


@button.command("add")
@click.argument("address")
@click.option("--name", help="Such as kitchen.")
@click.option("--protocol", help="bthome, when not named.")
@click.option("--worn/--fixed", default=None, help="Carried on the body (nothing of its presence is kept), or not.")
@pass_desk
def add_button(desk: Desk, address: str, name: str | None, protocol: str | None, worn: bool | None) -> None:
    """Add the button with this Bluetooth ADDRESS."""
    added = desk.ask("button add", address=address, name=name, protocol=protocol, worn=worn)["button"]
    desk.say("button_added", id=added["id"], address=added["address"])


@button.command("remove")
@click.argument("id")
@pass_desk
def remove_button(desk: Desk, id: str) -> None:
    """Remove the button ID; its presses do nothing from now on."""
    desk.ask("button remove", id=id)
    desk.say("button_removed", id=id)
