"""What the daemon takes: processor time until it is armed, memory, and processor time while nothing happens.

The real program (`python -m hub run`) with all channels and five contacts; only its pins are gpiozero's mock ones.
Armed: it has told the service manager READY=1 and its scan runs in the simulated BlueZ. Processor time is user and
system together; the recorder child is counted apart.
"""

import asyncio
import os
import socket
import subprocess
import sys
import time
from collections.abc import Awaitable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import psutil  # type: ignore[import-untyped]

from tests.bench.report import Progress, Row
from tests.bench.street import calm_down, outside, press, sends
from tests.buttons.fakebluez import FakeDevice
from tests.scenarios.world import HOLD, ROOT, World

TITLE = "the daemon: 6 starts, then idle for 20 s"
STARTS = 6
SETTLING, IDLE, CROWDED = 3.0, 20.0, 8.0  # s
CROWD = 50  # adverts a second
MB = 10**6
EDDYSTONE = "0000feaa-0000-1000-8000-00805f9b34fb"


@dataclass(frozen=True, slots=True)
class Start:
    """Seconds until armed: of the processor, of the wall clock, of the processor with the recorder's."""

    processor: float
    wall: float
    with_recorder: float


async def measure(progress: Progress) -> list[Row]:
    async with outside() as world:
        await world.start()
        await world.settle_in()
        await world.stop()
        starts, firsts = [], []
        for number in range(STARTS):
            progress.step(f"start {number + 1} of {STARTS}")
            starts.append(await _start(world))
            if number < STARTS - 1:
                firsts.append(await _first_press(world))
                await world.stop()
        progress.step(f"idle for {IDLE:g} s")
        idle = await _idle(world)
        after = await _after_an_alert(world)
    return [*_starting(starts, firsts), *idle, *after]


def _starting(starts: list[Start], firsts: list[float]) -> list[Row]:
    return [
        Row("start → armed: processor time", [s.processor for s in starts], "s", 1.5),
        Row("the same, with the recorder's so far", [s.with_recorder for s in starts], "s"),
        Row("start → armed: by the clock", [s.wall for s in starts], "s"),
        Row("first press after a start: frame sent → first request", firsts, "ms", 250),
    ]


async def _start(world: World) -> Start:
    with _service_manager(world) as told:
        began = time.monotonic()
        command = [sys.executable, "-m", "hub", "--config", str(world.config), "run"]
        variables = {
            **os.environ,
            **world.environment,
            "GPIOZERO_PIN_FACTORY": "mock",
            "NOTIFY_SOCKET": told.getsockname(),
        }
        with (world.folder / "log").open("ab") as log:
            world.process = subprocess.Popen(command, cwd=ROOT, env=variables, stdout=log, stderr=log)
        async with asyncio.timeout(20):
            while b"READY=1" not in await asyncio.get_running_loop().sock_recv(told, 4096):
                pass
            await world.bluez.until_scanning()
        daemon, recorder = daemon_and_recorder(world)
        used = _processor_time(daemon)
        return Start(used, time.monotonic() - began, used + _processor_time(recorder))


@contextmanager
def _service_manager(world: World) -> Iterator[socket.socket]:
    path = world.folder / "notify"
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as told:
        told.bind(str(path))
        told.setblocking(False)
        try:
            yield told
        finally:
            path.unlink()


async def _first_press(world: World) -> float:
    """Milliseconds; whatever was not loaded at the start would show here."""
    sent = await press(world, HOLD)
    await world.network.until(lambda: len(sends(world)) >= 1)
    span = (sends(world)[0].at - sent) * 1000
    await calm_down(world)
    return span


async def _idle(world: World) -> list[Row]:
    world.bluez.busy = False  # the neighbours of these tests are up only to show that the radio hears
    await asyncio.sleep(SETTLING)
    recorder = _processor_time(daemon_and_recorder(world)[1])
    used, by_recorder = await share(world, asyncio.sleep(IDLE))
    crowded, _ = await share(world, _strangers(world))
    return [
        Row("recorder: processor time of its start", [recorder], "s"),
        Row("idle: of one core", [used], "%", 1),
        Row("idle: of one core, recorder", [by_recorder], "%"),
        Row(f"idle, {CROWD} adverts of strangers a second: of one core", [crowded], "%"),
        *_memory(world),
    ]


async def share(world: World, period: Awaitable[None]) -> tuple[float, float]:
    """Per cent of one core that the daemon and the recorder took meanwhile."""
    processes = daemon_and_recorder(world)
    began, before = time.monotonic(), [_processor_time(process) for process in processes]
    await period
    elapsed = time.monotonic() - began
    daemon, recorder = (
        100 * (_processor_time(process) - start) / elapsed for process, start in zip(processes, before, strict=True)
    )
    return daemon, recorder


async def _strangers(world: World) -> None:
    """Telephones, watches and beacons of the neighbours."""
    neighbour = FakeDevice("3C:2E:F5:00:00:01")
    for number in range(int(CROWDED * CROWD)):
        world.bluez.advertise(neighbour, {EDDYSTONE: number.to_bytes(4, "big")})
        await asyncio.sleep(1 / CROWD)


def _memory(world: World) -> list[Row]:
    daemon, recorder = daemon_and_recorder(world)
    return [
        Row("resident, armed", [daemon.memory_info().rss / MB], "MB", 90),
        Row("unique (USS), armed", [daemon.memory_full_info().uss / MB], "MB"),
        Row("resident, recorder", [recorder.memory_info().rss / MB], "MB"),
        Row("unique (USS), recorder", [recorder.memory_full_info().uss / MB], "MB"),
    ]


async def _after_an_alert(world: World) -> list[Row]:
    await _first_press(world)
    daemon, _ = daemon_and_recorder(world)
    return [Row("resident, after an alert", [daemon.memory_info().rss / MB], "MB")]


def daemon_and_recorder(world: World) -> tuple[psutil.Process, psutil.Process]:
    """The daemon and its child, the recorder."""
    assert world.process is not None
    daemon = psutil.Process(world.process.pid)
    (recorder,) = daemon.children()
    return daemon, recorder


def _processor_time(process: psutil.Process) -> float:
    times = process.cpu_times()
    return float(times.user + times.system)
