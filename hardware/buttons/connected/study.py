"""Everything one device says, for whoever learns what its presses look like.

Its adverts are delivered by the running scan, which listens actively meanwhile. It is connected if it lets itself be
and has something to say then: a connected device mostly stops to advertise.
"""

import asyncio
import contextlib
import logging
import time
from collections.abc import Callable, Sequence

from bleak import BleakClient
from bleak.backends.device import BLEDevice
from bleak.backends.scanner import AdvertisementData
from bleak.exc import BleakError

from hardware.buttons.connected.connecting import connect, let_go
from hardware.buttons.connected.connection import Connection, Life, Offers, listen_to
from hardware.buttons.connected.driver import BATTERY, QUIET, Driver, sources
from hardware.buttons.connected.itag import ITAG, is_itag
from hardware.buttons.connected.presence import Presence
from hardware.buttons.connected.rest import Pace
from hub.errors import DeviceError
from hub.gesture import Edge, Gesture
from hub.profile import LINK, Signal

log = logging.getLogger(__name__)

_TRIES = 2
_MOST = 1000  # signals kept until it is known whether there is a link
_TELLING = {"notify", "indicate"}


class Study:
    """One device. `note` is told LINK first, then each advert that changed and each notification."""

    def __init__(self, adapter: str, address: str, note: Callable[[Signal], None], pace: Pace | None = None) -> None:
        self.address = address.upper()
        self._note = note
        self._pace = pace or Pace()
        self._presence = Presence(adapter, self.address)
        self._last: dict[str, bytes] = {}
        self._linked: bool | None = None
        self._kept: list[Signal] = []

    def heard(self, device: BLEDevice, data: AdvertisementData) -> None:
        """An advert of any device."""
        if device.address != self.address:
            return
        now = time.monotonic()
        self._presence.heard(device)
        said = {f"service:{uuid}".lower(): value for uuid, value in data.service_data.items()}
        said |= {f"maker:{company:04x}": value for company, value in data.manufacturer_data.items()}
        for source, value in said.items():
            if self._last.get(source) != value:
                self._last[source] = value
                self._tell(Signal(source, bytes(value), now))

    async def run(self) -> None:
        """Until cancelled; then it is not connected any more."""
        tries = _TRIES
        while tries:
            device = await self._presence.wait()
            began = time.monotonic()
            try:
                await self._listen(device)
            except DeviceError:
                break
            except Exception as error:  # noqa: BLE001 - one device's task: whatever bleak, D-Bus or BlueZ thinks of
                log.info("A device that is studied is not connected: %s", type(error).__name__)
            tries = _TRIES if self._linked else tries - 1
            if self._linked:
                self._tell_link(False)
            await asyncio.sleep(began + self._pace.first - time.monotonic())
        self._tell_link(False)
        await asyncio.Event().wait()

    async def _listen(self, device: BLEDevice) -> None:
        """Until the link ends. Raises DeviceError when the device has nothing to say over it."""
        ended = asyncio.Event()
        client = await connect(device, self._pace.connect, ended.set)
        ended.clear()  # bleak also tells the end of attempts before this one
        try:
            offers = sources(client.services)
            driver = Driver(frozenset(), _nothing, ITAG.quiet if is_itag(offers) else QUIET)
            connection = Connection(client, driver, Life(), self._pace.answer)
            await connection.begin(self._on_notification)
            if not await self._listen_to_all(client, offers):
                raise DeviceError("it has nothing to say over a connection")
            self._tell_link(True)
            await connection.stay(ended, self._pace.prove)
        finally:
            await let_go(client)

    async def _listen_to_all(self, client: BleakClient, offers: Offers) -> int:
        """How many characteristics took the subscription; one that refuses leaves the others."""
        taken = 0
        for source, one in offers.items():
            if source != BATTERY and _TELLING & set(one.properties):
                with contextlib.suppress(BleakError):
                    await listen_to(client, one, source, self._on_notification, self._pace.answer)
                    taken += 1
        return taken

    def _on_notification(self, source: str, value: bytes) -> None:
        self._tell(Signal(source, value, time.monotonic()))

    def _tell_link(self, linked: bool) -> None:
        """The first of all signals; what came before follows it."""
        kept, self._kept, self._linked = self._kept, [], linked
        for signal in [Signal(LINK, bytes([linked]), time.monotonic()), *kept]:
            self._tell(signal)

    def _tell(self, signal: Signal) -> None:
        if self._linked is None:
            self._kept = [*self._kept, signal][-_MOST:]
            return
        try:
            self._note(signal)
        except Exception:  # one signal must never stop the next one
            log.exception("A signal could not be taken")


def _nothing(_source: str, _value: bytes) -> Sequence[Gesture | Edge]:
    return ()
