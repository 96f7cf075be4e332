"""What is written down beside a recording of who copied it, and of what became of the copy."""

import json
import os
from pathlib import Path

import pytest

from hub.core import Hub
from hub.errors import Refusal
from hub.evidence.folder import new_folder
from hub.evidence.unsaved import unsaved
from tests.hub_fixture import Ask


@pytest.fixture
def recording(hub: Hub) -> Path:
    """One that ended, with a second in it."""
    folder = new_folder(hub.config.state.dir / "evidence", "K7Q2M", None)
    folder.note({"what": "start", "at": "2025-01-01T00:00:00.000Z", "rate": 16000})
    folder.add(os.urandom(18_000), ".flac", 16000)
    folder.note({"what": "end", "at": "2025-01-01T00:00:01.000Z", "why": "stopped"})
    folder.checkpoint()
    return folder.path


def entries(folder: Path) -> list[str]:
    return [json.loads(path.read_text())["what"] for path in sorted(folder.glob("a*.json"))]


async def test_that_a_copy_was_made_is_written_down_once_it_is_there(recording: Path, ask: Ask, tmp_path: Path):
    assert (await ask("evidence export", id=recording.name, folder=str(tmp_path)))["done"]
    assert entries(recording) == ["export begun", "exported"]
    assert entries(tmp_path / recording.name) == ["export begun"], "nobody has a copy that says nothing of him"
    assert unsaved(recording.parent) == []


async def test_a_copy_that_failed_is_not_written_down_as_one(recording: Path, ask: Ask, tmp_path: Path):
    (tmp_path / recording.name).mkdir()
    for _ in range(2):
        with pytest.raises(Refusal, match="export_exists"):
            await ask("evidence export", id=recording.name, folder=str(tmp_path))
    assert entries(recording) == ["export begun", "export failed"] * 2
    assert unsaved(recording.parent) == [recording.name], "it is nowhere else, and must not be removed"


async def test_who_cannot_be_written_down_gets_no_copy(recording: Path, ask: Ask, tmp_path: Path):
    (recording / "a000000.json").mkdir()  # in the way of any entry
    with pytest.raises(Refusal, match="access_unwritten"):
        await ask("evidence export", id=recording.name, folder=str(tmp_path))
    assert not (tmp_path / recording.name).exists()


async def test_a_copy_whose_end_cannot_be_written_down_is_said_to_be_there(recording: Path, ask: Ask, tmp_path: Path):
    (recording / "a000001.json.part").mkdir()  # in the way of the second entry
    with pytest.raises(Refusal, match="copy_unwritten"):
        await ask("evidence export", id=recording.name, folder=str(tmp_path))
    assert entries(tmp_path / recording.name) == entries(recording) == ["export begun"]
    assert unsaved(recording.parent) == [recording.name]
