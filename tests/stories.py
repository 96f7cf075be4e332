"""Prints `docs/stories.md` from the tests that tell them: `python -m tests.stories`. A test compares the two."""

import ast
import inspect
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

from tests.scenarios import test_modem, test_stories, test_stories_of_failure

PAGE = Path(__file__).parent.parent / "docs" / "stories.md"

INTRODUCTION = """# From the press to a human's answer: the stories

Printed from the tests that play them (`python -m tests.stories`); a test fails when they differ. Each runs the
whole hub, from the button's frame to the telephones, in a home with five contacts: Anna, Karim, Lucie and Paul read
French, Sofia English. The telephone company is a server on the same machine that behaves as Twilio describes itself
and is checked against its OpenAPI description; minutes are made seconds. In the last chapter the real ModemManager
drives a modem that is a program.

**Never tried on a live account:** any of it. What a real answering machine, a real operator's receipt and Twilio's
Studio do may differ, and so may a real modem: [what it does not do](limits.md#never-tried)."""

CHAPTERS: tuple[tuple[str, ModuleType], ...] = (
    ("People", test_stories),
    ("While something fails", test_stories_of_failure),
    ("By the hub's own SIM", test_modem),
)


def page() -> str:
    parts = [INTRODUCTION]
    for title, module in CHAPTERS:
        parts.append(f"## {title}")
        parts += [f"### {name}\n\n{text}" for name, text in _stories(module)]
    return "\n\n".join(parts) + "\n"


def _stories(module: ModuleType) -> Iterator[tuple[str, str]]:
    """Title and text of each, in the order of the file."""
    for node in ast.parse(inspect.getsource(module)).body:
        if isinstance(node, ast.AsyncFunctionDef) and node.name.startswith("test_"):
            text = ast.get_docstring(node)
            assert text, f"{node.name} tells nothing"
            yield node.name.removeprefix("test_").replace("_", " ").capitalize(), text


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
