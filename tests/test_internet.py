"""The internet is lost and comes back, as a hub sees it that connects to a real port, time after time."""

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator, Callable, Iterator

import pytest

from hub import internet
from hub.core import Hub, clock
from hub.internet import AGAIN, EVERY, GIVEN_UP, MISSES, Probe
from tests.hub_fixture import Ask


class Place:
    """A port of this machine that can be gone; `visits`: how each connection ended."""

    def __init__(self) -> None:
        self.visits: list[str] = []
        self.port = 0

    async def come_back(self) -> None:
        self._server = await asyncio.start_server(self._meet, "127.0.0.1", self.port)
        self.port = self._server.sockets[0].getsockname()[1]

    def go_away(self) -> None:
        self._server.close()

    async def _meet(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.closing(writer):
            try:
                self.visits.append(f"said {len(await reader.read())} bytes")
            except ConnectionResetError:
                self.visits.append("reset")


@pytest.fixture
async def place() -> AsyncIterator[Place]:
    place = Place()
    await place.come_back()
    yield place
    place.go_away()


@pytest.fixture
def probe(hub: Hub, place: Place) -> Probe:
    hub.probe = Probe("localhost", place.port, hub.faults, clock)
    return hub.probe


async def until(holds: Callable[[], object]) -> None:
    async with asyncio.timeout(5):
        while not holds():
            await asyncio.sleep(0.005)


async def test_a_place_that_can_be_reached_is_left_with_a_reset_and_without_a_word(
    probe: Probe, hub: Hub, place: Place
):
    assert await probe.look()
    await until(lambda: place.visits)
    assert place.visits == ["reset"], "one packet, where a farewell takes four"
    assert "internet" not in hub.faults


async def test_it_is_a_fault_after_some_misses_in_a_row_and_none_at_the_first_success(
    probe: Probe, hub: Hub, place: Place
):
    place.go_away()
    for _ in range(MISSES - 1):
        assert not await probe.look()
        assert "internet" not in hub.faults
    await place.come_back()
    await probe.look()
    place.go_away()
    for missed in range(MISSES):
        assert "internet" not in hub.faults, missed
        await probe.look()
    assert hub.faults.why("internet") == "ConnectionRefusedError"
    await place.come_back()
    assert await probe.look()
    assert "internet" not in hub.faults


@pytest.fixture
def full() -> Iterator[int]:
    """A port where whoever knocks gets no answer: the queue before it is full."""
    with socket.create_server(("127.0.0.1", 0), backlog=0) as server, contextlib.ExitStack() as stack:
        for _ in range(4):
            waiting = stack.enter_context(socket.socket())
            waiting.setblocking(False)
            waiting.connect_ex(server.getsockname())
        yield server.getsockname()[1]


async def test_a_place_that_does_not_answer_is_given_up(hub: Hub, full: int, monkeypatch):
    monkeypatch.setattr(internet, "GIVEN_UP", 0.1)
    probe = Probe("127.0.0.1", full, hub.faults, clock)
    for _ in range(MISSES):
        assert not await probe.look()
    assert hub.faults.why("internet") == "TimeoutError"


async def test_a_name_that_is_not_found_is_no_internet(hub: Hub):
    assert not await Probe("nobody.invalid", 443, hub.faults, clock).look()


async def test_it_looks_again_soon_while_the_internet_is_away(probe: Probe, hub: Hub, place: Place, monkeypatch):
    monkeypatch.setattr(internet, "AGAIN", 0.01)
    monkeypatch.setattr(internet, "EVERY", 0.05)
    task = asyncio.create_task(probe.run())
    await until(lambda: len(place.visits) > 1)
    place.go_away()
    monkeypatch.setattr(internet, "EVERY", 60.0)
    await until(lambda: "internet" in hub.faults)
    await place.come_back()
    await until(lambda: "internet" not in hub.faults)
    task.cancel()


def test_a_loss_is_a_fault_within_a_minute_even_if_nothing_answers():
    assert EVERY + (MISSES - 1) * max(AGAIN, GIVEN_UP) + GIVEN_UP < 60


async def test_doctor_and_status_say_whether_the_internet_can_be_reached(ask: Ask, hub: Hub, place: Place):
    async def said() -> tuple[object, object]:
        (check,) = [check for check in (await ask("doctor"))["checks"] if check["name"] == "internet"]
        (path,) = [path for path in (await ask("status"))["paths"] if path["name"] == "internet"]
        return check["ok"], path["ok"]

    assert await said() == (False, None)
    hub.probe = Probe("127.0.0.1", place.port, hub.faults, clock)
    assert await said() == (True, True)
    hub.faults.put("internet", "TimeoutError")
    assert await said() == (False, False)
