"""What is looked after at the telephone company beside the sending: the menu it keeps, and who gets through to us."""

import logging
from collections.abc import Callable, Mapping
from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import Protocol

from hub.errors import DeliveryError
from hub.faults import Faults
from hub.incident import Incident
from hub.incoming import Inbox
from hub.means import Finding, Means
from hub.store import Menu, Store

log = logging.getLogger(__name__)

KEPT_FOR = 24 * 3600.0  # s; then the menu is looked at again
MENDED_AFTER = 60.0  # s; a menu that could not be made is tried again


class Studio(Protocol):
    """The menu: `flow` is its id, "" while there is none; `digest` the hash of its text."""

    flow: str
    digest: str
    answered: bool | None

    def recall(self, flow: str, digest: str) -> None:
        """Use what was found before the last start, if the text is still the same."""

    async def ensure(self) -> str:
        """Find it, or make it, or put right what differs. Raises DeliveryError."""


class Line(Protocol):
    def rest(self) -> None:
        """Nothing is asked for a while: leave no connection open."""

    def proof(self) -> "Future[None]":
        """Done as soon as a thread that sends is free for it."""


class Account(Protocol):
    @property
    def named(self) -> bool:
        """Whether SMS leave under a name, about which nobody can be asked."""

    async def look(self, faults: Faults) -> Mapping[Means, Finding]:
        """Put and restore the fault of each; what cannot be asked changes nothing. Never raises."""


@dataclass(frozen=True, slots=True)
class Outside:
    """What was opened beside the channels."""

    line: Line
    studio: Studio
    inbox: Inbox
    account: Account


@dataclass(slots=True)
class Keeper:
    """Keeps the menu: at the start and daily, never while an incident is open."""

    studio: Studio
    store: Store
    faults: Faults
    clock: Callable[[], float]
    _due: float = field(default=0.0, init=False)

    def facts(self) -> list[object]:
        """What is to be remembered, to fill a new file with."""
        return [Menu(self.studio.flow, self.studio.digest)] if self.studio.flow else []

    async def look(self, current: Incident | None) -> None:
        if current is not None or self.clock() < self._due:
            return
        try:
            await self.studio.ensure()
        except DeliveryError as problem:
            self._due = self.clock() + MENDED_AFTER
            self.faults.put("studio", problem.code)
            return
        self._due = self.clock() + KEPT_FOR
        self.faults.restore("studio")
        self.faults.set("callback", self.studio.answered is not False, "the number is none of the account's")
        self.store.put(*self.facts())
