"""Folders that were left in any state keep no recording from beginning."""

import threading
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hub.evidence import catalogue, retention
from hub.evidence.folder import events, interruption, new_folder, segments, stamp
from hub.evidence.write import make_folder, write


def test_each_recording_of_an_incident_gets_the_next_number(tmp_path: Path) -> None:
    made = []
    for _ in range(11):
        made.append(new_folder(tmp_path, "AAAAA"))
        made[-1].note({"what": "start"})
    assert [folder.k for folder in made] == list(range(1, 12))
    assert new_folder(tmp_path, "BBBBB").k == 1
    assert new_folder(tmp_path, "AAAAA").k == 12


def test_a_folder_that_was_made_just_before_the_disk_failed_is_used(tmp_path: Path) -> None:
    assert [new_folder(tmp_path, "AAAAA").k for _ in range(2)] == [1, 1]


def test_what_is_in_a_folder_can_be_counted_while_it_is_written(tmp_path: Path) -> None:
    folder, over = tmp_path / "K7Q2M-1", threading.Event()
    make_folder(folder)
    for number in range(300):
        (folder / f"{number:06d}.age").write_bytes(b"heard")

    def record() -> None:
        while not over.is_set():
            write(folder, "000300.age", b"heard")

    writer = threading.Thread(target=record)
    writer.start()
    try:
        deadline = time.monotonic() + 1
        while time.monotonic() < deadline:
            assert catalogue._size(folder) in (300 * 5, 301 * 5)
            assert retention._size(folder) > 0
    finally:
        over.set()
        writer.join()


def test_the_first_recording_was_not_interrupted(tmp_path: Path) -> None:
    new_folder(tmp_path, "AAAAA")
    assert interruption(tmp_path, "AAAAA", 1) is None


def test_an_interruption_begins_with_the_end_that_was_said(tmp_path: Path) -> None:
    new_folder(tmp_path, "AAAAA").note({"what": "end", "at": "2025-01-01T00:00:00.000Z", "why": "limit"})
    assert interruption(tmp_path, "AAAAA", 2) == (datetime(2025, 1, 1, tzinfo=UTC), "limit")


@settings(max_examples=50, deadline=None)
@given(log=st.binary() | st.sampled_from([b'{"what":"end"}', b'{"what":"end","at":1,"why":2}', b"[]", b"[" * 5000]))
def test_any_event_can_lie_in_the_folder_before(tmp_path_factory: pytest.TempPathFactory, log: bytes) -> None:
    evidence = tmp_path_factory.mktemp("evidence")
    (evidence / "AAAAA-1").mkdir()
    (evidence / "AAAAA-1" / "e000000.json").write_bytes(log)
    before = interruption(evidence, "AAAAA", 2)
    assert before
    assert before[1] == "killed"


def test_a_file_is_whole_or_not_there(tmp_path: Path) -> None:
    make_folder(tmp_path / "a")
    (tmp_path / "a" / "000000.flac").mkdir()
    with pytest.raises(OSError, match="Is a directory"):
        write(tmp_path / "a", "000000.flac", b"sound")
    assert [path.name for path in (tmp_path / "a").iterdir()] == ["000000.flac"]


def test_only_whole_segments_count(tmp_path: Path) -> None:
    for name in ("000001.flac", "000000.flac", "000002.flac.part", "1.flac", "e000000.json", "x000003.flac"):
        (tmp_path / name).touch()
    assert list(segments(tmp_path)) == [0, 1]


def test_times_are_written_in_utc_with_z() -> None:
    assert stamp(datetime.fromisoformat("2025-06-01T12:00:00.123456+02:00")) == "2025-06-01T10:00:00.123Z"


def test_what_happened_is_read_in_order(tmp_path: Path) -> None:
    folder = new_folder(tmp_path, "AAAAA")
    for what in ("start", "gap", "end"):
        folder.note({"what": what})
    assert [line["what"] for line in events(folder.path)] == ["start", "gap", "end"]
