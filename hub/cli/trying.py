"""`hub try`: one device, while somebody stands beside it."""

import time

import click

from hub.cli.desk import Desk, pass_desk


@click.group("try")
def try_() -> None:
    """Try one device."""


@try_.command()
@click.option("--seconds", type=click.FloatRange(0.2, 3.0), default=1.0, help="How long; 1 if left out.")
@pass_desk
def siren(desk: Desk, seconds: float) -> None:
    """Sound the siren for a moment, where this home has one."""
    desk.say("tried_siren", seconds=f"{desk.ask('try siren', seconds=seconds)['seconds']:g}")


@try_.command()
@click.option("--seconds", type=click.IntRange(1, 60), default=10, help="How long; 10 if left out.")
@pass_desk
def microphone(desk: Desk, seconds: int) -> None:
    """Show how loud it is in the room, about once a second. Nothing is kept."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        level = float(desk.ask("try microphone")["level"])
        click.echo(f"{_bar(level)} {level:.0f} dB")


def _bar(level: float) -> str:
    """From silence, -70 dB, to as loud as it gets."""
    return "█" * max(0, min(35, round((level + 70) / 2))) or "·"


@try_.command()
@click.argument("id")
@click.option("--seconds", type=click.IntRange(1, 60), default=30, help="How long; 30 if left out.")
@pass_desk
def button(desk: Desk, id: str, seconds: int) -> None:
    """Show what the button ID sends while the hub is being set up: nobody is told."""
    until, seen = time.monotonic() + seconds, 0
    begun = desk.ask("try button", id=id, begin=True)
    desk.say("tries_button", seconds=begun["left"])
    seen = len(begun["gestures"])
    while time.monotonic() < until:
        time.sleep(0.3)
        gestures = desk.ask("try button", id=id)["gestures"]
        for one in gestures[seen:]:
            click.echo(desk.word(f"gesture_{one['gesture']}"))
        seen = len(gestures)
