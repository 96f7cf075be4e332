"""How long things take on the built-in telephone network, and one clock that everything there runs on."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Timing:
    """Seconds, but `talk`: seconds for each spoken character, and `second`: how long one of waiting for a key takes."""

    step: float = 0.4  # an SMS: queued, sending, sent, delivered
    dial: float = 0.5  # a call: from queued to ringing
    answer: float = 4.0  # ringing before a phone that answers is picked up
    ring: float = 45.0  # ringing at most
    hand: float = 45.0  # the same, for a phone that is answered by hand
    machine: float = 20.0  # ringing before an answering machine picks up
    greeting: float = 8.0  # what an answering machine says, to its beep
    detect: float = 2.0  # telling a person from a machine
    talk: float = 0.07
    second: float = 1.0
    operator: float = 36_000.0  # how long an SMS is kept for a phone that is out of reach


LIFELIKE = Timing()
QUICK = Timing(
    step=0.01, dial=0.01, answer=0.02, ring=0.3, machine=0.05, greeting=0.02, detect=0.01, talk=0.0002, second=0.01
)


class Clock:
    """Timers that end with the network, and a way to wait for what they change."""

    def __init__(self) -> None:
        self._timers: set[asyncio.TimerHandle] = set()
        self._waiting: set[asyncio.Event] = set()

    def after(self, seconds: float, do: Callable[[], object]) -> None:
        def fire() -> None:
            self._timers.discard(timer)
            do()
            self.changed()

        timer = asyncio.get_running_loop().call_later(seconds, fire)
        self._timers.add(timer)

    def stop(self) -> None:
        for timer in self._timers:
            timer.cancel()
        self._timers.clear()

    def changed(self) -> None:
        for event in self._waiting:
            event.set()

    async def until(self, holds: Callable[[], object], seconds: float = 10.0) -> None:
        """Wait until `holds()` is true; asked again whenever something changes. Raises TimeoutError."""
        async with asyncio.timeout(seconds):
            while not holds():
                await self._next_change()

    async def _next_change(self) -> None:
        event = asyncio.Event()
        self._waiting.add(event)
        try:
            await event.wait()
        finally:
            self._waiting.discard(event)
