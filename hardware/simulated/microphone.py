"""A room that is not there: quiet noise, and now and then a voice-like tone. The same sound every time."""

import math
import random
import threading
import time
from array import array
from collections.abc import Callable

BLOCKS_PER_SECOND = 10
CYCLE_SECONDS = 8  # three quiet seconds, then a voice that swells for five
QUIET_SECONDS = 3
NOISE, VOICE = 60.0, 7000.0  # of 32767
PITCH, OVERTONES = 180.0, (1.0, 0.5, 0.25)


class SimulatedMicrophone:
    """Delivers blocks of 100 ms from a thread."""

    def __init__(self, rate: int) -> None:
        self.rate = rate
        self.lost = 0
        self._stop: threading.Event | None = None
        self._blocks: dict[int, bytes] = {}

    def check(self) -> None:
        """It is always there."""

    def open(self, deliver: Callable[[bytes], None]) -> None:
        """Start the thread."""
        self.close()
        self._stop = threading.Event()
        threading.Thread(target=self._play, args=(deliver, self._stop), name="room", daemon=True).start()

    def active(self) -> bool:
        """Whether the thread runs."""
        return self._stop is not None

    def close(self) -> None:
        """Stop the thread."""
        if self._stop:
            self._stop.set()
        self._stop = None

    def _play(self, deliver: Callable[[bytes], None], stop: threading.Event) -> None:
        began, number = time.monotonic(), 0
        while not stop.wait(began + (number + 1) / BLOCKS_PER_SECOND - time.monotonic()):
            deliver(self.block(number))
            number += 1

    def block(self, number: int) -> bytes:
        """Return the samples of one tenth of a second, counted from the opening."""
        place = number % (CYCLE_SECONDS * BLOCKS_PER_SECOND)
        if place not in self._blocks:
            self._blocks[place] = self._make(place)
        return self._blocks[place]

    def _make(self, place: int) -> bytes:
        size = self.rate // BLOCKS_PER_SECOND
        noise = random.Random(place)  # noqa: S311 - nothing to guess here
        first = place * size
        samples = array("h", (self._sample((first + i) / self.rate, noise) for i in range(size)))
        return samples.tobytes()

    def _sample(self, seconds: float, noise: random.Random) -> int:
        swell = max(0.0, math.sin(math.pi * (seconds - QUIET_SECONDS) / (CYCLE_SECONDS - QUIET_SECONDS)))
        loud = VOICE * swell * (0.6 + 0.4 * math.sin(2 * math.pi * 3 * seconds))
        voice = sum(part * math.sin(2 * math.pi * PITCH * (i + 1) * seconds) for i, part in enumerate(OVERTONES))
        return int(noise.gauss(0, NOISE) + loud * voice)
