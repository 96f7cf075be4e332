"""Links under test: a plain scanner in place of the radio, the real bleak, and all that was heard."""

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Callable, Iterable

from bleak import BleakScanner
from bleak.backends.device import BLEDevice
from bleak.backends.scanner import AdvertisementData

from hardware.buttons.connected.links import Links
from hardware.buttons.connected.rest import Pace
from hub.model import Button
from hub.ports import Press
from tests.buttons.conftest import PATIENCE
from tests.buttons.fakebluez import FakeBluez
from tests.buttons.fakebluez.gatt import Peripheral, itag

FFE1 = "ffe1"
AGAIN = 3.0  # seconds within which a button that is heard again is linked, on a busy machine; 0.1 on a quiet one
PACE = Pace(connect=0.4, answer=0.3, prove=0.2, first=0.1, most=0.8)
PASSIVE = {"adapter": "hci0", "or_patterns": [(0, 0x01, b"\x06")]}

Heard = Callable[[BLEDevice, AdvertisementData], None]


def button(device: Peripheral, protocol: str = "itag", **facts: object) -> Button:
    return Button(device.address, device.address, protocol=protocol, **facts)  # type: ignore[arg-type]


def fobs(count: int) -> list[Peripheral]:
    return [itag(f"FF:FF:10:62:03:{number:02X}") for number in range(count)]


class Linking:
    """A home whose buttons are linked."""

    def __init__(self, bluez: FakeBluez, pace: Pace) -> None:
        self.bluez = bluez
        self.links = Links("hci0", pace)
        self.presses: list[Press] = []
        self.breaks = False
        self._news = asyncio.Event()
        self._scanner: BleakScanner | None = None

    def hear(self, press: Press) -> None:
        self.presses.append(press)
        self._news.set()
        if self.breaks:
            raise ValueError("the hearer is broken")

    async def scan(self) -> None:
        """As the radio does after a fault: a scanner made anew."""
        if self._scanner:
            with contextlib.suppress(Exception):
                async with asyncio.timeout(0.25):
                    await self._scanner.stop()
        self._scanner = BleakScanner(self._on_advert, scanning_mode="passive", bluez=PASSIVE)  # type: ignore[arg-type]
        await self._scanner.start()

    async def heard(self, presses: int) -> list[Press]:
        async with asyncio.timeout(PATIENCE):
            while len(self.presses) < presses:
                self._news.clear()
                await self._news.wait()
        return self.presses

    async def click(self, device: Peripheral) -> None:
        before = len(self.presses)
        assert self.bluez.gatt.notify(device, FFE1, b"\x01")
        await self.heard(before + 2)

    async def tried_again(self, device: Peripheral) -> None:
        before = len(device.connects)
        await self.until(lambda: len(device.connects) > before, device)

    def linked(self, device: Peripheral) -> bool:
        sighting = self.links.seen().get(device.address)
        return sighting is not None and sighting.linked

    async def until_linked(self, *devices: Peripheral) -> float:
        """Let them advertise until each has its link; how many seconds that took."""
        began = time.monotonic()
        await self.until(lambda: all(map(self.linked, devices)), *devices)
        return time.monotonic() - began

    async def drop(self, device: Peripheral) -> None:
        """It goes out of range, and that was noticed."""
        self.bluez.gatt.drop(device)
        await self.until(lambda: not self.linked(device))

    async def until(self, fact: Callable[[], bool], *on_air: Peripheral) -> None:
        """These advertise meanwhile."""
        async with asyncio.timeout(PATIENCE):
            while not fact():
                for device in on_air:
                    self.bluez.advertise(device)
                await asyncio.sleep(0.005)

    def _on_advert(self, device: BLEDevice, _data: AdvertisementData) -> None:
        self.links.heard(device)

    async def stop(self) -> None:
        if self._scanner:
            with contextlib.suppress(Exception):
                async with asyncio.timeout(0.25):
                    await self._scanner.stop()


@contextlib.asynccontextmanager
async def linking(bluez: FakeBluez, buttons: Iterable[Button], pace: Pace = PACE) -> AsyncIterator[Linking]:
    home = Linking(bluez, pace)
    await home.scan()
    home.links.watch(buttons)
    task = asyncio.create_task(home.links.run(home.hear))
    try:
        yield home
    finally:
        task.cancel()
        await asyncio.wait({task})
        connected = bluez.gatt.connections()
        await home.stop()
    assert task.cancelled()
    assert any(bluez.faults.values()) or not connected, "links that end leave nothing connected"
