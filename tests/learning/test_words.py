"""Whatever a lesson says has a sentence in each language."""

import re
from pathlib import Path

import pytest

from hub import learning
from hub.gesture import Kind
from hub.learning.lesson import Phase
from hub.texts import read

SOURCES = "".join(path.read_text() for path in Path(learning.__path__[0]).glob("*.py"))
INNER = "nothing_said"  # the lesson knows more: connected or not
NAMED = re.compile(r'(?:fail|Finding|_ask)\((?:now, )?"(\w+)"|hint = now, "(\w+)"|return "(\w+)" if .* else "(\w+)"')


@pytest.mark.parametrize("language", ["fr", "en"])
def test_everything_a_lesson_says_is_written(language: str) -> None:
    named = {key for found in NAMED.findall(SOURCES) for key in found if key} - {INNER}
    assert {"not_heard", "again", "odd_one", "never_changes", "untold", "lesson_broke"} <= named
    spoken = {phase.value for phase in Phase} - {"asking", "failed"}
    gestures = {f"gesture_{kind}" for kind in Kind} | {"single", "double", "hold"}
    assert named | spoken | gestures <= read(language)["lessons"].keys()
