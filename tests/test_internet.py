"""The internet is lost and comes back, as a hub sees it that connects to a real port, time after time."""

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator, Callable, Iterator

import pytest

from hub import internet
from hub.core import Hub, clock
from hub.internet import Probe
from hub.paths import HOME, LONG_AGO
from tests.hub_fixture import Ask
from tests.streets import Place, hurry


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
    async with asyncio.timeout(20):
        while not holds():
            await asyncio.sleep(0.005)


async def look(probe: Probe) -> bool:
    """At everything, whenever it was tried last."""
    for path in (probe.paths.main, *probe.paths.all.values()):
        path.tried = LONG_AGO
    return await probe.look()


async def test_it_is_a_fault_after_some_misses_in_a_row_and_none_at_the_first_success(
    probe: Probe, hub: Hub, place: Place
):
    place.go_away()
    for _ in range(HOME.misses - 1):
        assert not await look(probe)
        assert "internet" not in hub.faults
    await place.come_back()
    assert await look(probe)
    place.go_away()
    for missed in range(HOME.misses):
        assert "internet" not in hub.faults, missed
        await look(probe)
    assert hub.faults.why("internet") == "ConnectionRefusedError"
    await place.come_back()
    assert await look(probe)
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
    for _ in range(HOME.misses):
        assert not await look(probe)
    assert hub.faults.why("internet") == "TimeoutError"


async def test_a_name_that_is_not_found_is_no_internet(hub: Hub):
    assert not await Probe("nobody.invalid", 443, hub.faults, clock).look()


async def test_it_looks_again_and_again_by_itself(probe: Probe, hub: Hub, place: Place, monkeypatch):
    hurry(monkeypatch)
    task = asyncio.create_task(probe.run())
    place.go_away()
    await until(lambda: "internet" in hub.faults)
    await place.come_back()
    await until(lambda: "internet" not in hub.faults)
    task.cancel()


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
