"""`hub page`, `hub code`, `hub visits`: when the page is open, and the codes that let people in."""

import click

from hub import passcode
from hub.cli.desk import Desk, as_json, local, pass_desk, print_json


@click.group()
def page() -> None:
    """Open and close the technician's page."""


@page.command("open")
@pass_desk
def open_page(desk: Desk) -> None:
    """Open the page for 15 minutes; use prolongs that, to an hour at most."""
    desk.say("page_opened", until=local(desk.ask("page open")["until"]))


@page.command("close")
@pass_desk
def close_page(desk: Desk) -> None:
    """Close the page now; whoever is logged in is out."""
    desk.ask("page close")
    desk.say("page_closed")


@click.group()
def code() -> None:
    """Make the codes of the page."""


@code.command("new")
@click.argument("role", type=click.Choice(["technician", "wearer", "duress"]))
@click.option("--missing", is_flag=True, help="Only if there is none yet.")
@pass_desk
def new_code(desk: Desk, role: str, missing: bool) -> None:
    """Make a new code of ROLE and show it once; the old one is worth nothing from then on."""
    if missing and desk.ask("codes")["codes"][role]:
        return
    made, how = passcode.generate(role), desk.ask("page salt")
    key = passcode.key(made, bytes.fromhex(how["salt"]), how["passes"], how["memory"], how["lanes"])
    desk.ask("code new", role=role, key=key.hex())
    desk.say("code_made", role=desk.word(f"role_{role}"), code=made)
    desk.say("code_once")


@click.command()
@as_json
@pass_desk
def visits(desk: Desk, as_json: bool) -> None:
    """Show who came to the page, and when."""
    found = desk.ask("visits")["visits"]
    if as_json:
        print_json(found)
    elif not found:
        desk.say("no_visits")
    else:
        rows = [(local(one["at"]), desk.word(f"visit_{one['what']}"), one["who"], one["detail"]) for one in found]
        desk.table("visit_columns", rows)
