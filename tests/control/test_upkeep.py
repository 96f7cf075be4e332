"""What the timers of the machine ask for: the hub decides what is due, and does nothing by a date it cannot trust."""

import asyncio
import gc
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from hub.config.sections import Upkeep
from hub.control import upkeep
from hub.core import Hub, clock
from hub.errors import Refusal
from hub.evidence import clock as set_clock
from hub.incident import End, Incident, State
from hub.response import Level
from tests.hub_fixture import Ask


@pytest.fixture
def its_clock_is_set(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """As systemd-timesyncd says it."""
    said = tmp_path / "synchronized"
    said.touch()
    monkeypatch.setattr(set_clock, "SYNCHRONISED", said)


@pytest.fixture
def its_clock_is_not_set(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(set_clock, "SYNCHRONISED", tmp_path / "nothing")


async def put_incidents(hub: Hub) -> None:
    for id, age in {"OLDER": 91, "YNGER": 89}.items():
        now = clock()
        over = Incident(id, Level.RESCUE, now, now, state=State.RESOLVED, kind=End.REAL)
        await hub.store.put(replace(over, ended=replace(now, utc=now.utc - timedelta(days=age))))
    await hub.store.put(Incident("OPEN", Level.RESCUE, clock(), clock()))


async def left(hub: Hub) -> list[str]:
    return await hub.store.read(lambda c: [row[0] for row in c.execute("SELECT id FROM incidents ORDER BY id")])


@pytest.mark.usefixtures("its_clock_is_set")
async def test_what_ended_ninety_days_ago_is_forgotten_and_nothing_younger(hub: Hub, ask: Ask):
    await put_incidents(hub)
    assert await ask("upkeep") == {"done": True, "days": 90}
    assert await left(hub) == ["OPEN", "YNGER"]
    assert await ask("upkeep") == {"done": True, "days": 90}


@pytest.mark.usefixtures("its_clock_is_set")
async def test_how_long_that_is_can_be_set(hub: Hub, ask: Ask):
    hub.config = hub.config.model_copy(update={"upkeep": Upkeep(incident_days=30)})
    await put_incidents(hub)
    assert await ask("upkeep") == {"done": True, "days": 30}
    assert await left(hub) == ["OPEN"]


@pytest.mark.usefixtures("its_clock_is_not_set")
@pytest.mark.parametrize("command", ["remind", "upkeep"])
async def test_by_a_date_that_nobody_set_nothing_is_done(hub: Hub, ask: Ask, command: str):
    await put_incidents(hub)
    with pytest.raises(Refusal, match="clock_not_set"):
        await ask(command)
    assert await left(hub) == ["OLDER", "OPEN", "YNGER"]


@pytest.mark.usefixtures("its_clock_is_set")
async def test_a_card_that_is_slow_keeps_nobody_waiting_and_goes_on(hub: Hub, ask: Ask, monkeypatch):
    monkeypatch.setattr(upkeep, "PATIENCE", 0.0)
    await put_incidents(hub)
    assert await ask("upkeep") == {"done": False, "days": 90}
    async with asyncio.timeout(5):
        while await left(hub) != ["OPEN", "YNGER"]:
            await asyncio.sleep(0.01)


@pytest.mark.usefixtures("its_clock_is_set")
async def test_what_fails_after_the_answer_is_told_by_the_store_alone(hub: Hub, ask: Ask, monkeypatch):
    monkeypatch.setattr(upkeep, "PATIENCE", 0.0)
    unseen: list[object] = []
    asyncio.get_running_loop().set_exception_handler(lambda _, context: unseen.append(context["message"]))
    await put_incidents(hub)
    await hub.store.execute(("CREATE TRIGGER t BEFORE DELETE ON incidents BEGIN SELECT RAISE(ABORT, 'no'); END", ()))
    dropped: list[str] = []
    hub.store.dropped = dropped.append
    assert await ask("upkeep") == {"done": False, "days": 90}
    async with asyncio.timeout(5):
        while not dropped:
            await asyncio.sleep(0.01)
    gc.collect()
    assert (dropped, unseen) == (["IntegrityError"], [])


@pytest.mark.usefixtures("its_clock_is_set")
async def test_a_new_hub_has_nothing_to_be_reminded_of(ask: Ask):
    assert await ask("remind") == {"reminded": False}


@pytest.mark.usefixtures("its_clock_is_set")
async def test_technicians_are_reminded_by_day_and_not_in_an_incident(hub: Hub, ask: Ask):
    now = clock()
    noon = f"Etc/GMT{now.utc.hour - 12:+d}"  # where it is noon now
    await ask("home set", timezone=noon)
    await ask("technician add", name="Tom", phone="+33639980001")
    then = replace(now, utc=now.utc - timedelta(days=91))
    await hub.store.put(Incident("DRILL", Level.RESCUE, then, then, state=State.RESOLVED, drill=True))
    opened = await ask("press", gesture="double")
    assert await ask("remind") == {"reminded": False}
    await ask("resolve", id=opened["incident"]["id"], kind="test")
    assert await ask("remind") == {"reminded": True}
    assert await ask("remind") == {"reminded": False}
