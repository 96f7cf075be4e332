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
    """A time of which sound is missing; `mono`: when it began and ended by the clock that nobody sets; `got`: how many
    samples there are of it all the same.
    """

    start: datetime
    end: datetime
    why: str
    mono: tuple[float, float] = (0.0, 0.0)
    got: int = 0


@dataclass(slots=True)
class Recording:
    """Cuts sound into seconds of `rate` samples; a shorter one comes before a gap and at the end only."""

    rate: int
    _rest: bytearray = field(default_factory=bytearray)
    _rest_at: datetime | None = None
    _rest_mono: float = 0.0
    _lost: tuple[datetime, float, str] | None = None
    _began: float | None = None
    _until: float = 0.0

    def feed(self, block: Sound) -> Iterator[Sound | Gap]:
        """Take what the microphone gave; a gap ends with it."""
        if self._lost:
            yield self._gap_until(block.at, block.mono)
        self._last(block.mono, block.mono + self._lasts(len(block.samples)).total_seconds())
        if not self._rest:
            self._rest_at, self._rest_mono = block.at, block.mono
        self._rest += block.samples
        while len(self._rest) >= self._second:
            yield self._cut(self._second)
            into = self._lasts(len(block.samples) - len(self._rest))  # of this block: so no rate keeps an old time
            self._rest_at, self._rest_mono = block.at + into, block.mono + into.total_seconds()

    def lose(self, why: str, at: datetime, mono: float = 0.0) -> Iterator[Sound | Gap]:
        """From here on there is no sound, until the next block; saying so again changes nothing."""
        if self._lost:
            return
        self._last(mono, mono)
        end = (at, mono) if self._rest_at is None else self._heard_until(self._rest_at)
        if self._rest:
            yield self._cut(len(self._rest))
        self._rest_at = None
        self._lost = (*end, why)

    def end(self, at: datetime, mono: float = 0.0) -> Iterator[Sound | Gap]:
        """Give what is left."""
        if self._lost:
            self._last(mono, mono)
            yield self._gap_until(at, mono)
        elif self._rest:
            yield self._cut(len(self._rest))

    @property
    def expected(self) -> int:
        """How many samples there should be from the first to the last, or to where the last gap ended."""
        return 0 if self._began is None else round((self._until - self._began) * self.rate)

    def _last(self, began: float, until: float) -> None:
        """It lasts from `began`, if this is the first, at least to `until`."""
        self._began = began if self._began is None else self._began
        self._until = max(self._until, until)

    @property
    def _second(self) -> int:
        return self.rate * SAMPLE_BYTES

    def _cut(self, size: int) -> Sound:
        assert self._rest_at is not None
        sound = Sound(bytes(self._rest[:size]), self._rest_at, self._rest_mono)
        del self._rest[:size]
        return sound

    def _gap_until(self, at: datetime, mono: float) -> Gap:
        assert self._lost is not None
        (start, began, why), self._lost = self._lost, None
        return Gap(start, max(start, at), why, (began, max(began, mono)))

    def _heard_until(self, rest_at: datetime) -> tuple[datetime, float]:
        lasts = self._lasts(len(self._rest))
        return rest_at + lasts, self._rest_mono + lasts.total_seconds()

    def _lasts(self, size: int) -> timedelta:
        return timedelta(seconds=size / SAMPLE_BYTES / self.rate)
