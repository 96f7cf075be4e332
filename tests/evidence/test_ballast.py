"""A card that is full to the last byte: what must be written finds the room that was held ready."""

import os
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from functools import partial
from pathlib import Path

import pytest

from hub.evidence.access import Access
from hub.evidence.ballast import COUNT, FOLDER, FOR_NOTES, SIZE, give_up, lay, making_room
from hub.evidence.keys import signer
from hub.evidence.recover import recover
from hub.evidence.spool import Begin, End, Spool
from hub.evidence.verify import flaws
from hub.evidence.write import write
from tests.mounts import card, fill, small_disk

from .test_verify import RATE, at, record, second

pytestmark = pytest.mark.skipif(os.getuid() != 0, reason="a disk of its own to fill takes root")
DISKS: dict[str, Callable[[Path], AbstractContextManager[Path]]] = {
    "tmpfs": lambda folder: small_disk(folder, "60m"),
    "ext4": lambda folder: card(folder, 60),
}


@pytest.fixture(params=DISKS)
def evidence(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Path]:
    with DISKS[request.param](tmp_path / "state") as disk:
        folder = disk / "evidence"
        folder.mkdir()
        yield folder


def pieces(evidence: Path) -> list[Path]:
    return sorted(evidence.with_name(FOLDER).glob("*"))


def test_it_takes_the_room_that_it_promises(evidence: Path) -> None:
    before = shutil.disk_usage(evidence).free
    lay(evidence)
    assert before - shutil.disk_usage(evidence).free >= COUNT * SIZE
    assert [path.stat().st_blocks * 512 >= SIZE for path in pieces(evidence)] == [True] * COUNT


def test_what_has_no_room_gets_it(evidence: Path) -> None:
    lay(evidence)
    fill(evidence.parent)
    content = bytes(SIZE // 2)
    with pytest.raises(OSError, match="No space left"):
        write(evidence, "note", content)
    making_room(partial(write, evidence, "note", content), evidence)
    assert (evidence / "note").read_bytes() == content
    assert len(pieces(evidence)) < COUNT


def test_without_any_left_the_disk_is_full(evidence: Path) -> None:
    lay(evidence)
    fill(evidence.parent)
    with pytest.raises(OSError, match="No space left"):
        making_room(partial(write, evidence, "much", bytes(2 * COUNT * SIZE)), evidence)
    assert pieces(evidence) == []
    assert not give_up(evidence)


def test_some_of_it_can_be_left_to_others(evidence: Path) -> None:
    lay(evidence)
    while give_up(evidence, FOR_NOTES):
        pass
    assert len(pieces(evidence)) == FOR_NOTES


def test_it_is_made_anew_when_there_is_room_and_only_then(evidence: Path) -> None:
    lay(evidence)
    filler = fill(evidence.parent)
    give_up(evidence)
    pieces(evidence)[0].write_bytes(b"")  # the power went while it was made
    lay(evidence)
    assert len(pieces(evidence)) == COUNT - 1
    filler.unlink()
    lay(evidence)
    assert [path.stat().st_blocks * 512 >= SIZE for path in pieces(evidence)] == [True] * COUNT


def test_another_trouble_costs_nothing(evidence: Path) -> None:
    lay(evidence)
    with pytest.raises(FileNotFoundError):
        making_room(partial(write, evidence / "nowhere", "note", b""), evidence)
    assert len(pieces(evidence)) == COUNT


def test_the_room_is_recorded_on_a_card_that_is_full(evidence: Path) -> None:
    keys = evidence.with_name("keys")
    signer(keys)
    lay(evidence)
    fill(evidence.parent)
    spool = Spool(evidence, RATE, keys)
    assert not spool.was_full()
    for item in (Begin("K7Q2M", at(0)), *(second(n) for n in range(60)), End(at(60), "stopped")):
        spool.put(item)
    assert spool.close(20)
    assert spool.was_full()
    assert not spool.was_full()
    assert flaws(evidence / "K7Q2M-1") == []
    assert FOR_NOTES <= len(pieces(evidence)) < COUNT


def test_the_sound_leaves_to_the_notes_what_is_theirs(evidence: Path) -> None:
    keys = evidence.with_name("keys")
    signer(keys)
    lay(evidence)
    while give_up(evidence, FOR_NOTES):
        pass
    filler = fill(evidence.parent)
    spool = Spool(evidence, RATE, keys)
    for item in (Begin("K7Q2M", at(0)), second(0), End(at(1), "stopped")):
        spool.put(item)
    assert not spool.close(1)
    assert spool.was_full()
    assert spool.fault(time.monotonic()) == "disk: No space left on device"
    assert len(pieces(evidence)) == FOR_NOTES
    filler.unlink()
    assert spool.close(10)


def test_who_looked_can_be_written_down_and_what_was_cut_off_be_closed(evidence: Path) -> None:
    recording = record(evidence, Begin("K7Q2M", at(0)), second(0))
    lay(evidence)
    fill(evidence.parent)
    keys = evidence.with_name("keys")
    recover(evidence, signer(keys))
    Access(keys).note(recording, "uma", "exported")
    assert flaws(recording) == []
