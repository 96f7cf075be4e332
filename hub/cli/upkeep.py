"""`hub upkeep`, `hub remind`: what the timers of the machine ask for, and nobody has to."""

import click

from hub.cli.desk import Desk, pass_desk


@click.command()
@pass_desk
def upkeep(desk: Desk) -> None:
    """Delete the incidents that ended long ago."""
    answer = desk.ask("upkeep")
    desk.say("upkeep_done" if answer["done"] else "upkeep_goes_on", days=answer["days"])


@click.command()
@pass_desk
def remind(desk: Desk) -> None:
    """Remind the technicians of an exercise, if there was none for long."""
    desk.say("reminded" if desk.ask("remind")["reminded"] else "not_reminded")
