"""The hub's radio in this process, with one button that is pressed over and over."""

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from hardware.buttons.scanner import BleButtons
from hub.gesture import Gesture
from hub.model import Button
from hub.ports import Press
from hub.recognizers import Recognizers
from tests.buttons.fakebluez import FakeBluez, FakeDevice, frames

DEVICE = FakeDevice("3C:2E:F5:00:02:01", "SBBT-002C")
_EVERY = 0.005  # s from one press to the next
_ENOUGH = 40  # presses heard in a row
_ON_THE_WAY = 10  # the newest ones, which may yet be heard
_GIVES_UP = 10.0  # s
_LATE = 128  # presses: a gesture that comes so much later belongs to none
_PACKETS = 256


class Radio:
    """`number`: of the last press; `heard`: when the gesture of each was there; `surplus`: gestures beyond these."""

    def __init__(self, bluez: FakeBluez, buttons: BleButtons) -> None:
        self.buttons = buttons
        self.number = 0
        self.heard: dict[int, float] = {}
        self.surplus = 0
        self._bluez = bluez

    def act(self, _gesture: Gesture, press: Press) -> None:
        now = time.monotonic()
        behind = (self.number - (press.counter or 0)) % _PACKETS
        number = self.number - behind
        if behind > _LATE or number in self.heard:
            self.surplus += 1
        else:
            self.heard[number] = now

    def press(self) -> None:
        self.number += 1
        bus = self._bluez.tree.bus
        assert bus is not None
        assert bus.connected, "the simulated bluetoothd lost its own bus: this says nothing of the hub"
        self._bluez.advertise(DEVICE, frames.plain(self.number % _PACKETS, frames.PRESS))

    async def listens_from(self) -> float:
        """Press every 5 ms; when the first of a row of presses was heard, none of which was lost; now, if none is."""
        lost, end = self.number, time.monotonic() + _GIVES_UP
        while self.number < lost + _ENOUGH + _ON_THE_WAY:
            self.press()
            await asyncio.sleep(_EVERY)
            settled = self.number - _ON_THE_WAY
            if settled > lost and settled not in self.heard:
                lost = settled
            if time.monotonic() >= end:
                return end
        return self.heard[lost + 1]

    async def until_doubted(self) -> float:
        """When it says that it does not listen, for want of adverts."""
        async with asyncio.timeout(10):
            while self.buttons.listening or not self.buttons.trouble:
                await asyncio.sleep(0.001)
        return time.monotonic()


@asynccontextmanager
async def radio(bluez: FakeBluez, silence: float | None = None) -> AsyncIterator[Radio]:
    """`silence`: seconds; None: as on the hub."""
    buttons = BleButtons("hci0") if silence is None else BleButtons("hci0", silence=silence)
    buttons.watch([Button("one", DEVICE.address)])
    hears = Radio(bluez, buttons)
    listening = asyncio.create_task(buttons.listen(Recognizers(hears.act).hear))
    try:
        await bluez.until_scanning()
        yield hears
    finally:
        listening.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await listening
