"""`hub button learn`: asks for gestures, shows what was heard, and what was found."""

import select
import sys
import time
from contextlib import suppress
from typing import Any

import click

from hub.cli.desk import REFUSED, Desk, end, pass_desk
from hub.client import Refused, Unreachable

PAUSE = 0.2  # s; between two looks
DONE, OPEN = "●", "○"


@click.command()
@click.argument("address")
@click.option("--name", help="Such as kitchen.")
@click.option("--worn/--fixed", default=None, help="Carried on the body (nothing of its presence is kept), or not.")
@click.option("--yes", is_flag=True, help="Keep what was found without asking.")
@pass_desk
def learn(desk: Desk, address: str, name: str | None, worn: bool | None, yes: bool) -> None:
    """Learn the button with this Bluetooth ADDRESS, whose protocol nobody has published."""
    desk.ask("button learn", address=address)
    try:
        lesson = _follow(desk)
        if lesson["state"] == "failed":
            end(REFUSED, lesson["sentence"])
        click.echo(f"\n{lesson['finding']['sentence']}")
        if yes or _wanted(desk):
            added = desk.ask("button learned", name=name, worn=worn)["button"]
            desk.say("button_added", id=added["id"], address=added["address"])
        else:
            desk.say("nothing_learned")
    finally:  # Ctrl-C too
        with suppress(Refused, Unreachable):
            desk.ask("button unlearn")


def _follow(desk: Desk) -> dict[str, Any]:
    """Until the lesson has ended; each line is said once."""
    said: tuple[object, ...] = ()
    if sys.stdin.isatty():
        desk.say("undo_with_enter")
    while True:
        undo = _typed() or None
        lesson: dict[str, Any] = desk.ask("button lesson", undo=undo)["lesson"]
        if lesson["state"] in ("found", "failed"):
            return lesson
        now = (lesson["done"], lesson["sentence"], lesson["heard"])
        if now != said or undo:
            _show(desk, lesson)
        said = now
        time.sleep(PAUSE)


def _show(desk: Desk, lesson: dict[str, Any]) -> None:
    done, of = lesson["done"], lesson["of"]
    dots = " ".join([DONE] * done + [OPEN] * (of - done))
    click.echo(f"{dots}  {desk.word('press_heard') if lesson['heard'] else lesson['sentence']}")


def _typed() -> bool:
    """Whether somebody typed Enter meanwhile."""
    if not sys.stdin.isatty() or not select.select([sys.stdin], [], [], 0)[0]:
        return False
    sys.stdin.readline()
    return True


def _wanted(desk: Desk) -> bool:
    answer = click.prompt(desk.word("keep_learned"), default="", show_default=False)
    return answer.strip().lower() in desk.word("yes_words").split("|")
