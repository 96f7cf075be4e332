"""Whether one device is there: only while it advertises can it be connected, and not when BlueZ still holds it."""

import asyncio
import time

from bleak.backends.device import BLEDevice

from hardware.buttons.connecting import close_stale

_FRESH = 2.0  # seconds: an advert older than this does not say that the device is there
_LOOK = 1.0  # seconds between two looks for a link that BlueZ holds without us
_NEVER = float("-inf")


class Presence:
    """`address` is upper case with colons."""

    def __init__(self, adapter: str, address: str) -> None:
        self._adapter = adapter
        self._address = address
        self._device: BLEDevice | None = None
        self._heard_at = _NEVER
        self._news = asyncio.Event()

    def heard(self, device: BLEDevice, now: float) -> None:
        """It advertised at monotonic `now`. The latest device object is the one to connect with."""
        self._device, self._heard_at = device, now
        self._news.set()

    def forget(self) -> None:
        """What was heard says nothing any more."""
        self._heard_at = _NEVER

    async def wait(self) -> BLEDevice:
        """Until it is heard. Each advert is good for one attempt."""
        await close_stale(self._adapter, self._address)
        while self._device is None or time.monotonic() - self._heard_at > _FRESH:
            self._news.clear()
            try:
                async with asyncio.timeout(_LOOK):
                    await self._news.wait()
            except TimeoutError:
                await close_stale(self._adapter, self._address)
        self.forget()
        return self._device
