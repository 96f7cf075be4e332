"""All buttons that have to be connected to be heard, each with a link of its own."""

import asyncio
import contextlib
from collections.abc import Callable, Iterable, Iterator, Set

from bleak.backends.device import BLEDevice

from hardware.buttons.connected.driver import Driver
from hardware.buttons.connected.link import Link
from hardware.buttons.connected.rest import Pace
from hardware.buttons.protocols import driver
from hub.errors import DeviceError
from hub.model import Button
from hub.ports import Press, Sighting


class Links:
    """What goes wrong with one link never touches another. `heard` has to be called for each advert."""

    def __init__(self, adapter: str, pace: Pace | None = None) -> None:
        self._adapter = adapter
        self._pace = pace or Pace()
        self._buttons: dict[str, Button] = {}
        self._links: dict[str, Link] = {}
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._spared: set[str] = set()
        self._ending: set[asyncio.Task[None]] = set()
        self._hear: Callable[[Press], None] | None = None

    def watch(self, buttons: Iterable[Button]) -> None:
        """Have a link to these of them that need one; those that did not change keep theirs."""
        wanted = {button.address.upper(): (button, chosen) for button in buttons if (chosen := driver(button))}
        for address in [address for address in self._buttons if address not in wanted]:
            self._part(address)
        for address, (button, chosen) in wanted.items():
            before = self._buttons.get(address)
            if before is None or (before.protocol, before.rules) != (button.protocol, button.rules):
                self._part(address)
                self._meet(address, button, chosen)

    @property
    def addresses(self) -> Set[str]:
        """Of all buttons that have a link, or should."""
        return self._links.keys()

    def heard(self, device: BLEDevice) -> None:
        """bleak calls any news of a device an advert; its link knows better."""
        if link := self._links.get(device.address):
            link.heard(device)

    async def run(self, hear: Callable[[Press], None]) -> None:
        """Until cancelled; then nothing is connected any more."""
        self._hear = hear
        try:
            for address in self._links:
                self._start(address)
            await asyncio.Event().wait()
        finally:
            self._hear = None
            for address in list(self._tasks):
                self._stop(address)
            if self._ending:
                await asyncio.wait(self._ending)

    def drop(self) -> None:
        """bluetoothd, the adapter or the bus was gone: no link of before is to be believed."""
        for link in self._links.values():
            link.drop()

    def seen(self) -> dict[str, Sighting]:
        """By address, what is known of each button that had a link since it is watched."""
        sightings = {address: link.sighting() for address, link in self._links.items()}
        return {address: sighting for address, sighting in sightings.items() if sighting}

    async def confirm(self, address: str) -> None:
        """Show the wearer that a person has acknowledged. Raises DeviceError when that cannot be shown."""
        link = self._links.get(address.upper())
        if link is None:
            raise DeviceError("this button has no link")
        await link.confirm()

    @contextlib.contextmanager
    def spared(self, address: str) -> Iterator[None]:
        """While this device is studied it has no link of ours."""
        address = address.upper()
        self._spared.add(address)
        self._stop(address)
        try:
            yield
        finally:
            self._spared.discard(address)
            self._start(address)

    def _meet(self, address: str, button: Button, chosen: Driver) -> None:
        self._buttons[address] = button
        self._links[address] = Link(self._adapter, address, chosen, self._pace)
        self._start(address)

    def _part(self, address: str) -> None:
        self._buttons.pop(address, None)
        self._links.pop(address, None)
        self._stop(address)

    def _start(self, address: str) -> None:
        if self._hear and address in self._links and address not in self._spared | self._tasks.keys():
            self._tasks[address] = asyncio.create_task(self._links[address].run(self._hear))

    def _stop(self, address: str) -> None:
        if task := self._tasks.pop(address, None):
            task.cancel()
            self._ending.add(task)
            task.add_done_callback(self._ending.discard)
