"""A scan with bleak: passive where BlueZ offers it, because an active one misses presses.

In an active scan the controller drops what it takes for duplicates: on some, every second press. Beside a passive
one it does not, and hears the devices that a passive one cannot ask for.
"""

import asyncio
import contextlib
import logging

from bleak import BleakScanner
from bleak.args.bluez import OrPattern
from bleak.assigned_numbers import AdvertisementDataType
from bleak.backends.bluezdbus.manager import get_global_bluez_manager
from bleak.backends.device import BLEDevice
from bleak.backends.scanner import AdvertisementData, AdvertisementDataCallback
from bleak.exc import BleakError
from dbus_fast import Message
from dbus_fast.aio import MessageBus

from hardware.buttons.adapter import end_of
from hub.errors import DeviceError

log = logging.getLogger(__name__)

_BUS = "org.freedesktop.DBus"
# The values of the Flags field that devices send: each BlueZ reads patterns on service data its own way.
_ANY_FLAGS = [
    OrPattern(0, AdvertisementDataType.FLAGS, bytes([flags])) for flags in (0x02, 0x04, 0x05, 0x06, 0x18, 0x1A)
]
_STOP_TIMEOUT = 0.25  # of a bluetoothd that does not answer; the next scan waits for this one
_START_TIMEOUT = 5.0
_BUS_TIMEOUT = 4.0  # of the bus itself, which answers at once
_AGAIN = 60.0  # seconds until what was refused is tried again
_SOON = 5.0  # or was not answered


async def bleak_bus() -> MessageBus | None:
    """bleak's own connection to the bus. When it is lost every scanner is deaf, and nothing in bleak's interface
    says so: hence this one look at what is private to it. None: this bleak keeps it elsewhere.
    """
    bus = getattr(await get_global_bluez_manager(), "_bus", None)
    return bus if isinstance(bus, MessageBus) else None


class BleakBus:
    """bleak's connection of the moment: one task waits for its end, as long as it lives, because to cancel that
    would cancel what bleak itself waits for.
    """

    def __init__(self) -> None:
        self._bus: MessageBus | None = None
        self._lost: asyncio.Task[None] | None = None

    async def lost(self) -> asyncio.Task[None] | None:
        """Done when the connection that bleak has now is lost. Raises DeviceError when it is deaf."""
        bus = await bleak_bus()
        if bus is not None:
            await _prove(bus)
        if bus is not self._bus:
            self._bus = bus
            self._lost = None if bus is None else asyncio.create_task(end_of(bus))
        return self._lost


async def _prove(bus: MessageBus) -> None:
    """A connection that is written on and not read looks alive, and no scan and no recovery mends it: end it, so
    that bleak makes another.
    """
    try:
        async with asyncio.timeout(_BUS_TIMEOUT):
            await bus.call(Message(_BUS, "/org/freedesktop/DBus", _BUS, "GetId"))
    except TimeoutError:
        bus._finalize(EOFError())
        raise DeviceError("bleak's D-Bus connection is deaf") from None


class Scan:
    """What runs on one adapter, a scanner that hears and, while it is asked for, an active one beside it."""

    def __init__(self, adapter: str, heard: AdvertisementDataCallback, bus: BleakBus) -> None:
        self._adapter = adapter
        self._heard = heard
        self._bus = bus
        self._scanner: BleakScanner | None = None
        self._beside: BleakScanner | None = None
        self._again_at = float("inf")
        self.active = False  # passive was refused: presses may be missed

    async def start(self, now: float) -> asyncio.Task[None] | None:
        """What is done when the connection it needs is lost. Raises BleakError, DeviceError, OSError,
        TimeoutError, EOFError.
        """
        async with asyncio.timeout(_START_TIMEOUT):
            lost = await self._bus.lost()  # before: a connection made anew in between counts as a lost one
        try:
            self._scanner = await self._passive()
        except (BleakError, TimeoutError) as refused:
            self._scanner = await self._actively(self._heard)
            self.active, self._again_at = True, now + (_SOON if isinstance(refused, TimeoutError) else _AGAIN)
            log.warning("No passive scan (%r); scanning actively, presses may be missed", refused)
        return lost

    async def stop(self) -> None:
        """Never raises."""
        for scanner in (self._beside, self._scanner):
            if scanner is not None:
                await _stop(scanner)
        self._beside = self._scanner = None

    async def adjust(self, active: bool, now: float) -> None:
        """Have an active scan beside the passive one, or not; the passive one, if it was refused, is tried again."""
        if now >= self._again_at:
            self._again_at = now + _AGAIN if self.active or active else float("inf")
            with contextlib.suppress(BleakError, TimeoutError):
                await self._prefer_passive()
        if active and not self.active and self._beside is None:
            await self._look_beside(now)
        elif not active and self._beside is not None:
            beside, self._beside = self._beside, None
            await _stop(beside)

    def adjust_at(self) -> float:
        """When `adjust` has something to do by itself."""
        return self._again_at

    async def _prefer_passive(self) -> None:
        """Without a pause: both scanners run until the passive one does."""
        if not self.active or self._scanner is None:
            return
        before = self._scanner
        self._scanner, self.active, self._again_at = await self._passive(), False, float("inf")
        await _stop(before)

    async def _look_beside(self, now: float) -> None:
        """What it hears reaches the passive scanner's callback: bleak tells every scanner of an adapter."""
        try:
            self._beside = await self._actively(_nothing)
        except (BleakError, TimeoutError) as refused:
            self._again_at = now + _AGAIN
            log.warning("No active scan beside the passive one: %s", refused)

    async def _passive(self) -> BleakScanner:
        scanner = BleakScanner(
            self._heard, scanning_mode="passive", bluez={"adapter": self._adapter, "or_patterns": list(_ANY_FLAGS)}
        )
        async with asyncio.timeout(_START_TIMEOUT):
            await scanner.start()
        return scanner

    async def _actively(self, heard: AdvertisementDataCallback) -> BleakScanner:
        scanner = BleakScanner(heard, bluez={"adapter": self._adapter})
        async with asyncio.timeout(_START_TIMEOUT):
            await scanner.start()
        return scanner


async def _stop(scanner: BleakScanner) -> None:
    """A scanner whose BlueZ, bus or adapter is gone cannot be stopped, only left."""
    with contextlib.suppress(Exception):
        async with asyncio.timeout(_STOP_TIMEOUT):
            await scanner.stop()


def _nothing(_device: BLEDevice, _advert: AdvertisementData) -> None:
    pass
