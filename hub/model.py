"""The facts the hub keeps about a home: who lives there, who is told, which buttons belong to it.

What is personal is left out of `repr`, so that no log or traceback can show it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, tzinfo
from enum import StrEnum
from functools import cache
from typing import Protocol
from zoneinfo import ZoneInfo

from hub.gesture import Kind, Timing
from hub.profile import Rule
from hub.response import Action

LANGUAGES = ("fr", "en")
KEPT_SEALS = 200  # presses of one button of which none can be played back


@cache
def zone(name: str) -> tzinfo | None:
    """The time zone, or None if there is no such one. Reads a file the first time: not on the path of a press."""
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        return None


class Deliver(Protocol):
    """Takes a block from a microphone; `age`: since when its first sample is heard, in s; None: nobody says."""

    def __call__(self, samples: bytes, age: float | None = None, /) -> None: ...


@dataclass(frozen=True, slots=True)
class Moment:
    """One instant on both clocks: `mono` (monotonic seconds) for intervals, `utc` (aware) for records."""

    mono: float
    utc: datetime

    @property
    def day(self) -> "Moment":
        """The midnight before, in UTC: no more than the day."""
        midnight = self.utc.replace(hour=0, minute=0, second=0, microsecond=0)
        return Moment(self.mono - (self.utc - midnight).total_seconds(), midnight)


@dataclass(frozen=True, slots=True)
class Home:
    """`name` is what the contacts call her; `position` is (latitude, longitude) in degrees, WGS 84.

    `floor`, `door_code`, `residents` (who lives there) and `notes` are for the emergency services.
    """

    name: str = field(default="", repr=False)
    address: str = field(default="", repr=False)
    position: tuple[float, float] | None = field(default=None, repr=False)
    language: str = "fr"
    timezone: str = "Europe/Paris"
    floor: str = field(default="", repr=False)
    door_code: str = field(default="", repr=False)
    residents: str = field(default="", repr=False)
    notes: str = field(default="", repr=False)

    def local(self, utc: datetime) -> datetime:
        """In the home's own time, or in UTC if its zone is not known."""
        return utc.astimezone(zone(self.timezone) or UTC)


class Source(StrEnum):
    """What measured a position."""

    GNSS = "gnss"
    CELL = "cell"


@dataclass(frozen=True, slots=True)
class Position:
    """Measured `at` this moment; latitude and longitude in degrees, WGS 84. `radius`: metres around it in which the hub
    then was, as far as its source can know.
    """

    latitude: float = field(repr=False)
    longitude: float = field(repr=False)
    radius: float
    at: Moment
    source: Source


@dataclass(frozen=True, slots=True)
class Cell:
    """The mobile network's cell that the modem uses: it has no coordinates of its own. `technology`: "LTE", "3G", "2G";
    `area` and `id` by 3GPP TS 23.003: for LTE the tracking area code and the E-UTRAN cell identity.
    """

    technology: str
    country: int
    network: int
    area: int = field(repr=False)
    id: int = field(repr=False)


@dataclass(frozen=True, slots=True)
class Contact:
    """`phone` is E.164 ("+33612345678"); an empty `email` means no e-mail. `consent`: when this person agreed (UTC)."""

    id: str
    name: str = field(repr=False)
    phone: str = field(repr=False)
    email: str = field(default="", repr=False)
    language: str = "fr"
    consent: datetime | None = None


@dataclass(frozen=True, slots=True)
class Technician:
    """Told of faults, never of alerts."""

    id: str
    name: str = field(repr=False)
    phone: str = field(repr=False)
    email: str = field(default="", repr=False)
    language: str = "fr"


@dataclass(frozen=True, slots=True)
class Button:
    """`address` is upper case with colons; `worn`: carried on the body, so nothing that shows presence is stored.

    `counter`: the last packet id heard; `seals`: of the last encrypted presses, the oldest first: none acts twice.
    `period`: seconds between its signs of life, None: it has none that is known. `timing`: where the hub times the
    gestures. `feedback`: the wearer is shown that a person has acknowledged. `rules`: what was learned of it.
    `actions`: what its gestures do where that is not what the home's do.
    """

    id: str
    address: str
    name: str = ""
    protocol: str = "bthome"
    worn: bool = True
    key: bytes | None = field(default=None, repr=False)
    counter: int | None = None
    seals: tuple[bytes, ...] = field(default=(), repr=False)
    period: float | None = None
    timing: Timing = field(default_factory=Timing)
    feedback: bool = False
    rules: tuple[Rule, ...] = ()
    actions: Mapping[Kind, frozenset[Action]] = field(default_factory=dict)
