"""Inside the guest: a radio, bluetoothd and the hub's ears; each story's outcome is written down for the host."""

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import pytest

from hardware.buttons.scanner import BleButtons
from hub.errors import DeviceError
from hub.model import Button
from hub.ports import Press

from .air import Air, BthomeButton, Sender, until
from .bluetoothd import Bluetoothd

OUTCOMES = Path("/run/out/outcomes.jsonl")
BUTTON = "C0:2E:F5:71:D5:2A"
NEIGHBOUR = "C0:00:00:00:00:01"


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    if report.when == "call" or report.outcome != "passed":
        outcome = {"story": report.nodeid, "outcome": report.outcome, "text": report.longreprtext}
        outcome["output"] = "\n".join(text for _, text in report.sections)
        with OUTCOMES.open("a") as file:
            file.write(json.dumps(outcome) + "\n")


@pytest.fixture
async def bluetoothd() -> AsyncIterator[Bluetoothd]:
    daemon = Bluetoothd()
    daemon.start()
    yield daemon
    await daemon.stop()


@pytest.fixture
async def air(bluetoothd: Bluetoothd) -> AsyncIterator[Air]:
    """A controller is plugged, which bluetoothd may not have seen yet, and a neighbour's device is heard."""
    air = Air()
    await air.plug()
    async with Sender(air, NEIGHBOUR).sending():
        yield air
    await air.unplug()


@pytest.fixture
async def button(air: Air) -> BthomeButton:
    return BthomeButton(air, BUTTON)


class Ears:
    """The hub's button radio, and the presses it told of."""

    def __init__(self) -> None:
        self.buttons = BleButtons("hci0")
        self.buttons.watch([Button("b1", BUTTON)])
        self.presses: list[Press] = []
        self._task = asyncio.create_task(self._listen())

    @property
    def heard(self) -> list[int | None]:
        """The packet id of each press."""
        return [press.counter for press in self.presses]

    async def until_listening(self) -> None:
        await until(lambda: self.buttons.listening)

    async def until_heard(self, packet: int) -> None:
        await until(lambda: packet in self.heard)

    async def stop(self) -> None:
        self._task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await self._task

    async def _listen(self) -> None:
        """As the hub does: a radio that gives up is asked again."""
        while True:
            with contextlib.suppress(DeviceError):
                await self.buttons.listen(self.presses.append)


Open = Callable[[], Awaitable[Ears]]


@pytest.fixture
async def open_ears(air: Air) -> AsyncIterator[Open]:
    opened: list[Ears] = []

    async def open_ears() -> Ears:
        opened.append(Ears())
        await opened[-1].until_listening()
        return opened[-1]

    yield open_ears
    for ears in opened:
        await ears.stop()


@pytest.fixture
async def ears(open_ears: Open) -> Ears:
    return await open_ears()
