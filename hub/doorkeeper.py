"""Sees to it that the page's process can be reached while its window is open, and never else."""

import asyncio
from collections.abc import Callable
from typing import Protocol

from hub.errors import DeviceError
from hub.faults import Faults
from hub.page.gate import Gate

PATIENCE = 8.0  # s
AGAIN = 60.0  # s; while it is open: whoever stopped it by hand did not mean the window


class Doors(Protocol):
    """The way to the page's process, which does not run while they are closed. Both may be repeated."""

    async def open(self) -> None:
        """Raises DeviceError."""

    async def close(self) -> None:
        """The process ends. Raises DeviceError."""


class ServiceButton(Protocol):
    """The button inside the case."""

    async def listen(self, held: Callable[[], None]) -> None:
        """Until cancelled: call `held`, in the loop's thread, each time it was held. Raises DeviceError."""


class Doorkeeper:
    def __init__(self, doors: Doors, gate: Gate, faults: Faults) -> None:
        self._doors = doors
        self._gate = gate
        self._faults = faults
        self._open: bool | None = None  # None: nobody knows what the last run left
        self._asked = float("-inf")

    async def look(self, now: float) -> None:
        """Call it each second; `now`: monotonic."""
        wanted = self._gate.is_open
        if wanted == self._open and not (wanted and now - self._asked >= AGAIN):
            return
        try:
            async with asyncio.timeout(PATIENCE):
                await (self._doors.open() if wanted else self._doors.close())
        except (DeviceError, TimeoutError) as problem:
            self._open = None
            self._faults.put("page", str(problem) or "timeout")
        else:
            self._open, self._asked = wanted, now
            self._faults.restore("page")
