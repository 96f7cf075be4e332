"""Whether one device is there: only one that was just heard is to be connected.

bleak calls any news of a device an advert, the end of its link among them, and BlueZ tells an advert that is like the
one before only when its signal is much stronger or weaker. A device BlueZ does not know is told of with its first
advert, and at no other time: so it has to forget the one that is waited for. One that is paired it
keeps: that is told of when its signal changes, and its silence may be longer here than in the air.
"""

import asyncio

from bleak.backends.device import BLEDevice

from hardware.buttons.connected.connecting import close_stale, known, remove

_LOOK = 1.0  # seconds until BlueZ is asked again whether it knows the device, or holds a link to it


class Presence:
    """`address` is upper case with colons."""

    def __init__(self, adapter: str, address: str) -> None:
        self._adapter = adapter
        self._address = address
        self._device: BLEDevice | None = None
        self._news = asyncio.Event()

    def heard(self, device: BLEDevice) -> None:
        """The latest device object is the one to connect with."""
        self._device = device
        self._news.set()

    async def wait(self) -> BLEDevice:
        """Until it advertises."""
        while True:
            before = await known(self._adapter, self._address)
            if before:
                await close_stale(before)
            self._news.clear()
            if before:
                await remove(before)
            try:
                async with asyncio.timeout(_LOOK):
                    await self._news.wait()
            except TimeoutError:
                continue
            if self._device:
                return self._device
