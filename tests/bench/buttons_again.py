"""How soon the hub listens again once a fault of BlueZ, of the adapter or of the bus has ended, and notices silence.

From the end of the fault on a button is pressed every 5 ms. The hub listens from the first press on that was heard,
all after it having been heard, too. A fault lasts for 0 to 0.38 s, longer from run to run: whoever tries again every
so often may not be lucky each time.
"""

import asyncio
import contextlib
import time
from collections.abc import Awaitable, Callable, Mapping

from hardware.buttons.scan import bleak_bus
from tests.bench.buttons_air import Air, air
from tests.bench.buttons_radio import Radio, radio
from tests.bench.report import Judged, Progress, Row

RUNS = 20
LONGER = 0.02  # s from run to run
SETTING = 0.5  # s of silence that the radio bears here
TITLE = f"buttons: listening again, {RUNS} runs of each fault"
LIMIT, OVERSHOOT = 0.5, 100  # s, ms


async def crash(around: Air, lasts: float) -> None:
    await around.bluez.crash()
    await asyncio.sleep(lasts)
    await around.bluez.start()


async def clean_stop(around: Air, lasts: float) -> None:
    """bluetoothd leaves the adapter switched off."""
    await around.bluez.crash()
    await asyncio.sleep(lasts)
    await around.bluez.start(powered=False)


async def replug(around: Air, lasts: float) -> None:
    around.bluez.unplug()
    await asyncio.sleep(lasts)
    around.bluez.plug(powered=False)


async def power(around: Air, lasts: float) -> None:
    """As long as it lasts, nobody may switch it on."""
    around.bluez.faults["Set"] = ["Blocked"] * 1000
    around.bluez.power(False)
    await asyncio.sleep(lasts)
    del around.bluez.faults["Set"]
    around.bluez.power(True)


async def switched_off(around: Air, _lasts: float) -> None:
    """And nobody but the hub switches it on."""
    around.bluez.power(False)


async def bus_restart(around: Air, lasts: float) -> None:
    around.bus.stop()
    await around.bluez.crash()
    await asyncio.sleep(lasts)
    around.bus.start()
    await around.bluez.start()


async def blocked(around: Air, _lasts: float) -> None:
    """dbus-fast drops bleak's connection because a write would block."""
    connection = await bleak_bus()
    assert connection is not None
    with contextlib.suppress(OSError):  # lost with the first of the two writes
        around.bus.block(connection)


FAULTS: Mapping[str, Callable[[Air, float], Awaitable[None]]] = {
    "bluetoothd crashed and started": crash,
    "bluetoothd stopped and started, adapter left off": clean_stop,
    "adapter unplugged and plugged": replug,
    "power off and on": power,
    "power off": switched_off,
    "bus restarted": bus_restart,
    "bleak's bus connection lost by a blocked write": blocked,
}


async def measure(progress: Progress) -> list[Row]:
    rows, surplus = [], 0
    async with air() as around:
        for name, fault in FAULTS.items():
            async with radio(around.bluez) as hears:
                await hears.listens_from()
                spans = [await _again(around, hears, fault, run, progress, name) for run in range(RUNS)]
            rows.append(Row(f"{name} → listening again", spans, "s", LIMIT, Judged.MAX))
            surplus += hears.surplus
        rows.append(Row("after all these: presses heard twice", [surplus], "", 0, Judged.MAX, RUNS * len(FAULTS)))
        return [*rows, *await _silence(around, progress)]


async def _again(
    around: Air, hears: Radio, fault: Callable[[Air, float], Awaitable[None]], run: int, progress: Progress, name: str
) -> float:
    """Seconds from the end of the fault."""
    progress.step(f"{name}, {run} of {RUNS}")
    await fault(around, run * LONGER)
    ended = time.monotonic()
    return await hears.listens_from() - ended


async def _silence(around: Air, progress: Progress) -> list[Row]:
    told, renewed = [], []
    async with radio(around.bluez, silence=SETTING) as hears:
        for run in range(RUNS):
            progress.step(f"silence, {run} of {RUNS}")
            await hears.listens_from()
            starts, due = around.bluez.starts, max(hears.heard.values()) + SETTING
            told.append((await hears.until_doubted() - due) * 1000)
            renewed.append((await _until_renewed(around, starts) - due) * 1000)
    return [
        Row("silence → told, beyond the setting (55 s on the hub)", told, "ms", OVERSHOOT, Judged.MAX),
        Row("silence → a new scan, beyond the setting", renewed, "ms", OVERSHOOT, Judged.MAX),
    ]


async def _until_renewed(around: Air, starts: int) -> float:
    async with asyncio.timeout(10):
        while around.bluez.starts == starts or not around.bluez.scanning:
            await asyncio.sleep(0.001)
    return time.monotonic()
