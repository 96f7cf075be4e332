"""Keeps a microphone open. One that fell silent is a fault and is opened again, however often it takes.

A device that is pulled out just stops to deliver, without a word: so the age of the last block is watched.
"""

import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from hub.errors import DeviceError
from hub.evidence.lateness import Lateness
from hub.evidence.recording import SAMPLE_BYTES, Gap, Sound
from hub.ports import Microphone

FIRST_BLOCK_SECONDS = 3.0  # some devices need two to wake up
BLOCK_SECONDS = 0.5
RETRY_SECONDS = (0.2, 5.0)  # first, longest
LATE_SECONDS = 0.3  # a turn that came so late cannot judge: the blocks may be waiting behind it


@dataclass(frozen=True, slots=True)
class Loss:
    """From here on samples are missing; `mono` as in `Sound`."""

    why: str
    at: datetime
    mono: float = 0.0


Heard = Sound | Loss | Gap


class Capture:
    """`tick` about ten times a second; `now` is `clock()`, monotonic. `wake`: there is something to take; from any
    thread.
    """

    def __init__(
        self,
        microphone: Microphone,
        clock: Callable[[], float] = time.monotonic,
        wake: Callable[[], None] = lambda: None,
    ) -> None:
        self.fault = ""
        self.overruns = 0  # how often the device said that it lost samples
        self._wake = wake
        self._microphone, self._clock = microphone, clock
        self._heard: deque[tuple[float, Sound | Loss]] = deque()
        self._lateness = Lateness(microphone.rate)
        self._lost = 0
        self._open = False
        self._heard_at = self._ticked_at = self._retry_at = clock()
        self._patience = FIRST_BLOCK_SECONDS
        self._pause, self._longest = RETRY_SECONDS

    def open(self) -> list[Heard]:
        """Open the microphone; when that fails, `tick` tries again."""
        self._lost, self._lateness = 0, Lateness(self._microphone.rate)
        try:
            self._microphone.open(self._deliver)
        except DeviceError as problem:
            return self._fail(str(problem))
        self._open = True
        self._heard_at = self._ticked_at = self._clock()
        self._patience = FIRST_BLOCK_SECONDS
        return []

    def tick(self, now: float) -> list[Heard]:
        """Return what came in since the last time, in order; a gap that shows only later by how late blocks come."""
        heard = self._take()
        late = now - self._ticked_at > LATE_SECONDS
        self._ticked_at = now
        if self._open:
            return heard if late else heard + self._judge(now)
        return heard + self.open() if now >= self._retry_at else heard

    def close(self) -> list[Heard]:
        """Let go of the microphone and return the last that came in."""
        self._open = False
        self._microphone.close()
        return self._take()

    def _deliver(self, samples: bytes, age: float | None = None, /) -> None:  # in the device's own thread
        seconds = len(samples) / SAMPLE_BYTES / self._microphone.rate if age is None else age
        at, now = datetime.now(UTC) - timedelta(seconds=seconds), self._clock()
        if self._microphone.lost != self._lost:
            self._lost = self._microphone.lost
            self._heard.append((now, Loss("overrun", at, now - seconds)))
        self._heard.append((now, Sound(samples, at, now - seconds)))
        self._wake()

    def _take(self) -> list[Heard]:
        taken: list[Heard] = []
        while self._heard:
            self._heard_at, heard = self._heard.popleft()
            taken += self._check(heard)
        if taken and self._open:
            self.fault, self._patience, self._pause = "", BLOCK_SECONDS, RETRY_SECONDS[0]
        return taken

    def _check(self, heard: Sound | Loss) -> list[Heard]:
        """With the gaps that it reveals."""
        if isinstance(heard, Loss):
            self.overruns += 1
            self._lateness = Lateness(self._microphone.rate)  # a gap of its own, and no measure any more
            return [heard]
        found = self._lateness.feed(heard.mono, len(heard.samples) // SAMPLE_BYTES)
        zero = heard.at - timedelta(seconds=heard.mono)
        lost = (
            Gap(zero + timedelta(seconds=a.start), zero + timedelta(seconds=a.end), "lost", (a.start, a.end), a.got)
            for a in found
        )
        return [heard, *lost]

    def _judge(self, now: float) -> list[Heard]:
        if now - self._heard_at > self._patience:
            problem = "microphone gives nothing"
        elif not self._microphone.active():
            problem = "microphone stopped"
        else:
            return []
        return self.close() + self._fail(problem)

    def _fail(self, problem: str) -> list[Heard]:
        self.fault = problem
        self._retry_at = self._clock() + self._pause
        self._pause = min(self._pause * 2, self._longest)
        return [Loss("microphone", datetime.now(UTC), self._clock())]
