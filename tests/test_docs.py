"""Every command, option, section and key that exists is named in the docs."""

from collections.abc import Iterator
from pathlib import Path

import click
import pytest
from pydantic import BaseModel

from hub.cli import build
from hub.config.sections import Config

DOCS = Path(__file__).parent.parent / "docs"


def commands(group: click.Group, path: str = "hub") -> Iterator[tuple[str, click.Command]]:
    for name, command in group.commands.items():
        if command.hidden:
            continue
        yield f"{path} {name}", command
        if isinstance(command, click.Group):
            yield from commands(command, f"{path} {name}")


COMMANDS = dict(commands(build(lambda config, path: 0, {})))


@pytest.mark.parametrize(
    "name",
    sorted(
        COMMANDS.keys()
        - {f"hub {group}" for group in ("contact", "technician", "button", "evidence", "try", "page", "code")}
    ),
)
def test_every_command_and_its_options_have_a_line(name: str) -> None:
    lines = [line for line in (DOCS / "commands.md").read_text().splitlines() if f"`{name}" in line]
    assert lines
    for option in COMMANDS[name].params:
        assert any(spelling in " ".join(lines) for spelling in _spellings(option)), option.name


def _spellings(option: click.Parameter) -> list[str]:
    if isinstance(option, click.Argument):
        return [(option.metavar or option.name or "").rstrip(".").upper(), "single\\|double\\|hold"]
    return [*option.opts, *option.secondary_opts]


@pytest.mark.parametrize("section", Config.model_fields)
def test_every_section_and_key_is_in_the_table_of_its_section(section: str) -> None:
    text = (DOCS / "configuration.md").read_text()
    (part,) = [part for part in text.split("\n## ") if part.startswith(f"`[{section}]`")]
    for key, default in _keys(section):
        (row,) = [line for line in part.splitlines() if line.startswith(f"| `{key}` |")]
        assert default in row


def _keys(section: str) -> Iterator[tuple[str, str]]:
    annotation = Config.model_fields[section].annotation
    models = [part for part in (annotation, *getattr(annotation, "__args__", ())) if isinstance(part, type)]
    model = next(part for part in models if issubclass(part, BaseModel))
    for name, field in model.model_fields.items():
        yield field.alias or name, "required" if field.is_required() else _written(field.default)


def _written(default: object) -> str:
    if isinstance(default, bool):
        return str(default).lower()
    if default is None:
        return "none"
    if isinstance(default, tuple):
        return "[]"
    return str(default) if isinstance(default, int) else f'"{default}"'
