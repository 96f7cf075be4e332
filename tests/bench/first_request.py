"""From a frame to the siren's pin and to the first request at the provider's door, with the daemon as a process.

A span begins just before the simulated BlueZ sends its D-Bus signal and ends when the pin of the daemon changes, or
when the network has read the head of a request. All clocks are the machine's monotonic one. The same with a disk
whose fsync takes five seconds: then sending starts from memory.
"""

import asyncio
import subprocess
from pathlib import Path

from tests.bench.report import Progress, Row
from tests.bench.street import acceptances, outside, press, sends
from tests.scenarios import world as scenarios
from tests.scenarios.world import HOLD, World

TITLE = "frame to first request: 40 presses, and 6 with an fsync of 5 s"
PRESSES, ON_A_SLOW_DISK = 40, 6
FSYNC_SECONDS = "5"
DELIVERIES, ALL_CLEARS = 15, 10
PAUSE = 0.2  # s


async def measure(progress: Progress) -> list[Row]:
    async with outside() as world:
        await world.start()
        await world.settle_in()
        spans = [await _press(world, progress, n) for n in range(PRESSES)]
        await world.stop()
        await world.start(LD_PRELOAD=str(_stalling(world.folder)), HUB_FSYNC_SECONDS=FSYNC_SECONDS)
        stalled = [await _press(world, progress, PRESSES + n) for n in range(ON_A_SLOW_DISK)]
    (pins, firsts, lasts), (slow_pins, slow_firsts, slow_lasts) = (
        list(zip(*part, strict=True)) for part in (spans, stalled)
    )
    return [
        Row("daemon: frame sent → siren pin", pins, "ms", 50),
        Row("daemon: frame sent → first request", firsts, "ms", 250),
        Row("daemon: frame sent → last of 15 requests", lasts, "ms"),
        Row("fsync of 5 s: frame sent → siren pin", slow_pins, "ms", 50),
        Row("fsync of 5 s: frame sent → first request", slow_firsts, "ms", 1000),
        Row("fsync of 5 s: frame sent → last of 15 requests", slow_lasts, "ms"),
    ]


async def _press(world: World, progress: Progress, number: int) -> tuple[float, float, float]:
    """Milliseconds to the pin, to the first request and to the last one."""
    progress.step(f"{number} of {PRESSES + ON_A_SLOW_DISK}")
    sent = await press(world, HOLD)
    await world.network.until(lambda: len(sends(world)) >= DELIVERIES)
    arrived = [request.at for request in sends(world)]
    spans = [(at - sent) * 1000 for at in (_siren_on(world), arrived[0], arrived[-1])]
    assert all(span > 0 for span in spans), "the pin did not change"
    await _end(world)
    return spans[0], spans[1], spans[2]


async def _end(world: World) -> None:
    """The next press opens an incident of its own. The store is not asked: its disk may be the slow one."""
    await world.network.until(lambda: len(acceptances(world)) >= DELIVERIES)
    await asyncio.sleep(PAUSE)
    await world.ask("resolve", id=(await world.ask("status"))["open_incident"], kind="test")
    await world.network.until(lambda: len(acceptances(world)) >= DELIVERIES + ALL_CLEARS)
    await asyncio.sleep(PAUSE)
    world.network.forget()


def _siren_on(world: World) -> float:
    """When the siren's pin last went up."""
    lines = (line.split() for line in (world.folder / "pins").read_text().splitlines())
    return max(float(at) for at, _, state in lines if state == "1")


def _stalling(folder: Path) -> Path:
    """The library that makes each fsync slow."""
    library = folder / "slow_fsync.so"
    source = Path(scenarios.__file__).with_name("slow_fsync.c")
    subprocess.run(["gcc", "-shared", "-fPIC", "-o", library, source, "-ldl"], check=True)
    return library
