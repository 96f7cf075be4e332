"""One recording: blocks of any length in, whole seconds and the gaps between them out. Pure.

Every sample that comes in goes out once and in order; what did not come in is written down as a gap.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta

SAMPLE_BYTES = 2


@dataclass(frozen=True, slots=True)
class Sound:
    """Samples without a break. When the first of them was heard: `at` in UTC, `mono` by a clock that nobody sets."""

    samples: bytes
    at: datetime
    mono: float = 0.0


@dataclass(frozen=True, slots=True)
class Gap:
    """A time of which there is no sound."""

    start: datetime
    end: datetime
    why: str


@dataclass(slots=True)
class Recording:
    """Cuts sound into seconds of `rate` samples; a shorter one comes before a gap and at the end only."""

    rate: int
    _rest: bytearray = field(default_factory=bytearray)
    _rest_at: datetime | None = None
    _rest_mono: float = 0.0
    _lost: tuple[datetime, str] | None = None

    def feed(self, block: Sound) -> Iterator[Sound | Gap]:
        """Take what the microphone gave; a gap ends with it."""
        if self._lost:
            yield self._gap_until(block.at)
        if not self._rest:
            self._rest_at, self._rest_mono = block.at, block.mono
        self._rest += block.samples
        while len(self._rest) >= self._second:
            yield self._cut(self._second)

    def lose(self, why: str, at: datetime) -> Iterator[Sound | Gap]:
        """From here on there is no sound, until the next block; saying so again changes nothing."""
        if self._lost:
            return
        end = self._heard_until()
        if self._rest:
            yield self._cut(len(self._rest))
        self._rest_at = None
        self._lost = (end or at, why)

    def end(self, at: datetime) -> Iterator[Sound | Gap]:
        """Give what is left."""
        if self._lost:
            yield self._gap_until(at)
        elif self._rest:
            yield self._cut(len(self._rest))

    @property
    def _second(self) -> int:
        return self.rate * SAMPLE_BYTES

    def _cut(self, size: int) -> Sound:
        assert self._rest_at is not None
        sound = Sound(bytes(self._rest[:size]), self._rest_at, self._rest_mono)
        del self._rest[:size]
        self._rest_at += self._lasts(size)
        self._rest_mono += self._lasts(size).total_seconds()
        return sound

    def _gap_until(self, at: datetime) -> Gap:
        assert self._lost is not None
        (start, why), self._lost = self._lost, None
        return Gap(start, max(start, at), why)

    def _heard_until(self) -> datetime | None:
        return self._rest_at and self._rest_at + self._lasts(len(self._rest))

    def _lasts(self, size: int) -> timedelta:
        return timedelta(seconds=size / SAMPLE_BYTES / self.rate)
