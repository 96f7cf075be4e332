"""One recording while it runs: microphone → seconds → spool, and what is to be told about it."""

import time
from collections.abc import Callable, Iterable
from datetime import UTC, datetime

from hub.evidence.capture import Capture, Heard, Loss
from hub.evidence.commands import Start
from hub.evidence.recording import SAMPLE_BYTES, Gap, Recording, Sound
from hub.evidence.segment import level
from hub.evidence.spool import Begin, End, SealedTo, Spool
from hub.ports import Microphone

MUTE_SECONDS = 10.0


class Session:
    """From a start to its stop, or until it has lasted as long as it may. `now` is monotonic; `wake`: `tick` is due."""

    def __init__(
        self,
        start: Start,
        microphone: Microphone,
        spool: Spool,
        now: float,
        wake: Callable[[], None] = lambda: None,
    ) -> None:
        self.incident = start.incident
        self.ends_at = now + start.seconds
        self._spool = spool
        self._recording = Recording(microphone.rate)
        self._capture = Capture(microphone, wake=wake)
        self._meter = Meter(microphone.rate)
        spool.put(Begin(start.incident, datetime.now(UTC), start.recipients))
        self._take(self._capture.open())

    def tick(self, now: float) -> None:
        """Pass on what the microphone heard."""
        self._take(self._capture.tick(now))

    def seal(self, recipients: tuple[str, ...]) -> None:
        """To these, from the second on that is not whole yet."""
        self._spool.put(SealedTo(datetime.now(UTC), recipients))

    def end(self, why: str) -> None:
        """Close the recording."""
        self._take(self._capture.close())
        at, mono = datetime.now(UTC), time.monotonic()
        for item in self._recording.end(at, mono):
            self._spool.put(item)
        self._spool.put(End(at, why, mono, self._recording.expected, self._capture.overruns))

    @property
    def fault(self) -> str:
        """What is wrong with the microphone, "" when nothing is."""
        return self._capture.fault or ("microphone is mute" if self._meter.mute else "")

    @property
    def heard(self) -> bool:
        """Whether the microphone gave anything yet."""
        return self._meter.fed

    def report(self) -> dict[str, object]:
        """Say how it goes; `segments` are those that are safe on the disk."""
        k, segments = self._spool.safe
        return {
            "state": "recording",
            "incident": self.incident,
            "k": k,
            "segments": segments,
            "level": self._meter.read(),
        }

    def _take(self, heard: Iterable[Heard]) -> None:
        for each in heard:
            for item in self._cut(each):
                self._spool.put(item)

    def _cut(self, heard: Heard) -> Iterable[Sound | Gap]:
        match heard:
            case Sound():
                self._meter.feed(heard.samples)
                return self._recording.feed(heard)
            case Loss():
                return self._recording.lose(heard.why, heard.at, heard.mono)
            case Gap():
                return [heard]


class Meter:
    """How loud it is, and for how long there was not even noise."""

    def __init__(self, rate: int) -> None:
        self.fed = False
        self._mute_bytes = int(MUTE_SECONDS * rate) * SAMPLE_BYTES
        self._zeros = 0
        self._since_read: list[bytes] = []

    def feed(self, samples: bytes) -> None:
        """Take what was heard."""
        self.fed = True
        self._zeros = self._zeros + len(samples) if not samples.strip(b"\0") else 0
        self._since_read.append(samples)

    @property
    def mute(self) -> bool:
        """Whether the microphone gives nothing but zeros."""
        return self._zeros >= self._mute_bytes

    def read(self) -> float:
        """Return the level in dBFS since the last reading."""
        samples = b"".join(self._since_read)
        self._since_read.clear()
        return level(samples)
