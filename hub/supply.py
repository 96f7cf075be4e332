"""Whether the hub has mains power: what the power-fail line says, once it says so for a while."""

from hub.faults import Faults
from hub.ports import Mains

SETTLED = 10.0  # s; a supply that flickers is no news


class Supply:
    """Two faults: `mains` while the mains is lost, `power` while the line cannot be read."""

    def __init__(self, mains: Mains, faults: Faults) -> None:
        self._mains = mains
        self._faults = faults
        self._lost: bool | None = None  # None: the line cannot be read
        self._since = 0.0

    def look(self, now: float) -> None:
        """Call it about twice a second; `now`: monotonic seconds. Never raises."""
        lost = self._read()
        if lost is not self._lost:
            self._lost, self._since = lost, now
        if lost is not None and now - self._since >= SETTLED:
            self._faults.set("mains", not lost, "mains lost")

    def _read(self) -> bool | None:
        with self._faults.guard("power"):
            lost = self._mains.lost()
            self._faults.restore("power")
            return lost
        return None
