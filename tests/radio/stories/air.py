"""What is in the air: the hub's controller on /dev/vhci, and buttons within its range."""

import asyncio
import contextlib
import itertools
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from pathlib import Path

from bumble import hci, ll
from bumble.controller import Controller
from bumble.link import LocalLink
from bumble.transport import open_transport
from bumble.transport.common import Transport

from tests.buttons.fakebluez.frames import objects

ADAPTER = Path("/sys/class/bluetooth/hci0")
_SECONDS = 60.0
_BURST = 8  # adverts of one press
_INTERVAL = 0.02
_FLAGS = bytes([0x01, 0x06])


@dataclass(frozen=True, slots=True)
class Scan:
    """One HCI command "LE Set Scan Enable"."""

    on: bool
    filters_duplicates: bool


class StrictController(Controller):
    """Takes every further advert of an address for a duplicate, whatever it says, when it is told to filter them.

    The specification allows it, and some controllers do. `scans` is what the kernel asked for.
    """

    def __init__(self, transport: Transport, link: LocalLink) -> None:
        super().__init__("hub", transport.source, transport.sink, link)
        # With these two the kernel asks for more than this controller can do.
        self.le_features &= ~(hci.LeFeatureMask.LL_PRIVACY | hci.LeFeatureMask.LE_EXTENDED_ADVERTISING)
        self.scans: list[Scan] = []
        self._reported: set[hci.Address] = set()

    def on_hci_le_set_scan_enable_command(
        self, command: hci.HCI_LE_Set_Scan_Enable_Command
    ) -> hci.HCI_StatusReturnParameters:
        self.scans.append(Scan(bool(command.le_scan_enable), bool(command.filter_duplicates)))
        self._reported.clear()
        return super().on_hci_le_set_scan_enable_command(command)

    def on_advertising_pdu(self, pdu: ll.AdvInd | ll.AdvExtInd) -> None:
        if self.le_scan_enable and self.filter_duplicates:
            if pdu.advertiser_address in self._reported:
                return
            self._reported.add(pdu.advertiser_address)
        super().on_advertising_pdu(pdu)


class Air:
    """The link everything talks on. The hub's controller can be unplugged and plugged."""

    def __init__(self) -> None:
        self.link = LocalLink()  # type: ignore[no-untyped-call]
        self._transport: Transport | None = None
        self._controller: StrictController | None = None

    @property
    def controller(self) -> StrictController:
        assert self._controller
        return self._controller

    async def plug(self) -> None:
        self._transport = await open_transport("vhci")
        self._controller = StrictController(self._transport, self.link)
        await until(ADAPTER.exists)

    async def unplug(self) -> None:
        if self._transport:
            self.link.remove_controller(self.controller)
            await self._transport.close()
            self._transport = None
            await until(lambda: not ADAPTER.exists())


class Sender:
    """A device that only advertises."""

    def __init__(self, air: Air, address: str) -> None:
        self.address = address
        self._controller = Controller(address, link=air.link)

    def send(self, *fields: bytes) -> None:
        """One advert: the flags, and each of these as a field."""
        advert = b"".join(bytes([len(field)]) + field for field in (_FLAGS, *fields))
        self._controller.send_advertising_pdu(ll.AdvInd(hci.Address(self.address), advert))

    @contextlib.asynccontextmanager
    async def sending(self, *fields: bytes) -> AsyncIterator[None]:
        """The same advert again and again, as long as the context lasts."""
        task = asyncio.create_task(self._repeat(*fields))
        try:
            yield
        finally:
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task

    async def _repeat(self, *fields: bytes) -> None:
        while True:
            self.send(*fields)
            await asyncio.sleep(_INTERVAL)


class BthomeButton(Sender):
    """A button that says what happened in a burst of adverts. Each press has the next packet id."""

    def __init__(self, air: Air, address: str, first: int = 1) -> None:
        super().__init__(air, address)
        self._packets = itertools.count(first)

    async def press(self, code: int) -> int:
        """One press; its packet id."""
        packet = next(self._packets)
        for _ in range(_BURST):
            self.send(_event(packet, code))
            await asyncio.sleep(_INTERVAL)
        return packet

    @contextlib.asynccontextmanager
    async def pressing(self, code: int) -> AsyncIterator[int]:
        """A press whose burst lasts as long as the context."""
        packet = next(self._packets)
        async with self.sending(_event(packet, code)):
            yield packet


def _event(packet: int, code: int) -> bytes:
    return bytes([0x16, 0xD2, 0xFC]) + objects(packet, code)


async def until(holds: Callable[[], object], seconds: float = _SECONDS) -> None:
    async with asyncio.timeout(seconds):
        while not holds():
            await asyncio.sleep(0.005)
