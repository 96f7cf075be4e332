"""The daemon's side of the courier: what it is told, and what becomes of what it says."""

import asyncio
import json
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress

import pytest

from hub.core import Hub, clock
from hub.errors import DeviceError
from hub.evidence import courier
from hub.evidence.courier import CourierChild
from hub.faults import Faults
from hub.way import Way

ECHO = """
import json, sys
for line in sys.stdin:
    said = json.loads(line)
    print(json.dumps({"heard": said.pop("do"), "with": said, "faults": {}}), flush=True)
"""


def says(*reports: Mapping[str, object]) -> list[str]:
    lines = "\n".join(json.dumps(report) for report in reports)
    return [sys.executable, "-c", f"import sys; print({lines!r}, flush=True); sys.stdin.read()"]


@pytest.fixture
def faults() -> Faults:
    return Faults(clock)


@asynccontextmanager
async def kept(child: CourierChild) -> AsyncIterator["asyncio.Task[None]"]:
    task = asyncio.create_task(child.run())
    yield task
    task.cancel()
    with suppress(asyncio.CancelledError, DeviceError):
        await task


async def until(child: CourierChild, **facts: object) -> None:
    async with asyncio.timeout(30):
        while not facts.items() <= child.latest.items():
            await asyncio.sleep(0.01)


async def test_what_fails_becomes_a_fault_and_what_is_not_said_any_more_is_restored(faults: Faults) -> None:
    faults.put("offsite", "an hour ago")
    child = CourierChild(says({"faults": {"offsite_refused": "403 AccessDenied"}}), faults)
    async with kept(child):
        await until(child, faults={"offsite_refused": "403 AccessDenied"})
        assert {fault.code for fault in faults} == {"offsite_refused"}
        assert faults.why("offsite_refused") == "403 AccessDenied"


async def test_it_is_told_to_hurry_and_to_rest_and_each_only_once(faults: Faults) -> None:
    child = CourierChild([sys.executable, "-c", ECHO], faults)
    child.hurry(True)  # before there is one: the room is recorded at the start
    async with kept(child):
        await until(child, heard="hurry")
        child.hurry(True)
        child.hurry(False)
        await until(child, heard="rest")
    assert child.latest == {}


async def test_it_is_told_its_way_at_the_start_and_whenever_that_changes(faults: Faults) -> None:
    child, way = CourierChild([sys.executable, "-c", ECHO], faults), Way()
    async with kept(child):
        await until(child, heard="way", **{"with": {"device": None, "mobile": False}})
        way.use("wwan0", mobile=True)
        child.leave_by(way)
        await until(child, heard="way", **{"with": {"device": "wwan0", "mobile": True}})
        child.hurry(True)
        await until(child, heard="hurry")
        child.leave_by(way)
        child.hurry(False)
        await until(child, heard="rest")
        way.use("", mobile=True)
        child.leave_by(way)
        await until(child, heard="way", **{"with": {"device": None, "mobile": True}})
    async with kept(child):
        await until(child, heard="way", **{"with": {"device": None, "mobile": True}})


async def test_the_ways_out_are_tried_often_while_the_room_is_recorded(hub: Hub) -> None:
    hub.courier = CourierChild([], hub.faults)
    assert not hub.sending
    hub.recorder.take({"state": "recording", "incident": "K7Q2M"})
    assert hub.sending


async def test_it_hurries_while_the_room_is_recorded(hub: Hub) -> None:
    hub.courier = child = CourierChild([sys.executable, "-c", ECHO], hub.faults)
    async with kept(child):
        hub.recorder.take({"state": "recording", "incident": "K7Q2M"})
        await until(child, heard="hurry")
        hub.recorder.take({"fault": "microphone is mute"})
        hub.recorder.take({"state": "idle", "why": "stopped"})
        await until(child, heard="rest")


async def test_a_courier_that_says_nothing_is_started_again(faults: Faults, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(courier, "SILENCE_SECONDS", 0.3)
    with pytest.raises(DeviceError, match="courier does not answer"):
        await CourierChild([sys.executable, "-c", "import sys; sys.stdin.read()"], faults).run()


@pytest.mark.parametrize("nonsense", [{"faults": 1}, {"offsite": 1, "faults": {}}, {}])
async def test_a_courier_that_talks_nonsense_breaks_nothing(faults: Faults, nonsense: Mapping[str, object]) -> None:
    child = CourierChild(says(nonsense, {"state": "idle", "faults": {}}), faults)
    async with kept(child):
        await until(child, state="idle")
        assert child.offsite == {}
        assert not [*faults]
