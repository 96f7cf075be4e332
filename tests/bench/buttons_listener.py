"""The process that hears, seen from the one that is the air: what it told, what it takes."""

import asyncio
import subprocess
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import psutil  # type: ignore[import-untyped]

from tests.bench.buttons_air import Air
from tests.bench.buttons_home import Meant
from tests.scenarios.world import ROOT

_SCANS = 2  # the hub's, and the bare one


@dataclass(frozen=True, slots=True)
class Told:
    """One gesture; the times are those of buttons_child."""

    button: str
    meant: Meant
    at: float
    bare_at: float


@dataclass(slots=True)
class Listener:
    process: psutil.Process
    told: list[Told] = field(default_factory=list)
    _news: asyncio.Event = field(default_factory=asyncio.Event)

    def of(self, address: str) -> list[Meant]:
        return [one.meant for one in self.told if one.button == address]

    async def until(self, gestures: int, seconds: float = 5.0) -> bool:
        """Wait until so many were told in all; whether they were."""
        try:
            async with asyncio.timeout(seconds):
                while len(self.told) < gestures:
                    self._news.clear()
                    await self._news.wait()
        except TimeoutError:
            return False
        return True

    async def read(self, stream: asyncio.StreamReader) -> None:
        async for line in stream:
            button, packet, kind, at, bare_at = line.decode().split()
            number = None if packet == "None" else int(packet)
            self.told.append(Told(button, (number, kind), float(at), float(bare_at)))
            self._news.set()


@asynccontextmanager
async def listener(air: Air) -> AsyncIterator[Listener]:
    """It listens when this begins."""
    command = [sys.executable, "-m", "tests.bench.buttons_child"]
    pipe = subprocess.PIPE
    process = await asyncio.create_subprocess_exec(*command, cwd=ROOT, stdin=pipe, stdout=pipe)
    assert process.stdin is not None
    assert process.stdout is not None
    hears = Listener(psutil.Process(process.pid))
    reading = asyncio.create_task(hears.read(process.stdout))
    try:
        await _until_scanning(air)
        yield hears
    finally:
        process.stdin.close()
        try:
            await asyncio.wait_for(process.wait(), 5)
        except TimeoutError:
            process.kill()
            await process.wait()
        await reading


async def _until_scanning(air: Air) -> None:
    end = time.monotonic() + 10
    while sum(map(len, air.bluez.monitors.values())) < _SCANS:
        assert time.monotonic() < end, "the process that hears does not scan"
        await asyncio.sleep(0.01)
