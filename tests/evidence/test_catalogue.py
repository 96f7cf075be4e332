"""What `hub evidence` lists, copies and finds wrong."""

from pathlib import Path

import pytest

from hub.evidence.catalogue import recordings
from hub.evidence.folder import new_folder
from hub.evidence.keys import signer
from hub.evidence.segment import encode

RATE = 16000


@pytest.fixture
def recording(evidence: Path) -> Path:
    """Three seconds, the last of them half a one."""
    folder = new_folder(evidence, "K7Q2M", signer(evidence.with_name("keys")))
    folder.introduce()
    folder.note({"what": "start", "at": "2025-01-01T00:00:00.000Z"})
    for count in (RATE, RATE, RATE // 2):
        folder.add(encode(bytes(2 * count), RATE, "{}"), ".flac", count)
    folder.note({"what": "end", "at": "2025-01-01T00:00:02.500Z", "why": "stopped", "segments": 3, "seconds": 2.5})
    folder.checkpoint()
    return folder.path


def test_a_recording_is_listed_with_its_facts(evidence: Path, recording: Path) -> None:
    [facts] = recordings(evidence)
    size = sum(path.stat().st_size for path in recording.glob("*.flac"))
    assert (facts.id, facts.incident, facts.segments, facts.seconds) == ("K7Q2M-1", "K7Q2M", 3, 2.5)
    assert (facts.bytes, facts.started_at) == (size, "2025-01-01T00:00:00.000Z")


def test_a_recording_that_says_nothing_of_itself_is_listed_too(evidence: Path, recording: Path) -> None:
    for event in recording.glob("e*.json"):
        event.unlink()
    [facts] = recordings(evidence)
    assert facts.seconds == 3.0
    assert facts.started_at.endswith("Z")


def test_where_nothing_was_recorded_nothing_is_listed(evidence: Path) -> None:
    assert recordings(evidence) == []
    evidence.mkdir()
    (evidence / "something else").mkdir()
    assert recordings(evidence) == []
