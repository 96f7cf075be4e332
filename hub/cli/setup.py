"""`hub setup`: how far the set-up is, and the two things of it that are said and not entered."""

import click

from hub.cli.desk import Desk, as_json, pass_desk, print_json
from hub.cli.state import MARKS


@click.group(invoke_without_command=True)
@as_json
@click.pass_context
def setup(context: click.Context, as_json: bool) -> None:
    """Show how far the set-up is, and whether an alert would get out now."""
    if context.invoked_subcommand:
        return
    desk = context.find_object(Desk)
    assert desk is not None
    facts = desk.ask("setup")
    if as_json:
        print_json(facts)
        return
    click.echo(f"{MARKS[facts['now']['ok']]} {facts['now']['sentence']}\n")
    for step in facts["steps"]:
        click.echo(f"{MARKS[step['done']]} {step['sentence']}")


@setup.command("presence")
@click.argument("lives_here", type=click.Choice(["yes", "no"]))
@pass_desk
def presence(desk: Desk, lives_here: str) -> None:
    """Say whether he lives here or comes in: then no gesture sounds the siren. It sets the home's table anew."""
    desk.ask("setup presence", lives_here=lives_here == "yes")
    desk.say(f"presence_{lives_here}")


@setup.command("finish")
@pass_desk
def finish(desk: Desk) -> None:
    """End the set-up: from now on the page is closed, and contacts who are removed stay for a day."""
    desk.ask("setup finish")
    desk.say("setup_finished")


@click.command()
@click.option("--confirm", required=True, metavar="NAME", help="What this hub is called (hub status).")
@click.option("--recordings", is_flag=True, help="Also the recordings that are nowhere else.")
@pass_desk
def wipe(desk: Desk, confirm: str, recordings: bool) -> None:
    """Forget everything: home, people, buttons, incidents, recordings, keys, codes."""
    desk.ask("wipe", confirm=confirm, recordings=recordings)
    desk.say("wiped")
