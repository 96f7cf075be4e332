"""Buttons that are not there: a request presses them."""

import asyncio
import time
from collections.abc import Callable, Mapping, Sequence

from hub.errors import Refusal
from hub.gesture import Edge, Gesture
from hub.ports import Heard, Press

ACTIONS: Mapping[str, Gesture | Edge] = {
    "single": Gesture(1),
    "double": Gesture(2),
    "many": Gesture(3),
    "hold": Gesture(1, held=True),
    "pressed": Edge.PRESSED,
    "released": Edge.RELEASED,
}
_RECENT = 120.0
_RSSI, _BATTERY = -60, 100


class SimulatedButtons:
    """Every watched address is a button that can be pressed; each counts its own packet ids."""

    def __init__(self) -> None:
        self._counters: dict[str, int] = {}
        self._recent: dict[str, Heard] = {}
        self._hear: Callable[[Press], None] | None = None

    @property
    def listening(self) -> bool:
        return self._hear is not None

    @property
    def degraded(self) -> bool:
        return False

    @property
    def unreadable(self) -> frozenset[str]:
        return frozenset()

    def watch(self, buttons: Mapping[str, int | None]) -> None:
        """A button goes on counting where it was; a new one where the store says."""
        self._counters = {
            address: self._counters.get(address, counter or 0)
            for address, counter in ((address.upper(), counter) for address, counter in buttons.items())
        }

    def recent(self) -> Sequence[Heard]:
        """Buttons that were pressed in the last two minutes, newest first."""
        now = time.monotonic()
        heard = [one for one in self._recent.values() if now - one.heard_at <= _RECENT]
        return sorted(heard, key=lambda one: one.heard_at, reverse=True)

    def seen(self) -> Mapping[str, float]:
        """When each button was pressed last (monotonic seconds)."""
        return {address: self._recent[address].heard_at for address in self._counters if address in self._recent}

    async def listen(self, hear: Callable[[Press], None]) -> None:
        """Until cancelled."""
        self._hear = hear
        try:
            await asyncio.get_running_loop().create_future()
        finally:
            self._hear = None

    def simulate(self, request: Mapping[str, object]) -> dict[str, object]:
        """`{"command": "buttons"}` lists the addresses; with `do` and `button` that button is pressed."""
        if "do" not in request:
            return {"buttons": list(self._counters)}
        action = ACTIONS.get(str(request["do"]))
        if action is None:
            raise Refusal("unknown_gesture", gesture=request["do"])
        address = str(request.get("button", "")).upper()
        if address not in self._counters:
            raise Refusal("unknown_button", id=request.get("button", ""))
        return self._press(address, action)

    def _press(self, address: str, action: Gesture | Edge) -> dict[str, object]:
        now = time.monotonic()
        if self._hear is None:
            raise Refusal("malformed_request", problem="the hub does not listen to its buttons")
        counter = self._counters[address] = (self._counters[address] + 1) % 256
        self._recent[address] = Heard(address, "simulated", "bthome", _RSSI, now, _BATTERY)
        self._hear(Press(address, action, now, counter, _BATTERY))
        return {"button": address, "counter": counter}
