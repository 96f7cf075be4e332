"""Who looked is written down, and nobody can take it out afterwards."""

import json
import os
import shutil
from datetime import timedelta
from pathlib import Path

import pytest

from hub.evidence.access import Access
from hub.evidence.catalogue import export
from hub.evidence.folder import ACCESS, CHECKPOINT, digest, numbered
from hub.evidence.keys import signer
from hub.evidence.recover import recover
from hub.evidence.spool import Begin, End, Spool
from hub.evidence.verify import Flaw, flaws
from tests.mounts import fill, small_disk

from .test_export import access, check, copy
from .test_verify import RATE, at, identity, record, recording, second

__all__ = ["access", "copy", "identity", "recording"]


def test_who_looked_is_a_chain_that_begins_where_the_recording_ended(recording: Path, access: Access) -> None:
    for what in ("exported", "listed", "exported"):
        access.note(recording, "uma", what)
    entries = list(numbered(recording, ACCESS).values())
    said = [json.loads(entry.read_text()) for entry in entries]
    last = list(numbered(recording, CHECKPOINT).values())[-1]
    assert [entry["what"] for entry in said] == ["exported", "listed", "exported"]
    assert [entry["prev"] for entry in said] == [digest(path.read_bytes()) for path in (last, *entries[:2])]
    assert [entry["list"] for entry in said] == [{last.name: digest(last.read_bytes())}] * 3
    assert flaws(recording) == []
    entries[1].unlink()
    assert Flaw("missing", "a000001.json") in flaws(recording)


def test_that_it_was_listed_is_written_down_once_an_hour_for_each_user(
    recording: Path, access: Access, monkeypatch: pytest.MonkeyPatch
) -> None:
    for who, what in [("uma", "listed"), ("uma", "exported"), ("tom", "listed"), ("uma", "listed"), ("tom", "listed")]:
        access.note(recording, who, what)
    monkeypatch.setattr("hub.evidence.access.REPEATED", timedelta())  # it is an hour later
    access.note(recording, "uma", "listed")
    said = [json.loads(entry.read_text()) for entry in numbered(recording, ACCESS).values()]
    assert [(entry["who"], entry["what"]) for entry in said] == [
        ("uma", "listed"), ("uma", "exported"), ("tom", "listed"), ("uma", "listed"),
    ]  # fmt: skip


def test_who_looked_while_it_was_recorded_cannot_be_taken_out(evidence: Path, access: Access) -> None:
    """Not even all of them, which no later entry would miss: the list that closes the recording does."""
    spool = Spool(evidence, RATE, evidence.with_name("keys"))
    for item in (Begin("K7Q2M", at(0)), *(second(n) for n in range(12))):
        spool.put(item)
    assert spool.close(10)
    recording = evidence / "K7Q2M-1"
    first = list(numbered(recording, CHECKPOINT).values())[-1]
    access.note(recording, "uma", "listed")
    assert flaws(recording) == [Flaw("no_end")]
    for item in (*(second(n) for n in range(12, 24)), End(at(24), "stopped")):
        spool.put(item)
    assert spool.close(10)
    assert flaws(recording) == []
    access.note(recording, "uma", "exported")
    assert flaws(recording) == []
    during, after = (json.loads(entry.read_text()) for entry in numbered(recording, ACCESS).values())
    assert list(during["list"]) == [first.name]
    assert list(after["list"]) == [max(path.name for path in recording.glob("c*.sums"))]
    for path in recording.glob("a*.json*"):
        path.unlink()
    assert flaws(recording) == [Flaw("missing", "a000000.json")]


def test_who_looked_before_it_was_cut_off_cannot_be_taken_out(evidence: Path, access: Access) -> None:
    recording = record(evidence, Begin("K7Q2M", at(0)), *(second(n) for n in range(12)))
    access.note(recording, "uma", "listed")
    recover(evidence, signer(evidence.with_name("keys")))
    assert flaws(recording) == []
    for path in recording.glob("a*.json*"):
        path.unlink()
    assert flaws(recording) == [Flaw("missing", "a000000.json")]


def test_who_looked_before_there_was_a_list_is_no_flaw(evidence: Path, access: Access) -> None:
    recording = record(evidence, Begin("K7Q2M", at(0)), second(0))
    for path in recording.glob("c*"):  # the disk was slow
        path.unlink()
    access.note(recording, "uma", "listed")
    recover(evidence, signer(evidence.with_name("keys")))
    assert flaws(recording) == []
    (recording / "a000000.json").write_text("{}")
    assert Flaw("changed", "a000000.json") in flaws(recording)


@pytest.mark.parametrize("copied", [False, True])
def test_an_end_that_was_cut_off_is_missed_by_who_looked_after_it(
    recording: Path, tmp_path: Path, access: Access, copied: bool
) -> None:
    access.note(recording, "uma", "exported")
    last = max(recording.glob("c*.sums"))
    gone = [last, last.with_name(f"{last.name}.sig"), recording / "e000002.json", max(recording.glob("0*.age"))]
    for path in gone:
        path.unlink()
    assert Flaw("missing", last.name) in flaws(recording)
    if copied:
        export(recording, tmp_path, b"{}", access)
        assert f"{last.name}: missing, or not as a000000.json names it" in check(tmp_path / "K7Q2M-1")[1]


def test_an_entry_of_another_recording_is_found(recording: Path, access: Access, tmp_path: Path) -> None:
    other = tmp_path / "OTHER-1"
    shutil.copytree(recording, other)
    (other / "c000000.sums").write_text("another recording")
    for path in sorted(other.glob("c*.sums"))[1:]:
        path.unlink()
    access.note(other, "uma", "exported")
    for name in ("a000000.json", "a000000.json.sig"):
        shutil.copy(other / name, recording)
    assert Flaw("chain", "a000000.json") in flaws(recording)


def test_an_entry_that_was_taken_out_of_a_copy_is_missed(copy: Path) -> None:
    for path in copy.glob("a000000.json*"):
        path.unlink()
    assert "a000000.json" in check(copy)[1]
    assert Flaw("missing", "a000000.json") in flaws(copy)


def test_an_entry_that_was_taken_out_before_it_was_copied_is_found_without_us(
    recording: Path, tmp_path: Path, access: Access
) -> None:
    for _ in range(3):
        access.note(recording, "uma", "exported")
    for name in ("a000001.json", "a000001.json.sig"):
        (recording / name).unlink()
    export(recording, tmp_path, b"{}", access)
    assert "a000002.json: does not follow a000000.json" in check(tmp_path / "K7Q2M-1")[1]


@pytest.mark.skipif(os.getuid() != 0, reason="a disk of its own to fill takes root")
def test_an_entry_that_had_no_room_for_both_its_files_is_none(tmp_path: Path) -> None:
    with small_disk(tmp_path / "card", "2m") as disk:
        recording = record(disk / "evidence", Begin("K7Q2M", at(0)), second(0), End(at(1), "stopped"))
        filler, access = fill(disk), Access(disk / "keys")
        os.truncate(filler, filler.stat().st_size - 4096)
        with pytest.raises(OSError, match="No space left"):
            access.note(recording, "uma", "exported")
        assert flaws(recording) == []
        filler.unlink()
        access.note(recording, "uma", "exported")
        assert [path.name for path in sorted(recording.glob("a*"))] == ["a000000.json", "a000000.json.sig"]
        assert flaws(recording) == []


def test_an_entry_that_was_made_up_is_found(recording: Path, access: Access) -> None:
    access.note(recording, "uma", "listed")
    (recording / "a000000.json").write_text('{"who": "nobody"}')
    assert Flaw("signature", "a000000.json") in flaws(recording)
