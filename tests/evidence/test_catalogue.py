"""What `hub evidence` lists, copies and finds wrong."""

from pathlib import Path

import pytest

from hub.errors import Refusal
from hub.evidence.catalogue import export, recordings
from hub.evidence.folder import new_folder
from hub.evidence.keys import signer
from hub.evidence.segment import encode
from hub.evidence.verify import verify

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


def test_an_export_is_a_copy_that_can_be_verified(evidence: Path, recording: Path, tmp_path: Path) -> None:
    copies = export(evidence, "K7Q2M-1", tmp_path)
    assert {path.name for path in copies} == {path.name for path in recording.iterdir()}
    assert all(path.read_bytes() == (recording / path.name).read_bytes() for path in copies)
    assert verify(tmp_path / "K7Q2M-1") == []


@pytest.mark.parametrize("recording_id", ["K7Q2M-2", "..", "", "K7Q2M", "../evidence/K7Q2M-1"])
def test_what_is_no_recording_is_not_exported(
    evidence: Path, recording: Path, tmp_path: Path, recording_id: str
) -> None:
    with pytest.raises(Refusal, match="unknown_recording"):
        export(evidence, recording_id, tmp_path)


def test_a_folder_that_is_missing_or_holds_it_already_is_refused(
    evidence: Path, recording: Path, tmp_path: Path
) -> None:
    with pytest.raises(Refusal, match="folder_unusable"):
        export(evidence, "K7Q2M-1", tmp_path / "missing")
    export(evidence, "K7Q2M-1", tmp_path)
    with pytest.raises(Refusal, match="folder_unusable"):
        export(evidence, "K7Q2M-1", tmp_path)


def test_a_copy_that_fails_leaves_nothing_behind(evidence: Path, recording: Path, tmp_path: Path) -> None:
    (recording / "000001.flac").unlink()
    (recording / "000001.flac").symlink_to("nowhere")
    with pytest.raises(Refusal, match="folder_unusable"):
        export(evidence, "K7Q2M-1", tmp_path)
    assert not (tmp_path / "K7Q2M-1").exists()
