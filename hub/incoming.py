"""People who get through to the hub by themselves: a call back, an SMS. Asked for only while an incident is open."""

import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Protocol

from hub.answers import Said, Way, agrees, names
from hub.errors import DeliveryError
from hub.household import Household
from hub.incident import Incident
from hub.model import Moment
from hub.ports import How, Incoming

log = logging.getLogger(__name__)

OFTEN, SOMETIMES, RARELY = 5.0, 15.0, 60.0  # s from one question to the next
FRESH, LATER = 120.0, 900.0  # s after the last press

EARLY = 2.0  # s
SOONEST = 10.0  # s; nobody has received, read and answered an SMS sooner


class Inbox(Protocol):
    """What the provider took for the hub's number. Raises DeliveryError."""

    async def incoming(self, since: datetime) -> list[Incoming]: ...


def interval(incident: Incident, now: float) -> float:
    """Seconds until the next question; whoever is asked just now may call back rather than pick up."""
    age = now - incident.pressed.mono
    if age < FRESH or incident.checked is not None:
        return OFTEN
    return SOMETIMES if age < LATER else RARELY


def by_now(moment: Moment, now: Moment) -> datetime:
    """This moment by the wall clock of now, a little early: the clock may have been wrong then, and the provider counts
    whole seconds.
    """
    return now.utc - timedelta(seconds=now.mono - moment.mono + EARLY)


class Listener:
    """Only contacts are heard, and only what was said since the incident was opened."""

    def __init__(
        self, inbox: Inbox | None, household: Household, clock: Callable[[], Moment], hear: Callable[[Said], None]
    ) -> None:
        self._inbox = inbox
        self._household = household
        self._clock = clock
        self._hear = hear
        self._asked = 0.0

    async def look(self, current: Incident | None) -> None:
        """Ask if it is time to; a provider that does not answer says nothing."""
        now = self._clock()
        if self._inbox is None or current is None or now.mono - self._asked < interval(current, now.mono):
            return
        self._asked = now.mono
        opened, told = by_now(current.opened, now), by_now(current.told or current.opened, now)
        for one in await self._incoming(opened):
            since = told if one.how is How.SMS else opened  # an "OK" answers what was written before it
            if one.at >= since and (said := self._said(one, current)) is not None:
                self._hear(said)

    async def _incoming(self, since: datetime) -> list[Incoming]:
        assert self._inbox is not None
        try:
            return await self._inbox.incoming(since)
        except DeliveryError as problem:
            log.debug("who got through is not known: %s", problem)
            return []

    def heard(self, one: Incoming, current: Incident | None) -> None:
        """An SMS to the hub's own SIM. An "OK" that may have been written before the alert must name it."""
        if current is None:
            return
        told = current.told or current.opened
        fresh = not one.waited and self._clock().mono - told.mono >= SOONEST
        if (fresh or names(one.text, current.id)) and (said := self._said(one, current)) is not None:
            self._hear(said)

    def _said(self, one: Incoming, current: Incident) -> Said | None:
        contact = next((c for c in self._household.contacts.values() if c.phone == one.sender), None)
        if contact is None or (one.message and not one.message.startswith(f"{current.id}-")):
            return None
        by_text = one.how is How.SMS
        taken = agrees(one.text, current.id) if by_text else one.taken
        way = Way.SMS if by_text else Way.CALLBACK
        return Said(one.source, current.id, contact.id, way, taken, "" if by_text else one.over)
