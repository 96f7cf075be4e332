"""The facts the hub keeps about a home: who lives there, who is told, which buttons belong to it.

What is personal is left out of `repr`, so that no log or traceback can show it.
"""

from dataclasses import dataclass, field
from datetime import UTC, datetime, tzinfo
from functools import cache
from zoneinfo import ZoneInfo

LANGUAGES = ("fr", "en")


@cache
def zone(name: str) -> tzinfo | None:
    """The time zone, or None if there is no such one. Reads a file the first time: not on the path of a press."""
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        return None


@dataclass(frozen=True, slots=True)
class Moment:
    """One instant on both clocks: `mono` (monotonic seconds) for intervals, `utc` (aware) for records."""

    mono: float
    utc: datetime


@dataclass(frozen=True, slots=True)
class Home:
    """`name` is what the contacts call her; `position` is (latitude, longitude) in degrees, WGS 84."""

    name: str = field(default="", repr=False)
    address: str = field(default="", repr=False)
    position: tuple[float, float] | None = field(default=None, repr=False)
    language: str = "fr"
    timezone: str = "Europe/Paris"

    def local(self, utc: datetime) -> datetime:
        """In the home's own time, or in UTC if its zone is not known."""
        return utc.astimezone(zone(self.timezone) or UTC)


@dataclass(frozen=True, slots=True)
class Contact:
    """`phone` is E.164 ("+33612345678"); an empty `email` means no e-mail."""

    id: str
    name: str = field(repr=False)
    phone: str = field(repr=False)
    email: str = field(default="", repr=False)
    language: str = "fr"


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
    """`address` is upper case with colons. `counter`: the last packet id heard, so that no press is replayed.

    `worn`: carried on the body, so nothing that shows presence is stored.
    """

    id: str
    address: str
    name: str = ""
    protocol: str = "bthome"
    worn: bool = True
    key: bytes | None = field(default=None, repr=False)
    counter: int | None = None
