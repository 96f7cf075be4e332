"""Changes of who is told, that wait: whoever was written off hears of it in time, and so do the technicians.

A change is due so long after it was asked for; it waits further while an incident is open.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from enum import StrEnum

from hub.model import Moment


class Kind(StrEnum):
    REMOVAL = "removal"
    CHANGE = "change"


@dataclass(frozen=True, slots=True)
class Change:
    """`phone`, `name` and `language` "", `email` None: that stays; `email` "": none from then on. `told`: the contact
    has been, or is not to be.
    """

    id: str
    contact: str
    kind: Kind
    asked: Moment
    phone: str = field(default="", repr=False)
    email: str | None = field(default=None, repr=False)
    told: bool = False
    name: str = field(default="", repr=False)
    language: str = ""

    def over(self, older: "Change") -> "Change":
        """With what the older one asked for and this one leaves alone; a removal asks for everything."""
        if self.kind is Kind.REMOVAL:
            return self
        return replace(
            self,
            phone=self.phone or older.phone,
            email=older.email if self.email is None else self.email,
            name=self.name or older.name,
            language=self.language or older.language,
        )


class Changes:
    """`delay`: seconds."""

    def __init__(self, delay: float) -> None:
        self.delay = delay
        self.waiting: dict[str, Change] = {}

    def load(self, changes: Iterable[Change]) -> None:
        """What was asked for before the disk could be read stays."""
        self.waiting = {change.id: change for change in changes} | self.waiting

    def ask(self, change: Change) -> tuple[Change, list[Change]]:
        """The change as it waits from now on, and the older ones of this contact that it took in."""
        older = self.of(change.contact)
        for one in older:
            change = change.over(one)
            del self.waiting[one.id]
        self.waiting[change.id] = change
        return change, older

    def of(self, contact: str) -> list[Change]:
        return [change for change in self.waiting.values() if change.contact == contact]

    def due(self, now: Moment, *, busy: bool) -> list[Change]:
        """Those whose time has come, the oldest first; none while an incident is open."""
        if busy:
            return []
        ripe = [one for one in self.waiting.values() if now.mono - one.asked.mono >= self.delay]
        return sorted(ripe, key=lambda change: change.asked.mono)
