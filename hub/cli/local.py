"""The commands that need no running hub: `hub run`, `hub demo`, `hub check-config`, the hub's children."""

import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import click

from hub.cli.desk import REFUSED, Desk, end, pass_desk

if TYPE_CHECKING:
    from hub.config import Config

CREDENTIALS = Path("/etc/credstore")  # where systemd takes the service's secrets from
Program = Callable[["Config", Path | None], int]


def run_with(program: Program) -> click.Command:
    @click.command()
    @pass_desk
    def run(desk: Desk) -> None:
        """Run the hub (the service does this)."""
        _start(program, desk)

    return run


def child_with(name: str, program: Program) -> click.Command:
    @click.command(name, hidden=True)
    @pass_desk
    def child(desk: Desk) -> None:
        """A child of the hub, which alone starts it (docs/recording.md)."""
        _start(program, desk)

    return child


def _start(program: Program, desk: Desk) -> None:
    from hub.config import load

    sys.exit(program(load(desk.configuration), desk.configuration))


@click.command()
@click.argument("folder", type=click.Path(path_type=Path), default=Path("/etc/hub"))
@pass_desk
def certificate(desk: Desk, folder: Path) -> None:
    """Make the page's certificate in FOLDER (/etc/hub), unless it is there, and print its fingerprint."""
    from hub.certificate import make

    try:
        desk.say("certificate", fingerprint=make(folder))
    except (OSError, ValueError) as problem:
        end(REFUSED, desk.word("certificate_unusable", folder=folder, problem=problem))


@click.command("check-config")
@pass_desk
def check_config(desk: Desk) -> None:
    """Check the configuration and tell every fault at once."""
    from hub.config import load

    os.environ.setdefault("CREDENTIALS_DIRECTORY", str(CREDENTIALS))
    config = load(desk.configuration)
    devices = ", ".join(f"{name}: {device}" for name, device in config.devices.items())
    desk.say("configuration_good", devices=devices)
    for section, present in (
        ("twilio", config.twilio),
        ("email", config.email),
        ("video", config.video.base_url),
    ):
        if not present:
            desk.say("not_configured", section=section)


@click.command()
@click.option("--port", default=8000, show_default=True, type=click.IntRange(1, 65535), help="The page's port.")
@click.option("--bind", metavar="ADDRESS", default="127.0.0.1", show_default=True, help="The page's address.")
@click.option(
    "--state",
    metavar="DIR",
    default=".demo",
    show_default=True,
    type=click.Path(path_type=Path, file_okay=False),
    help="Where the demo keeps its files.",
)
@pass_desk
def demo(desk: Desk, port: int, bind: str, state: Path) -> None:
    """Run the whole hub on simulated devices, with a page that shows it; nothing to configure."""
    from hub.demo import Plan, run

    sys.exit(run(Plan(port, bind, state.absolute(), desk.language, desk.configuration)))
