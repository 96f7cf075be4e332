"""The daemon's side: it never waits for the child, whatever becomes of it."""

import asyncio
import os
import signal
import sys
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import pytest

from hub.errors import DeviceError
from hub.evidence import recorder
from hub.evidence.folder import events
from hub.evidence.recorder import RecorderChild
from hub.evidence.verify import verify

from .conftest import ROOT, program


class Watched:
    """A recorder and what it reported."""

    def __init__(self, command: list[str]) -> None:
        self.reports: asyncio.Queue[Mapping[str, object]] = asyncio.Queue()
        self.recorder = RecorderChild(command, self.reports.put_nowait)

    async def hear(self, **facts: object) -> Mapping[str, object]:
        async with asyncio.timeout(45):
            while True:
                report = await self.reports.get()
                if facts.items() <= report.items():
                    return report

    @asynccontextmanager
    async def running(self) -> AsyncIterator[asyncio.Task[None]]:
        task = asyncio.create_task(self.recorder.run())
        yield task
        task.cancel()
        with suppress(asyncio.CancelledError, DeviceError):
            await task

    async def pid(self) -> int:
        await self.hear(state="ready")
        process = self.recorder._process
        assert process
        return process.pid


@pytest.fixture
def watched(evidence: Path, monkeypatch: pytest.MonkeyPatch) -> Watched:
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    return Watched(program("simulated", evidence))


async def test_a_recording_is_closed_when_the_daemon_ends(watched: Watched, evidence: Path) -> None:
    async with watched.running():
        watched.recorder.start("K7Q2M")
        await watched.hear(state="recording", segments=1)
        assert watched.recorder.latest["incident"] == "K7Q2M"
    log = await asyncio.to_thread(events, evidence / "K7Q2M-1")
    assert log[-1]["why"] == "closed"
    assert watched.recorder.latest == {}


async def test_a_start_before_there_is_a_child_is_not_forgotten(watched: Watched) -> None:
    watched.recorder.start("K7Q2M")
    async with watched.running():
        await watched.hear(state="recording", incident="K7Q2M")


async def test_a_stop_before_there_is_a_child_cancels_the_start(watched: Watched, evidence: Path) -> None:
    watched.recorder.start("K7Q2M")
    watched.recorder.stop()
    async with watched.running():
        await watched.hear(state="idle")
    assert not await asyncio.to_thread(evidence.exists)


async def test_a_child_that_dies_is_an_error_and_the_next_one_goes_on_recording(
    watched: Watched, evidence: Path
) -> None:
    async with watched.running() as task:
        pid = await watched.pid()
        watched.recorder.start("K7Q2M")
        await watched.hear(state="recording", segments=1)
        os.kill(pid, signal.SIGKILL)
        with pytest.raises(DeviceError, match="recorder ended"):
            await task
    watched.recorder.start("K7Q2M")
    async with watched.running():
        await watched.hear(state="recording", k=2, segments=1)
    assert await asyncio.to_thread(verify, evidence) == []


async def test_a_child_that_hangs_is_an_error_and_killed(watched: Watched, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recorder, "RECORDING_SILENCE_SECONDS", 0.3)
    async with watched.running() as task:
        pid = await watched.pid()
        os.kill(pid, signal.SIGSTOP)
        watched.recorder.start("K7Q2M")
        with pytest.raises(DeviceError, match="does not answer"):
            await task
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)


async def test_telling_a_child_that_hangs_takes_no_time(watched: Watched) -> None:
    async with watched.running():
        os.kill(await watched.pid(), signal.SIGSTOP)
        began = time.monotonic()
        for _ in range(10_000):
            watched.recorder.start("K7Q2M")
            watched.recorder.stop()
        assert time.monotonic() - began < 10  # half a millisecond each


async def test_telling_a_child_that_is_gone_takes_no_time(watched: Watched) -> None:
    async with watched.running() as task:
        os.kill(await watched.pid(), signal.SIGKILL)
        for _ in range(100):
            watched.recorder.start("K7Q2M")
        with pytest.raises(DeviceError):
            await task
        watched.recorder.stop()


async def test_a_program_that_is_not_there_is_an_error() -> None:
    with pytest.raises(DeviceError, match="recorder does not start: No such file"):
        await RecorderChild(["/nonexistent/recorder"], print).run()


@pytest.mark.parametrize("nonsense", ["print('{]')", "print(1)", "print('\\ud800'.encode('utf-8','surrogatepass'))"])
async def test_a_child_that_talks_nonsense_reports_nothing(nonsense: str) -> None:
    watched = Watched([sys.executable, "-c", nonsense])
    with pytest.raises(DeviceError, match="recorder ended"):
        await watched.recorder.run()
    assert watched.reports.empty()


async def test_a_child_that_never_ends_its_line_is_an_error() -> None:
    watched = Watched([sys.executable, "-c", "print('x' * 1_000_000)"])
    with pytest.raises(DeviceError, match="nonsense"):
        await watched.recorder.run()


ECHO_AFTER_LIMIT = """
import sys
print('{"state": "idle", "why": "limit"}', flush=True)
print(sys.stdin.read())
"""


ECHO = """
import sys
for line in sys.stdin:
    print(line, end="", flush=True)
"""


async def test_keys_that_come_while_it_records_are_said_and_none_at_any_other_time() -> None:
    keys: list[str] | None = None
    watched = Watched([sys.executable, "-c", ECHO])
    watched.recorder = RecorderChild([sys.executable, "-c", ECHO], watched.reports.put_nowait, lambda: keys)
    async with watched.running():
        while watched.recorder._process is None:
            await asyncio.sleep(0.01)
        watched.recorder.seal()
        watched.recorder.start("K7Q2M")
        watched.recorder.seal()
        keys = []
        watched.recorder.seal()
        keys = ["age1x"]
        watched.recorder.seal()
        watched.recorder.stop()
        watched.recorder.seal()
        watched.recorder.start("OTHER")
        await watched.hear(incident="K7Q2M", recipients=None)
        said = [await watched.reports.get() for _ in range(3)]
    assert said[:2] == [{"do": "seal", "recipients": ["age1x"]}, {"do": "stop"}]
    assert said[2] == {"do": "start", "incident": "OTHER", "recipients": ["age1x"], "seconds": 14400}


async def test_after_the_longest_time_it_is_not_started_again() -> None:
    watched = Watched([sys.executable, "-c", ECHO_AFTER_LIMIT])
    watched.recorder.start("K7Q2M")
    async with watched.running():
        await watched.hear(why="limit")
    assert watched.reports.get_nowait() == {"do": "start", "incident": "K7Q2M", "recipients": [], "seconds": 14400}
    async with watched.running():
        await watched.hear(why="limit")
    assert watched.reports.empty()


async def test_a_child_that_is_started_again_gets_what_is_left_of_the_four_hours(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    watched = Watched([sys.executable, "-c", ECHO])
    now = recorder.monotonic()
    monkeypatch.setattr(recorder, "monotonic", lambda: now)
    watched.recorder.start("K7Q2M", ago=3600.0)
    async with watched.running():
        await watched.hear(do="start", seconds=3 * 3600)
    now += 3600.0
    async with watched.running():
        await watched.hear(do="start", seconds=2 * 3600)
    now += 7200.0
    watched.recorder.begun()
    assert watched.recorder._wanted is None
    watched.recorder.start("OTHER", ago=4 * 3600.0)
    assert watched.recorder._wanted is None


async def test_the_daemon_asks_how_loud_it_is(watched: Watched) -> None:
    async with watched.running():
        await watched.pid()
        assert -70 < await watched.recorder.level() < 0
        assert -70 < await watched.recorder.level() < 0


async def test_a_child_that_gives_no_level_is_not_waited_for_long(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recorder, "LISTENING_SECONDS", 0.2)
    watched = Watched([sys.executable, "-c", "import sys; sys.stdin.read()"])
    async with watched.running():
        for _ in range(2):
            with pytest.raises(DeviceError, match="gives nothing"):
                await watched.recorder.level()
