"""One copy at a time, in the background: who joins it, who waits, what is left of it."""

import os
import pwd
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from time import monotonic

import pytest

from hub.control import recordings
from hub.core import Hub
from hub.errors import Refusal
from hub.evidence.exporting import Copying, Exports, Tell, Wanted
from hub.evidence.spool import Begin, End
from tests.hub_fixture import Ask

from .test_verify import at, record, second

STICK = Wanted("K7Q2M-1", "/media/stick", "uma")


class Gate:
    """A copy of two files that goes on when it is told to."""

    def __init__(self) -> None:
        self.open = threading.Event()
        self.refusal: Refusal | None = None

    def __call__(self, tell: Tell) -> int:
        tell(1, 2)
        assert self.open.wait(20)
        if self.refusal:
            raise self.refusal
        return 2


@pytest.fixture
def gate() -> Iterator[Gate]:
    gate = Gate()
    yield gate
    gate.open.set()


def until(condition: Callable[[], bool]) -> None:
    deadline = monotonic() + 20
    while not condition():
        assert monotonic() < deadline
        threading.Event().wait(0.005)


def end(copying: Copying) -> Refusal | None:
    return copying.end.result(20)


def test_the_same_copy_is_joined_and_another_one_waits(gate: Gate) -> None:
    exports = Exports()
    first = exports.begin(STICK, gate)
    assert exports.begin(STICK, gate) is first
    for other in (Wanted("K7Q2M-2", "/media/stick", "uma"), Wanted("K7Q2M-1", "/tmp", "uma")):
        with pytest.raises(Refusal, match="export_under_way"):
            exports.begin(other, gate)
    gate.open.set()
    assert end(first) is None
    assert exports.begin(STICK, gate) is not first


def test_how_far_it_is_can_be_seen_and_what_became_of_it(gate: Gate) -> None:
    exports = Exports()
    copying = exports.begin(STICK, gate)
    until(lambda: copying.files > 0)
    assert (copying.copied, copying.files, copying.end.done()) == (1, 2, False)
    gate.open.set()
    assert end(copying) is None
    assert (copying.copied, copying.files) == (2, 2)
    assert exports.latest(STICK) is copying


def test_why_it_failed_stays_to_be_asked_for(gate: Gate) -> None:
    gate.refusal = Refusal("folder_full")
    gate.open.set()
    assert end(Exports().begin(STICK, gate)) is gate.refusal


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_an_error_of_ours_ends_a_copy_as_a_failure() -> None:
    def broken(_: Tell) -> int:
        raise ZeroDivisionError

    refusal = end(Exports().begin(STICK, broken))
    for thread in threading.enumerate():
        if thread.name == "export":
            thread.join(20)  # its error is printed in this test
    assert refusal
    assert refusal.key == "command_broke"


def test_nobody_is_told_of_a_copy_that_was_never_made() -> None:
    with pytest.raises(Refusal, match="no_export"):
        Exports().latest(STICK)


@pytest.fixture
def recording(evidence: Path) -> Path:
    return record(evidence, Begin("K7Q2M", at(0)), second(0), End(at(1), "stopped"))


async def test_a_short_copy_is_answered_when_it_is_done(ask: Ask, recording: Path, tmp_path: Path):
    answer = await ask("evidence export", id=recording.name, folder=str(tmp_path))
    count = len(list((tmp_path / recording.name).iterdir())) - 1
    assert answer == {"folder": str(tmp_path), "files": count, "copied": count, "done": True}


async def test_a_long_copy_is_answered_before_its_end_and_asked_for_again(
    hub: Hub, ask: Ask, recording: Path, gate: Gate, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(recordings, "SOON", 0.05)
    me = pwd.getpwuid(os.getuid()).pw_name
    hub.exports.begin(Wanted(recording.name, "/media/stick", me), gate)
    wanted = {"id": recording.name, "folder": "/media/stick"}
    assert await ask("evidence export", **wanted) == {"folder": "/media/stick", "files": 2, "copied": 1, "done": False}
    gate.open.set()
    assert (await ask("evidence exporting", **wanted))["done"]


async def test_while_one_is_copied_the_hub_answers_everybody_else(
    hub: Hub, ask: Ask, recording: Path, gate: Gate, tmp_path: Path
):
    hub.exports.begin(STICK, gate)
    with pytest.raises(Refusal, match="export_under_way"):
        await ask("evidence export", id=recording.name, folder=str(tmp_path))
    assert (await ask("status"))["open_incident"] is None


async def test_a_copy_that_failed_is_refused_when_it_is_asked_for(ask: Ask, recording: Path, tmp_path: Path):
    wanted = {"id": recording.name, "folder": str(tmp_path / "nowhere")}
    for command in ("evidence export", "evidence exporting"):
        with pytest.raises(Refusal, match="folder_unusable"):
            await ask(command, **wanted)
