"""`hub home` and `hub response`: who lives here, and what each gesture does."""

import click

from hub.cli.desk import Desk, as_json, pass_desk, print_json


@click.group(invoke_without_command=True)
@as_json
@click.pass_context
def home(context: click.Context, as_json: bool) -> None:
    """Show the home: whom the contacts are told about, and where she lives."""
    if context.invoked_subcommand is None:
        _show_home(context.find_object(Desk) or context.exit(2), as_json)


def _show_home(desk: Desk, as_json: bool) -> None:
    facts = desk.ask("home")["home"]
    if as_json:
        print_json(facts)
        return
    position = facts.get("position")
    where = ", ".join(str(degrees) for degrees in position) if position else desk.word("unset")
    for key in ("name", "address", "floor", "door_code", "residents", "notes", "language", "timezone"):
        desk.say("field", name=desk.word(f"home_{key}"), value=facts.get(key) or desk.word("unset"))
    desk.say("field", name=desk.word("home_position"), value=where)


@home.command("set")
@click.option("--name", help="What the contacts call her.")
@click.option("--address", help="The street and the town: it is in every SMS.")
@click.option("--position", metavar="LAT,LON", help="In degrees, such as 47.9960,-4.1024.")
@click.option("--language", help="fr or en.")
@click.option("--timezone", help="Such as Europe/Paris.")
@click.option("--floor", help="Floor, stairs, which door.")
@click.option("--door-code", help="And the name on the bell; never in an SMS or on an answering machine.")
@click.option("--residents", help="Who lives there: the emergency services ask.")
@click.option("--notes", help="What they should know: a dog, weapons, an illness.")
@pass_desk
def set_home(
    desk: Desk,
    name: str | None,
    address: str | None,
    position: str | None,
    language: str | None,
    timezone: str | None,
    floor: str | None,
    door_code: str | None,
    residents: str | None,
    notes: str | None,
) -> None:
    """Change what is named, keep the rest."""
    changes = {
        "name": name,
        "address": address,
        "position": position,
        "language": language,
        "timezone": timezone,
        "floor": floor,
        "door_code": door_code,
        "residents": residents,
        "notes": notes,
    }
    if all(text is None for text in changes.values()):
        raise click.UsageError(desk.word("nothing_to_set"))
    desk.ask("home set", **changes)
    desk.say("home_set")


@click.group(invoke_without_command=True)
@as_json
@click.option("--button", metavar="ID", help="What the gestures of this button do.")
@click.pass_context
def response(context: click.Context, as_json: bool, button: str | None) -> None:
    """Show what each gesture does in this home."""
    if context.invoked_subcommand is None:
        _show_response(context.find_object(Desk) or context.exit(2), as_json, button)


def _show_response(desk: Desk, as_json: bool, button: str | None) -> None:
    table = desk.ask("response", button=button)["response"]
    if as_json:
        print_json(table)
        return
    desk.table("response_columns", [(row["gesture"], row["level"], " ".join(row["actions"])) for row in table])


@response.command("set")
@click.argument("gesture", type=click.Choice(["single", "double", "many", "hold"]))
@click.argument("actions", metavar="ACTION...", nargs=-1)
@click.option(
    "--button", metavar="ID", help="Of this button alone; without an ACTION it does what the home does again."
)
@pass_desk
def set_response(desk: Desk, gesture: str, actions: tuple[str, ...], button: str | None) -> None:
    """Change the actions of one gesture; an ACTION is sms, call, email, siren or record."""
    if not actions and button is None:
        raise click.UsageError(desk.word("actions_missing"))
    table = desk.ask("response set", gesture=gesture, actions=list(actions), button=button).get("response", [])
    done = next((row["actions"] for row in table if row["gesture"] == gesture), actions)
    desk.say("response_set", gesture=gesture, actions=" ".join(done))
