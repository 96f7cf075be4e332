"""Twilio and a mail server on the host; the machine reaches them by its own network, as it would the real ones."""

import asyncio
import threading
import time
from types import TracebackType
from typing import Self

from hardware.simulated.network import TelephoneNetwork
from hardware.simulated.network.arrivals import Request

HOST = "10.0.2.2"  # what QEMU's network calls the machine that it runs on


class Provider:
    """The telephone network in a thread of its own, since a test waits for the machine without a loop."""

    def __init__(self) -> None:
        self.network = TelephoneNetwork()
        self._ready = threading.Event()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._serve()), daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        assert self._ready.wait(20)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._loop.call_soon_threadsafe(self._over.set)
        self._thread.join(20)

    async def _serve(self) -> None:
        self._loop, self._over = asyncio.get_running_loop(), asyncio.Event()
        async with self.network:
            self._ready.set()
            await self._over.wait()

    def sends(self, since: float) -> list[Request]:
        """SMS, calls and mails that arrived after this moment (monotonic)."""
        return [one for one in self.network.requests if one.at >= since and one.method in ("POST", "SMTP")]

    def told(self, phone: str, text: str) -> bool:
        return any(text in sms for sms in self.network.phones[phone].texts)


def now() -> float:
    return time.monotonic()
