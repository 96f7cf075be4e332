"""Whether an SMS can leave by the hub's own SIM: what the modem shows, and what became of the last one."""

from hub.faults import Faults
from hub.ports import Modem

SETTLED = 10.0  # s; a modem that starts, or was replugged, is no news
# What an SMS fails with because of the modem: that is the fault `modem`, and neither credit nor contract is amiss.
OF_THE_MODEM = frozenset({
    "absent", "modem_busy", "modem_failed", "no_bus", "no_daemon", "no_network", "no_sim", "not_allowed", "pin_missing",
    "pin_wrong", "puk", "silent", "sim_failed", "starting", "timeout", "WrongState",
})  # fmt: skip


def refused(code: str) -> bool:
    """Whether an SMS failed for a reason that the modem does not show."""
    return code.partition(":")[0] not in OF_THE_MODEM


class Sim:
    """Two faults: `modem` while nothing can be sent with it, `sim` since the network refused an SMS. Only one that is
    taken ends the second one, for nothing else shows it: the dispatcher does.
    """

    def __init__(self, modem: Modem, faults: Faults) -> None:
        self._modem = modem
        self._faults = faults
        self._since: float | None = None

    @property
    def well(self) -> bool:
        """Whether an SMS may be tried."""
        return not self._modem.view.trouble

    def look(self, now: float) -> None:
        """Call it about twice a second; `now`: monotonic seconds."""
        trouble = self._modem.view.trouble
        if not trouble:
            self._since = None
            self._faults.restore("modem")
            return
        self._since = now if self._since is None else self._since
        if now - self._since >= SETTLED:
            self._faults.put("modem", trouble)
