"""What goes to the disk, in order: a recording begins, seconds of it, gaps, other keys, its end."""

from dataclasses import dataclass
from datetime import datetime

from hub.evidence.folder import stamp
from hub.evidence.recording import Gap, Sound


@dataclass(frozen=True, slots=True)
class Begin:
    """`recipients`: whom every second is sealed to; None: look for yourself."""

    incident: str
    at: datetime
    recipients: tuple[str, ...] | None = ()


@dataclass(frozen=True, slots=True)
class SealedTo:
    """Every second that comes after it."""

    at: datetime
    recipients: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class End:
    """`expected`: how many samples there should be, by the clock that nobody sets; `overruns`: how often the device
    said that it lost some.
    """

    at: datetime
    why: str
    mono: float = 0.0
    expected: int = 0
    overruns: int = 0


Item = Begin | SealedTo | Sound | Gap | End


def size(item: Item) -> int:
    """Bytes of sound."""
    return len(item.samples) if isinstance(item, Sound) else 0


def _begins(item: Item) -> tuple[datetime, float]:
    match item:
        case Gap():
            return item.start, item.mono[0]
        case Begin() | SealedTo():
            return item.at, 0.0
    return item.at, item.mono


def is_older(item: Item, dropped: Sound) -> bool:
    """A gap that shows only now, before what did not fit; or no moment of the recording at all."""
    return isinstance(item, SealedTo) or (isinstance(item, Gap) and item.mono[0] < dropped.mono)


def between(dropped: Sound, item: Item) -> Gap:
    """From the first that did not fit until this."""
    at, mono = _begins(item)
    return Gap(dropped.at, max(dropped.at, at), "disk", (dropped.mono, max(dropped.mono, mono)))


def gap_facts(gap: Gap, rate: int) -> dict[str, object]:
    """What the event says of it."""
    start, end = gap.mono
    return {
        "from": stamp(gap.start),
        "to": stamp(gap.end),
        "mono": [round(start, 3), round(end, 3)],
        "why": gap.why,
        "frames_expected": round((end - start) * rate),
        "frames_got": gap.got,
    }
