"""The hub is carried away in an incident: the contacts learn where it is, beside the address that was typed in."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from tests.masts import Masts
from tests.modem.fakemodem import FakeModem
from tests.modem.fakemodem import world as around
from tests.modem.fakemodem.usb import UsbWorld, possible
from tests.scenarios.test_second_way import ready
from tests.scenarios.world import DOUBLE, PEOPLE, PHONES, World

HASTE = 30.0
MINUTE = 60 / HASTE  # s
HOME, WOOD, PORT, TOWN, NEAR = "01A2B3C4", "0BADCAFE", "0C0FFEE0", "0DEFACED", "0FACADE0"
# Latitude, longitude, radius; the hub's home is at 47.996, -4.1024.
CELLS = {
    HOME: (47.9971, -4.1011, 1500.0),
    WOOD: (47.9712, -4.1635, 1400.0),  # 5 km away
    PORT: (47.9201, -4.2220, 1600.0),
    TOWN: (47.8665, -4.2230, 1300.0),
    NEAR: (47.9712, -4.1636, 5000.0),  # as far as the wood, but less is known of it
}
FRENCH, ENGLISH = PHONES[0], PHONES[4]


@dataclass
class Carried:
    """The hub, and what it is carried through."""

    world: World
    modem: FakeModem
    masts: Masts

    def updates(self, phone: str, cell: str) -> list[str]:
        """What this telephone got that says that the hub is there."""
        point = "{:.5f},{:.5f}".format(*CELLS[cell])
        return [text for text in self.world.texts(phone) if point in text]

    def all_know(self, cell: str) -> bool:
        return all(self.updates(phone, cell) for phone in PHONES)

    async def positions(self) -> list[dict[str, Any]]:
        return list((await self.world.incident())["positions"])

    def asked(self, cell: str) -> bool:
        return any(question["cellTowers"][0]["cellId"] == int(cell, 16) for question in self.masts.asked)


@pytest.fixture
async def masts() -> AsyncIterator[Masts]:
    async with Masts() as masts:
        masts.cells = {int(cell, 16): where for cell, where in CELLS.items()}
        yield masts


@pytest.fixture
async def carried(outside: World, masts: Masts, tmp_path: Path) -> AsyncIterator[Carried]:
    """The hub is at home, with a modem that knows its cell."""
    async with around(outside.bus, FakeModem(), tmp_path) as surroundings:
        outside.configure(modem="modemmanager", cells=masts.url)
        await outside.start(HUB_HASTE=f"{HASTE:g}")
        await outside.settle_in()
        await outside.until(lambda: ready(outside), 30)
        yield Carried(outside, surroundings.modem, masts)
        await outside.stop()


async def test_the_hub_is_carried_five_kilometres_away_during_an_incident(carried: Carried):
    world = carried.world
    await world.click(DOUBLE)
    await world.until(world.all_told)
    await world.until(lambda: carried.asked(HOME))
    carried.modem.move(WOOD)
    await world.until(lambda: carried.all_know(WOOD))
    french, english = carried.updates(FRENCH, WOOD)[0], carried.updates(ENGLISH, WOOD)[0]
    assert "12 rue des Lilas" in french
    assert "12 rue des Lilas" in english
    assert "https://maps.google.com/?q=47.97120,-4.16350 à 2 km près" in french
    assert "https://maps.google.com/?q=47.97120,-4.16350 within 2 km" in english
    assert "(à l'instant)" in french
    assert "(just now)" in english
    await world.until(
        lambda: all(any("47.97120" in mail.text for mail in world.mails(name)) for name in PEOPLE.values())
    )

    for cell in (PORT, TOWN, WOOD, PORT, TOWN):
        carried.modem.move(cell)
        await world.until(lambda cell=cell: carried.all_know(cell))
    told = [datetime.fromisoformat(one["told_at"]) for one in await carried.positions()]
    assert len(told) >= 3
    assert all((later - earlier).total_seconds() > MINUTE - 0.1 for earlier, later in pairwise(told))

    ended = await world.incident()
    await world.ask("resolve", id=ended["id"], kind="real")
    await world.until(lambda: all(any("FIN D'ALERTE" in t or "ALL CLEAR" in t for t in world.texts(p)) for p in PHONES))
    known = len(await carried.positions())
    carried.modem.move(WOOD)
    await world.ask("drill", gesture="double")
    drill = await world.incident()
    await world.until(lambda: all(any(drill["id"] in text for text in world.texts(phone)) for phone in PHONES))
    exercise = [text for phone in PHONES for text in world.texts(phone) if drill["id"] in text]
    assert not any("bougé" in text or "moved" in text for text in exercise)
    after = (await world.ask("incident", id=ended["id"]))["incident"]
    assert len(after["positions"]) == known
    assert (await carried.positions()) == []


async def test_as_long_as_it_may_be_near_the_home_nobody_is_told(carried: Carried):
    world = carried.world
    await world.click(DOUBLE)
    await world.until(lambda: carried.asked(HOME))
    carried.modem.move(NEAR)
    await world.until(lambda: carried.asked(NEAR))
    carried.modem.move(PORT)
    await world.until(lambda: carried.all_know(PORT))
    assert [one["latitude"] for one in await carried.positions()] == [CELLS[PORT][0]]
    assert not any("47.97120" in text for phone in PHONES for text in world.texts(phone))


async def test_a_restart_tells_nothing_twice_and_goes_on(carried: Carried):
    world = carried.world
    await world.click(DOUBLE)
    carried.modem.move(WOOD)
    await world.until(lambda: carried.all_know(WOOD))
    world.kill()
    asked = len(carried.masts.asked)
    await world.start(HUB_HASTE=f"{HASTE:g}")
    await world.until(lambda: len(carried.masts.asked) > asked, 30)
    carried.modem.move(TOWN)
    await world.until(lambda: carried.all_know(TOWN), 30)
    assert [one["latitude"] for one in await carried.positions()] == [CELLS[WOOD][0], CELLS[TOWN][0]]


@pytest.mark.skipif(not possible(), reason="a GNSS receiver needs root, and a mount namespace of its own")
async def test_a_hub_that_was_carried_away_before_the_press_says_so_in_its_first_text(outside: World, tmp_path: Path):
    fake = FakeModem()
    fake.fix = (47.9712, -4.1635, 1.2)
    async with around(outside.bus, fake, tmp_path, UsbWorld):
        outside.configure(modem="modemmanager")
        await outside.start(HUB_HASTE=f"{HASTE:g}")
        await outside.settle_in()
        await outside.until(lambda: ready(outside), 60)

        async def alerted() -> bool:
            """Until the hub has looked often enough; each press is an incident of its own."""
            known = (await outside.ask("press", gesture="double"))["incident"]
            await outside.until(lambda: all(any(known["id"] in text for text in outside.texts(p)) for p in PHONES))
            await outside.ask("resolve", id=known["id"], kind="test")
            firsts = [next(text for text in outside.texts(phone) if known["id"] in text) for phone in PHONES]
            return all("47.97120,-4.16350" in text for text in firsts)

        await outside.until(alerted, 60)
        assert "à 20 m près" in next(t for t in outside.texts(FRENCH) if "47.97120" in t)
        assert "within 20 m" in next(t for t in outside.texts(ENGLISH) if "47.97120" in t)
        assert "47.97" not in outside.log
        await outside.stop()
