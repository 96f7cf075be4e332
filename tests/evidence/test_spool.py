"""What waits for the disk: nothing is lost while it fits the memory, and what does not fit is named."""

import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from hub.evidence import spool as spool_module
from hub.evidence.catalogue import recordings
from hub.evidence.folder import events, stamp
from hub.evidence.recording import Gap, Sound
from hub.evidence.spool import Begin, End, Spool
from hub.evidence.verify import verify
from hub.evidence.write import write
from tests.evidence.store import until

RATE = 100
START = datetime(2025, 1, 1, tzinfo=UTC)


def at(seconds: float) -> datetime:
    return START + timedelta(seconds=seconds)


def second(number: int) -> Sound:
    return Sound(bytes([1, number]) * RATE, at(number), 100.0 + number)


@pytest.fixture
def broken(evidence: Path) -> Callable[[], None]:
    """A disk that does not work until this is called."""
    evidence.write_text("in the way")
    return evidence.unlink


def test_what_waited_for_a_broken_disk_is_written_when_it_works(evidence: Path, broken: Callable[[], None]) -> None:
    spool = Spool(evidence, RATE, evidence.with_name("keys"))
    for item in (Begin("AAAAA", at(0)), second(0), second(1), End(at(2), "stopped")):
        spool.put(item)
    until(lambda: spool.fault(time.monotonic()).startswith("disk: "))
    assert not spool.close(0.01)
    assert spool.waiting
    broken()
    assert spool.close(10)
    assert spool.fault(time.monotonic()) == ""
    assert (spool.k, spool.segments) == (1, 2)
    assert verify(evidence) == []


def test_what_does_not_fit_the_memory_is_a_gap(evidence: Path, broken: Callable[[], None]) -> None:
    spool = Spool(evidence, RATE, evidence.with_name("keys"), holds=3)
    spool.put(Begin("AAAAA", at(0)))
    for number in range(5):
        spool.put(second(number))
    broken()
    assert spool.close(10)
    spool.put(second(5))
    spool.put(End(at(6), "stopped"))
    assert spool.close(10)
    gap = {"what": "gap", "from": stamp(at(3)), "to": stamp(at(5)), "mono": [103, 105], "why": "disk"}
    frames = {"frames_expected": 200, "frames_got": 0}
    assert gap | frames | {"segments": 3, "seconds": 3.0} in events(evidence / "AAAAA-1")
    [facts] = recordings(evidence)
    assert (facts.segments, facts.seconds) == (4, 4.0)
    assert verify(evidence) == []


def test_a_gap_that_shows_only_while_the_memory_is_full_hides_none_of_what_did_not_fit(
    evidence: Path, broken: Callable[[], None]
) -> None:
    spool = Spool(evidence, RATE, evidence.with_name("keys"), holds=2)
    lost = Gap(at(0.5), at(1), "lost", (100.5, 101), 20)
    silent = Gap(at(4), at(5), "microphone", (104, 105))
    end = End(at(5), "stopped", 105, 500)
    for item in (Begin("AAAAA", at(0)), second(0), second(1), second(2), lost, second(3), silent, end):
        spool.put(item)
    broken()
    assert spool.close(10)
    _, *gaps, said = events(evidence / "AAAAA-1")
    frames = [(gap["why"], gap["frames_expected"], gap["frames_got"]) for gap in gaps]
    assert frames == [("lost", 50, 20), ("disk", 200, 0), ("microphone", 100, 0)]
    assert (said["frames_expected"], said["frames_got"], said["overruns"]) == (500, 200, 0)


def test_an_end_that_comes_while_the_memory_is_full_closes_the_gap(evidence: Path, broken: Callable[[], None]) -> None:
    spool = Spool(evidence, RATE, evidence.with_name("keys"), holds=1)
    for item in (Begin("AAAAA", at(0)), second(0), second(1), End(at(2), "stopped")):
        spool.put(item)
    broken()
    assert spool.close(10)
    assert [line["what"] for line in events(evidence / "AAAAA-1")] == ["start", "gap", "end"]


def test_a_disk_that_does_not_answer_blocks_nobody_and_is_a_fault(
    evidence: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer = threading.Event()

    def stuck(evidence: Path, name: str, content: bytes) -> None:
        answer.wait(30)
        write(evidence, name, content)

    monkeypatch.setattr("hub.evidence.folder.write", stuck)
    spool = Spool(evidence, RATE, evidence.with_name("keys"))
    for item in (Begin("AAAAA", at(0)), second(0), End(at(1), "stopped")):
        spool.put(item)
    assert not spool.close(0.05)
    assert spool.fault(time.monotonic()) == ""
    until(lambda: spool.fault(time.monotonic() + spool_module.SLOW_SECONDS + 1) == "disk does not answer")
    answer.set()
    assert spool.close(10)
    assert spool.fault(time.monotonic() + spool_module.SLOW_SECONDS + 1) == ""
    assert verify(evidence) == []


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_a_writer_that_breaks_ends_the_process(evidence: Path) -> None:
    spool = Spool(evidence, RATE, evidence.with_name("keys"))
    spool.put(Gap(at(0), at(1), "outside of a recording"))
    spool._thread.join(5)
    with pytest.raises(RuntimeError, match="nobody writes"):
        spool.fault(time.monotonic())
