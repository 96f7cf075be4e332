"""The command `hub`. `hub/__main__.py` plugs in what needs devices; the rest asks the running hub."""

from collections.abc import Mapping
from pathlib import Path

import click

from hub.cli import (
    buttons,
    evidence,
    home,
    incidents,
    learning,
    local,
    page,
    people,
    setup,
    state,
    trying,
    upkeep,
    words,
)
from hub.cli.desk import Commands, Desk
from hub.cli.local import Program

COMMANDS: tuple[click.Command, ...] = (
    local.demo,
    local.check_config,
    local.certificate,
    state.status,
    state.doctor,
    incidents.press,
    incidents.drill,
    incidents.incidents,
    incidents.incident,
    incidents.resolve,
    home.home,
    home.response,
    page.page,
    page.code,
    page.visits,
    setup.setup,
    setup.wipe,
    people.contacts,
    people.contact,
    people.pending,
    people.technicians,
    people.technician,
    buttons.buttons,
    buttons.button,
    evidence.evidence,
    trying.try_,
    upkeep.upkeep,
    upkeep.remind,
)
buttons.button.add_command(learning.learn)


def build(run: Program, children: Mapping[str, Program]) -> click.Group:
    """The whole command line; `run` and the hub's children take the configuration and the file named, if any."""

    @click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
    @click.option(
        "--config",
        metavar="FILE",
        type=click.Path(path_type=Path),
        help="The configuration; else HUB_CONFIG, else /etc/hub/hub.toml.",
    )
    @click.pass_context
    def hub(context: click.Context, config: Path | None) -> None:
        """The hub: a press of a button becomes messages, calls and e-mails."""
        context.obj = Desk(config, words.language())

    for command in (local.run_with(run), *(local.child_with(*child) for child in children.items()), *COMMANDS):
        hub.add_command(command)
    return hub
