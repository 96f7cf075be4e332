"""What is nowhere but on this hub, asked before it is removed."""

import subprocess
import sys
from pathlib import Path

import pytest

from hub.evidence.access import Access
from hub.evidence.offsite import Mark, Marks, waiting
from hub.evidence.unsaved import unsaved

from .test_verify import identity, recording

__all__ = ["identity", "recording"]


@pytest.fixture
def access(evidence: Path) -> Access:
    return Access(evidence.with_name("keys"))


def test_a_recording_that_only_was_listed_is_unsaved(recording: Path, access: Access) -> None:
    access.note(recording, "uma", "listed")
    assert unsaved(recording.parent) == [recording.name]


def test_an_exported_recording_is_saved(recording: Path, access: Access) -> None:
    access.note(recording, "uma", "exported")
    access.note(recording, "uma", "listed")
    assert unsaved(recording.parent) == []


def test_a_recording_is_saved_once_all_of_it_is_off_site(recording: Path) -> None:
    *most, last = waiting(recording, set())
    marks = Marks(recording)
    marks.add(Mark.now(path.name, "00", None) for path in most)
    assert unsaved(recording.parent) == [recording.name]
    marks.add([Mark.now(last.name, "00", None)])
    assert unsaved(recording.parent) == []


def test_the_installer_asks_it_as_a_program(recording: Path, tmp_path: Path) -> None:
    for folder, said in ((recording.parent, f"{recording.name}\n"), (tmp_path / "none", "\n")):
        asked = [sys.executable, "-m", "hub.evidence.unsaved", str(folder)]
        assert subprocess.run(asked, capture_output=True, text=True, check=True).stdout == said
