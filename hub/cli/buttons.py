"""`hub buttons` and `hub button`: the buttons of this home."""

import sys
import time
from typing import Any

import click

from hub.cli.desk import Desk, as_json, pass_desk, print_json

ASK = "-"  # --key without a value: the key is typed where nobody reads it
PATIENCE = 30.0  # s; for a press, where a person is watching
PAUSE = 0.5  # s; between two looks

_name = click.option("--name", help="Such as kitchen.")
_worn = click.option(
    "--worn/--fixed",
    default=None,
    help="Carried on the body (nothing of its presence is kept), or always in its place.",
)
_hold = click.option("--hold-after", type=float, metavar="SECONDS", help="Down for so long is a hold (1.0).")
_pause = click.option("--pause", type=float, metavar="SECONDS", help="Silence that ends a series of presses (0.6).")
_feedback = click.option(
    "--feedback/--no-feedback",
    default=None,
    help="Show the wearer that a person has acknowledged, or not (the default).",
)


@click.command()
@as_json
@pass_desk
def buttons(desk: Desk, as_json: bool) -> None:
    """List the buttons of this home, and how each one is."""
    known = desk.ask("buttons")["buttons"]
    if as_json:
        print_json(known)
    elif not known:
        desk.say("no_buttons")
    else:
        desk.table("button_columns", [_row(desk, button) for button in known])
        for notice in [notice for button in known for notice in button["notices"]]:
            click.echo(f"! {notice}")


def _row(desk: Desk, button: dict[str, Any]) -> list[object]:
    protocol = button["protocol"]
    return [
        button["id"],
        button["name"] or "-",
        button["address"],
        desk.word("encrypted", protocol=protocol) if button["encrypted"] else protocol,
        desk.word("worn" if button["worn"] else "fixed"),
        *life(desk, button),
        _ago(desk, button["last_seen"]),
        _ago(desk, button["last_press"]),
    ]


def life(desk: Desk, button: dict[str, Any]) -> tuple[str, str, str]:
    """How it is supervised, whether it is well, and its battery."""
    battery = button["battery"]
    return (
        desk.word(f"supervision_{button['supervision']}"),
        desk.word(f"button_{button['state']}"),
        "-" if battery is None else f"{battery} %",
    )


def _ago(desk: Desk, seconds: float | None) -> str:
    return "-" if seconds is None else desk.word("seconds_ago", seconds=seconds)


@click.group()
def button() -> None:
    """Find, add, change and remove buttons."""


@button.command()
@click.option("--near", is_flag=True, help="And what was not pressed, but lies beside the hub.")
@click.option("--wait", type=float, metavar="SECONDS", help="Wait so long for a press (30 in a terminal, else 0).")
@pass_desk
def scan(desk: Desk, near: bool, wait: float | None) -> None:
    """Show the buttons that were pressed in the last two minutes, known or not, the newest first."""
    heard = _pressed(desk, near, PATIENCE if wait is None and sys.stdout.isatty() else wait or 0.0)
    if not heard:
        desk.say("nothing_heard")
        return
    keys = ("address", "name", "protocol", "rssi", "seconds_ago", "battery")
    desk.table("heard_columns", [["-" if one.get(key) in (None, "") else one[key] for key in keys] for one in heard])


def _pressed(desk: Desk, near: bool, patience: float) -> list[dict[str, Any]]:
    deadline = time.monotonic() + patience
    told = False
    while True:
        heard: list[dict[str, Any]] = desk.ask("button scan", near=near or None)["heard"]
        if heard or time.monotonic() >= deadline:
            return heard
        if not told:
            desk.say("press_now")
            told = True
        time.sleep(PAUSE)


@button.command("add")
@click.argument("address")
@_name
@click.option("--protocol", help="bthome or itag; bthome, when not named.")
@_worn
@click.option(
    "--key",
    is_flag=False,
    flag_value=ASK,
    metavar="[HEX]",
    help="Its 32 hexadecimal digits, where it is encrypted; without a value you are asked, and nobody sees it.",
)
@_hold
@_pause
@_feedback
@click.option("--response", "own", multiple=True, metavar="GESTURE=ACTION,…", help="What this one does instead.")
@pass_desk
def add_button(
    desk: Desk,
    address: str,
    name: str | None,
    protocol: str | None,
    worn: bool | None,
    key: str | None,
    hold_after: float | None,
    pause: float | None,
    feedback: bool | None,
    own: tuple[str, ...],
) -> None:
    """Add the button with this Bluetooth ADDRESS."""
    added = desk.ask(
        "button add",
        address=address,
        name=name,
        protocol=protocol,
        worn=worn,
        response=_table(desk, own),
        key=_key(desk, key),
        hold_after=hold_after,
        pause=pause,
        feedback=feedback,
    )["button"]
    desk.say("button_added", id=added["id"], address=added["address"])
    _notices(added)


@button.command("set")
@click.argument("id")
@_name
@_worn
@click.option(
    "--key", is_flag=False, flag_value=ASK, metavar="[HEX]", help="Its new key; without a value you are asked."
)
@click.option("--no-key", is_flag=True, help="It is no longer encrypted.")
@_hold
@_pause
@_feedback
@pass_desk
def set_button(
    desk: Desk,
    id: str,
    name: str | None,
    worn: bool | None,
    key: str | None,
    no_key: bool,
    hold_after: float | None,
    pause: float | None,
    feedback: bool | None,
) -> None:
    """Change what is named of the button ID, keep the rest."""
    changes = {"name": name, "worn": worn, "hold_after": hold_after, "pause": pause, "feedback": feedback}
    changes["key"] = "" if no_key else _key(desk, key)
    if all(change is None for change in changes.values()):
        raise click.UsageError(desk.word("nothing_to_change"))
    changed = desk.ask("button set", id=id, **changes)["button"]
    desk.say("button_changed", id=changed["id"])
    _notices(changed)


@button.command()
@click.argument("id")
@pass_desk
def feedback(desk: Desk, id: str) -> None:
    """Show on the button ID what the wearer will see when a person has acknowledged."""
    desk.ask("button feedback", id=id)
    desk.say("feedback_shown", id=id)


@button.command("remove")
@click.argument("id")
@pass_desk
def remove_button(desk: Desk, id: str) -> None:
    """Remove the button ID; its presses do nothing from now on."""
    desk.ask("button remove", id=id)
    desk.say("button_removed", id=id)


def _notices(button: dict[str, Any]) -> None:
    for notice in button["notices"]:
        click.echo(f"! {notice}")


def _key(desk: Desk, key: str | None) -> str | None:
    return str(click.prompt(desk.word("key_prompt"), hide_input=True)) if key == ASK else key


def _table(desk: Desk, own: tuple[str, ...]) -> dict[str, list[str]] | None:
    """Each "GESTURE=ACTION,ACTION" is a row; what the words mean the hub decides."""
    if not all("=" in row for row in own):
        raise click.UsageError(desk.word("response_rows"))
    rows = (row.partition("=") for row in own)
    return {gesture: actions.split(",") for gesture, _, actions in rows} or None
