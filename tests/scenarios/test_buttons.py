"""A technician brings a sealed button: found, refused with the wrong key, added, heard, and watched over."""

import contextlib
import sqlite3
from typing import Any

import pytest

from tests.buttons.fakebluez import FakeDevice, frames
from tests.scenarios.test_devices import mended, told
from tests.scenarios.world import PHONES, World

ADDRESS = "54:48:E6:8F:80:A5"
KEY = frames.KEY.hex()
DEVICE = FakeDevice(ADDRESS, name="SBBT-002C")


async def send(world: World, counter: int, *events: int, battery: int = 100, again: bool = False) -> None:
    """A sealed frame; its packet id goes with its counter. `again`: from a little further away."""
    await world.bluez.until_scanning()
    payload = frames.sealed(counter, counter, *events, battery=battery, address=ADDRESS)
    world.bluez.advertise(DEVICE, payload, rssi=-90 if again else -60)


async def row(world: World) -> dict[str, Any]:
    return next(button for button in (await world.ask("buttons"))["buttons"] if button["address"] == ADDRESS)


async def incidents(world: World) -> int:
    return len((await world.ask("incidents"))["incidents"])


def stored_period(world: World) -> float | None:
    path = world.folder / "state" / "hub.db"
    with contextlib.closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as store:
        ((period,),) = store.execute("SELECT period FROM buttons WHERE address = ?", (ADDRESS,))
    return period if period is None else float(period)


@pytest.fixture
async def id(world: World) -> str:
    """Sealed, in its place, and calling nobody but by telephone."""
    added = await world.ask(
        "button add", address=ADDRESS, name="door", worn=False, key=KEY, response={"single": ["call"]}
    )
    return str(added["button"]["id"])


async def test_a_sealed_button_is_found_and_takes_its_own_key_only(world: World):
    await send(world, 7, frames.PRESS)

    async def found() -> bool:
        return ADDRESS in [heard["address"] for heard in (await world.ask("button scan"))["heard"]]

    await world.until(found)
    assert await incidents(world) == 0
    assert "does not open" in await world.refused("button add", address=ADDRESS, key="00" * 16)
    await world.ask("button add", address=ADDRESS, key=KEY)
    await send(world, 8, frames.DOUBLE)
    await world.until(world.all_told)
    assert KEY not in world.log


async def test_what_was_sealed_acts_once_even_when_the_hub_was_restarted(world: World, id: str):
    await send(world, 7, frames.PRESS)
    await world.until(lambda: all(world.calls(phone) for phone in PHONES))
    assert not any(world.texts(phone) for phone in PHONES)  # its own response: a call
    (incident,) = (await world.ask("incidents"))["incidents"]
    await world.ask("resolve", id=incident["id"], kind="test")
    world.kill()
    await world.start()
    await send(world, 7, frames.PRESS, again=True)
    await send(world, 2, frames.PRESS)  # as after a change of battery; what came before it has been heard
    await told(world, f"button_restarted:{id}")
    assert await incidents(world) == 2


async def test_a_button_without_its_key_is_told_and_named(world: World, id: str):
    await world.ask("button set", id=id, key="00" * 16)
    await send(world, 7, frames.PRESS)
    await told(world, "buttons_unreadable")
    assert await incidents(world) == 0
    checks = (await world.ask("doctor"))["checks"]
    assert next(check for check in checks if check["name"] == f"button:{id}")["blocking"]
    await world.ask("button set", id=id, key=KEY)
    await mended(world, "buttons_unreadable")


async def test_an_empty_battery_is_told_until_the_new_one_was_proven_by_a_press(world: World, id: str):
    await send(world, 7, frames.BEACON, battery=9)
    await told(world, f"button_battery:{id}")
    assert await incidents(world) == 0
    await send(world, 1, frames.BEACON, battery=100)
    await send(world, 2, frames.PRESS, battery=100)
    await mended(world, f"button_battery:{id}")
    await send(world, 3, frames.BEACON, battery=20)

    async def warned() -> bool:
        return [one["code"] for one in (await world.ask("status"))["warnings"]] == [f"button_battery_low:{id}"]

    await world.until(warned)


async def test_a_beacon_is_measured_and_expected_after_the_next_start(world: World, id: str):
    assert (await row(world))["supervision"] == "none"
    counter = 0

    async def beaconed() -> bool:
        nonlocal counter
        counter += 1
        await send(world, counter, frames.BEACON)
        return stored_period(world) is not None

    await world.until(beaconed)
    assert (await row(world))["supervision"] == "beacon"
    assert await world.stop() == 0
    await world.start()
    after = await row(world)
    assert (after["supervision"], after["state"], after["last_seen"]) == ("beacon", "unheard", None)
    assert 1.0 <= after["period"] <= 10.0
