"""What every command has at hand: the hub to ask, the words to answer with, and how it ends."""

import json
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import click

from hub import place
from hub.cli import words
from hub.client import Client, Refused, Unreachable
from hub.errors import ConfigError

REFUSED, USAGE, BAD_CONFIGURATION = 1, 2, 78


@dataclass(frozen=True, slots=True)
class Desk:
    """`configuration`: the file named with --config, if any."""

    configuration: Path | None
    language: str

    def ask(self, command: str, **values: object) -> dict[str, Any]:
        return Client(place.control_socket(self.configuration), self.language).ask(command, **values)

    def word(self, key: str, **values: object) -> str:
        return words.sentence(self.language, key, **values)

    def say(self, key: str, **values: object) -> None:
        click.echo(self.word(key, **values))

    def table(self, headings: str, rows: Sequence[Sequence[object]]) -> None:
        """Aligned columns under `headings`, a sentence of the texts with | between the columns."""
        lines = [self.word(headings).split("|"), *([str(cell) for cell in row] for row in rows)]
        widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
        for line in lines:
            cells = (cell.ljust(width) for cell, width in zip(line, widths, strict=True))
            click.echo("  ".join(cells).rstrip())


pass_desk = click.make_pass_decorator(Desk)
as_json = click.option("--json", "as_json", is_flag=True, help="For programs: the answer as JSON.")


def print_json(answer: object) -> None:
    click.echo(json.dumps(answer, indent=2, ensure_ascii=False))


def local(moment: str | None) -> str:
    """An ISO time as a person reads it here; a dash for what has not happened."""
    if not moment:
        return "-"
    return datetime.fromisoformat(moment).astimezone().strftime("%Y-%m-%d %H:%M:%S")


class Commands(click.Group):
    """The group `hub`: whatever a command raises on purpose ends as sentences and an exit code."""

    def invoke(self, ctx: click.Context) -> object:
        try:
            return super().invoke(ctx)
        except (Refused, Unreachable) as problem:
            end(REFUSED, str(problem))
        except ConfigError as problem:
            end(BAD_CONFIGURATION, *problem.faults)
        return None


def end(code: int, *sentences: str) -> None:
    for sentence in sentences:
        click.echo(sentence, err=True)
    sys.exit(code)
