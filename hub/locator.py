"""Whether the hub was carried away: asks the modem where it is, and tells the contacts of an open incident.

Outside an incident what was measured is in memory only, so that the first text of an alert can say it. Nothing here is
on the path of a press.
"""

import logging
from collections.abc import Callable

from hub import position
from hub.alerting import Alerting
from hub.cells import Cells
from hub.errors import DeviceError
from hub.household import Household
from hub.incident import Incident
from hub.messages import Purpose
from hub.model import Cell, Moment, Position
from hub.ports import Positioning
from hub.position import Told
from hub.store import Happening, Store

log = logging.getLogger(__name__)

LOOK = 5.0  # s; in an incident
RARELY = 60.0  # s; when there is none
FRESH = 60.0  # s; with a fix no older than this nobody is asked where the cell is


class Locator:
    """`told` is what the contacts of the open incident know, the newest last."""

    def __init__(
        self,
        modem: Positioning,
        cells: Cells | None,
        household: Household,
        alerting: Alerting,
        store: Store,
        clock: Callable[[], Moment],
    ) -> None:
        self._modem = modem
        self._cells = cells
        self._household = household
        self._alerting = alerting
        self._store = store
        self._clock = clock
        self._looked = float("-inf")
        self._incident = ""  # that is being told of
        self._last: Position | None = None
        self.told: list[Told] = []

    def resume(self, told: list[Told]) -> None:
        """After a start: the contacts know this already."""
        if told and not self.told:
            self.told, self._incident = told, told[-1].incident

    async def look(self) -> None:
        """To be called each LOOK seconds."""
        now = self._clock().mono
        if self._real is None and now - self._looked < RARELY:
            return
        self._looked = now
        fix, cell = await self._measured()
        fresh = fix is not None and now - fix.at.mono <= FRESH
        by_cell = None if fresh else await self._of(cell)
        self._take([one for one in (fix, by_cell) if one is not None])

    @property
    def _real(self) -> Incident | None:
        current = self._alerting.incident
        return None if current is None or current.drill else current

    async def _measured(self) -> tuple[Position | None, Cell | None]:
        try:
            return await self._modem.locate()
        except DeviceError as problem:
            log.debug("nothing says where the hub is: %s", problem)
            return None, None

    async def _of(self, cell: Cell | None) -> Position | None:
        """Only in an incident: otherwise nobody is told where the hub is, not even by its asking."""
        if cell is None or self._cells is None or self._real is None:
            return None
        return await self._cells.find(cell)

    def _take(self, measured: list[Position]) -> None:
        current, now = self._real, self._clock()
        if current is None:
            self._forget()
        elif current.id != self._incident:
            self._begin(current)
        earlier = [] if self._last is None else [self._last]
        self._last = there = position.best([*measured, *earlier], now.mono)
        last, home = self.told[-1] if self.told else None, self._household.home.position
        away = last is not None and position.far(home, last.position)  # is what the contacts believe
        known = there is not None and (away or position.moved(home, there, now.mono))
        self._alerting.elsewhere = there if known else None
        if current and there and known and position.due(last, there, now.mono, home):
            self._tell(current, there, now)

    def _begin(self, current: Incident) -> None:
        """What was known at the press was in its first texts."""
        self._incident, self.told = current.id, []
        if self._alerting.elsewhere is not None:
            self.told = [Told(current.id, self._alerting.elsewhere, current.opened)]
            self._store.put(*self.told)

    def _forget(self) -> None:
        self._incident, self._last, self.told = "", None, []
        if self._cells is not None:
            self._cells.forget()

    def _tell(self, current: Incident, there: Position, now: Moment) -> None:
        """What the hub's own texts say from here on is what this one says."""
        told = Told(current.id, there, now)
        self.told.append(told)
        made = self._alerting.made(current, Purpose.MOVED, frozenset(), now)
        self._alerting.commit(current, made, [told, Happening(current.id, now, "moved")])
        log.info("incident %s: the hub has moved", current.id)
