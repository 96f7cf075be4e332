"""The hub's button radio on a real kernel, a real bluetoothd and real bleak; only the radio waves are simulated.

One guest runs all stories that were asked for; each of them is a test here.
"""

import json
import re
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.radio import guest

STORIES = Path(__file__).parent / "stories"
pytestmark = pytest.mark.alone  # all stories share one guest, whose time runs on while others take its processor
SECONDS = 480.0  # for all stories, on a slow machine; a minute and a half on a quick one

PYTEST = (
    *(sys.executable, "-m", "pytest", "-q", "--color=no", "--tb=short", "--confcutdir", str(STORIES)),
    *("-p", "no:cacheprovider", "-p", "no:hypothesispytest", "-o", "python_files=story_*.py", "-o", "timeout=180"),
)


def stories() -> list[str]:
    """The names that pytest gives them in the guest, as far as the brackets."""
    return [
        f"{file.name}::{name}"
        for file in sorted(STORIES.glob("story_*.py"))
        for name in re.findall(r"^async def (test_\w+)", file.read_text(), re.MULTILINE)
    ]


@dataclass(frozen=True, slots=True)
class Outcomes:
    """What the guest wrote down of each story, and all it said."""

    lines: list[dict[str, str]]
    output: str

    def judge(self, story: str) -> None:
        of_it = [line for line in self.lines if line["story"].partition("[")[0].endswith(f"/{story}")]
        if not of_it:
            pytest.fail(f"The guest never came to an end with it. It said:\n{self.output}", pytrace=False)
        for line in of_it:
            if line["outcome"] == "failed":
                pytest.fail(f"{line['story']}\n{line['text']}\n{line['output']}", pytrace=False)
            if line["outcome"] == "skipped":
                pytest.skip(line["text"])


@pytest.fixture(scope="session")
def outcomes(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Outcomes:
    """Boot the guest once, for the stories that were selected."""
    if reason := guest.obstacle() or guest.missing():
        pytest.skip(reason)
    out = tmp_path_factory.mktemp("guest")
    ended = guest.run([*PYTEST, *_selected(request.session.items)], out, seconds=SECONDS)
    written = out / "outcomes.jsonl"
    lines = [json.loads(line) for line in written.read_text().splitlines()] if written.exists() else []
    return Outcomes(lines, ended.output)


def _selected(items: Sequence[pytest.Item]) -> list[str]:
    """What `-k` and the like left of the stories."""
    ours = [item for item in items if isinstance(item, pytest.Function) and item.function is test_on_a_virtual_radio]
    return [str(STORIES / str(item.callspec.params["story"])) for item in ours]


@pytest.mark.timeout(SECONDS + 60)
@pytest.mark.parametrize("story", stories())
def test_on_a_virtual_radio(story: str, outcomes: Outcomes) -> None:
    outcomes.judge(story)
