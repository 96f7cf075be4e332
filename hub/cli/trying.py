"""`hub try`: one device, while somebody stands beside it."""

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
