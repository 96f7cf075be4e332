"""Reminds the technicians of an exercise when there was none for long: seldom, by day, and never in an incident."""

from collections.abc import Callable
from datetime import datetime, timedelta

from hub.household import Household
from hub.model import Moment, Technician
from hub.notices import Notice, Notices
from hub.report import HOUR
from hub.store import Counted, Store, history
from hub.texts import sentence

EVENING = 20  # of the home's day: from then on nobody is written to, of what can wait
TEXT, SUBJECT = "reminder", "subject_reminder"


class Reminder:
    """`days`: so long after an exercise, and after a reminder, there is the next; 0: there is none. `busy`: whether an
    incident is open.
    """

    def __init__(
        self,
        days: int,
        household: Household,
        store: Store,
        notices: Notices,
        clock: Callable[[], Moment],
        busy: Callable[[], bool],
    ) -> None:
        self._days = days
        self._household = household
        self._store = store
        self._notices = notices
        self._clock = clock
        self._busy = busy
        self._on_the_way = 0  # notices that nobody has taken yet

    async def look(self) -> bool:
        """Remind them if it is time to; whether it was. Raises StoreError when the disk does not answer."""
        since = await self._since(self._clock().utc)
        now = self._clock()
        if self._busy() or self._on_the_way or not self._is_due(since, now.utc):
            return False
        for technician in self._household.technicians.values():
            self._remind(technician, now)
        return self._on_the_way > 0

    def _is_due(self, since: datetime, now: datetime) -> bool:
        by_day = HOUR <= self._household.home.local(now).hour < EVENING
        return self._days > 0 and by_day and now - since >= timedelta(days=self._days)

    async def _since(self, now: datetime) -> datetime:
        """The last exercise or reminder. An exercise is noted here, for it is forgotten before long; a hub that never
        had one counts from the first look.
        """
        noted, exercised = await self._store.read(lambda connection: history.counted(connection, now))
        since = max((time for time in (noted, exercised) if time), default=now)
        if since != noted:
            self._store.put(Counted(since))
        return since

    def _remind(self, technician: Technician, now: Moment) -> None:
        box = self._household.box
        text = sentence(technician.language, "notices", TEXT, box=box, days=self._days)
        id = f"{box}-{now.utc:%Y%m%d}-{technician.id}"
        self._on_the_way += 1
        self._notices.add(Notice(id, box, technician, text, now.mono, self._taken, SUBJECT))

    def _taken(self) -> None:
        self._on_the_way -= 1
        self._store.put(Counted(self._clock().utc))
