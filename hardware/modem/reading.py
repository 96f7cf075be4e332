"""What ModemManager's numbers mean."""

from dataclasses import dataclass
from enum import IntEnum

from hardware.modem.manager import MODEM, Found
from hub.ports import ModemView

_NETWORK = f"{MODEM}.Modem3gpp"
_REGISTERED = frozenset({1, 5, 6, 7, 9, 10})  # at home, roaming; the last four for SMS alone, or without calls
_GENERATIONS = ((0x8000, "5G"), (0x4000, "LTE"), (0x03E0, "3G"), (0x001E, "2G"))
FAILURES = {2: "no_sim", 3: "sim_failed"}
_PIN, _ALL_TRIES, _UNKNOWN = 2, 3, 999


class State(IntEnum):
    FAILED = -1
    LOCKED = 2
    DISABLED = 3
    ENABLED = 6
    CONNECTED = 11


@dataclass(frozen=True, slots=True)
class Reading:
    """The few things about a modem that the driver decides by."""

    found: Found

    @property
    def state(self) -> int:
        return int(self.found.fact("State"))

    @property
    def failure(self) -> str:
        return FAILURES.get(self.found.fact("StateFailedReason") or 0, "modem_failed")

    @property
    def wants_pin(self) -> bool:
        """Else it is a PUK, or something that only the operator can undo."""
        return bool(self.found.fact("UnlockRequired") == _PIN)

    @property
    def untried(self) -> bool:
        """Nobody has given this SIM a wrong PIN since the last right one; no when it does not tell."""
        left = (self.found.fact("UnlockRetries") or {}).get(_PIN, _UNKNOWN)
        return bool(_ALL_TRIES <= left < _UNKNOWN)

    @property
    def registered(self) -> bool:
        return self.state >= State.ENABLED and self.found.fact("RegistrationState", _NETWORK) in _REGISTERED

    def view(self) -> ModemView:
        """By what ModemManager remembers: whether the modem still lives must be asked."""
        quality, _ = self.found.fact("SignalQuality") or (0, False)  # 0 until it is measured
        return ModemView(
            present=True,
            unlocked=self.state > State.LOCKED,
            registered=self.registered,
            operator=str(self.found.fact("OperatorName", _NETWORK) or "") if self.registered else "",
            technology=self._technology() if self.registered else "",
            signal=int(quality) if self.registered and quality else None,
            trouble="" if self.registered else "no_network",
        )

    def _technology(self) -> str:
        bits = int(self.found.fact("AccessTechnologies") or 0)
        return next((name for mask, name in _GENERATIONS if bits & mask), "")
