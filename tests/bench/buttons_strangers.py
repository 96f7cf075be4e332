"""What the life of the neighbourhood costs the daemon: 50 adverts a second of devices that are not this home's.

Sixty devices that stay, thermometers, plugs, watches and telephones, each with news in each advert; every fifth advert
is of somebody who passes by with an address that was never heard before.
"""

import asyncio
import random
import time
from collections.abc import Awaitable

import psutil  # type: ignore[import-untyped]

from tests.bench.report import Progress, Row
from tests.bench.street import outside
from tests.buttons.fakebluez import FakeDevice, frames
from tests.scenarios.world import World

TITLE = "buttons: 50 adverts of strangers a second, 20 s, and as long without"
RATE, SECONDS, SETTLING = 50, 20.0, 3.0
STAYING, PASSING = 60, 5
EDDYSTONE = "0000feaa-0000-1000-8000-00805f9b34fb"
APPLE = 0x004C


async def measure(progress: Progress) -> list[Row]:
    async with outside() as world:
        await world.start()
        await world.settle_in()
        world.bluez.busy = False
        await asyncio.sleep(SETTLING)
        progress.step("without adverts")
        alone = await _used(world, asyncio.sleep(SECONDS))
        progress.step(f"{RATE} adverts a second")
        crowded = await _used(world, _neighbourhood(world))
    return [
        Row("without adverts: of one core", [alone], "%"),
        Row(f"{RATE} adverts of strangers a second: of one core", [crowded], "%", 5),
    ]


async def _used(world: World, period: Awaitable[None]) -> float:
    """Per cent of one core that the daemon took meanwhile."""
    assert world.process is not None
    daemon = psutil.Process(world.process.pid)
    began, before = time.monotonic(), daemon.cpu_times()
    await period
    after, elapsed = daemon.cpu_times(), time.monotonic() - began
    return float(100 * (after.user + after.system - before.user - before.system) / elapsed)


async def _neighbourhood(world: World) -> None:
    began, chance = time.monotonic(), random.Random(3)
    for number in range(int(SECONDS * RATE)):
        passing = number % PASSING == 0
        who = STAYING + number if passing else chance.randrange(STAYING)
        _advertise(world, who, number)
        await asyncio.sleep(max(0.0, began + (number + 1) / RATE - time.monotonic()))


def _advertise(world: World, who: int, number: int) -> None:
    """The four kinds of strangers: BTHome, plain and sealed, a beacon, and a telephone."""
    address = f"C0:11:22:33:{who >> 8:02X}:{who & 0xFF:02X}"
    device, news = FakeDevice(address), number.to_bytes(4, "big")
    match who % 4:
        case 0:
            world.bluez.advertise(device, {frames.UUID: b"\x40\x00" + news[-1:] + b"\x02\xca\x09\x03\xbf\x13"})
        case 1:
            world.bluez.advertise(device, frames.sealed(number, number, frames.BEACON, address=address))
        case 2:
            world.bluez.advertise(device, {EDDYSTONE: b"\x20\x00" + news})
        case _:
            world.bluez.advertise(device, maker={APPLE: b"\x10\x05" + news})
