"""Buttons that are not there: a request presses them, takes them away, changes their battery."""

import asyncio
import secrets
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from hub import profile
from hub.errors import DeviceError, Refusal
from hub.gesture import Edge, Gesture
from hub.model import Button
from hub.ports import Heard, Press, Sighting
from hub.profile import LINK, Signal

ACTIONS: Mapping[str, Gesture | Edge] = {
    "single": Gesture(1),
    "double": Gesture(2),
    "many": Gesture(3),
    "hold": Gesture(1, held=True),
    "pressed": Edge.PRESSED,
    "released": Edge.RELEASED,
}
CONNECTED = frozenset({"itag"})
STRANGER = "02:00:00:00:00:77"  # a button of which nothing is published lies beside the hub: it can be learned
SOURCE = "char:0000a000-0000-1000-8000-00805f9b34fb/0000a001-0000-1000-8000-00805f9b34fb"
VALUES: Mapping[str, bytes] = {"single": b"\x5a\x01", "double": b"\x5a\x02", "hold": b"\x5a\x10"}
BEACON = 8.0  # s
_RECENT = 120.0
_RSSI = -60


@dataclass(slots=True)
class _Device:
    """What a button is, whether or not the hub knows it. `gone_at`: since when it is out of reach."""

    counter: int = 0
    battery: int = 100
    key: bytes | None = None
    gone_at: float | None = None
    pressed_at: float | None = None
    confirmed: int = 0
    note: Callable[[Signal], None] | None = field(default=None, repr=False)


class SimulatedButtons:
    """Every watched address is a button that is alive and can be pressed; each counts its own packet ids."""

    def __init__(self) -> None:
        self._devices: dict[str, _Device] = {STRANGER: _Device()}
        self._watched: dict[str, Button] = {}
        self._hear: Callable[[Press], None] | None = None

    @property
    def listening(self) -> bool:
        return self._hear is not None

    @property
    def trouble(self) -> str:
        return ""

    @property
    def degraded(self) -> bool:
        return False

    @property
    def unreadable(self) -> frozenset[str]:
        return frozenset(
            address
            for address, button in self._watched.items()
            if (device := self._devices[address]).key != button.key and device.key and device.pressed_at
        )

    def watch(self, buttons: Iterable[Button]) -> None:
        """A button goes on counting where it was; a new one where the store says."""
        self._watched = {button.address: button for button in buttons}
        for address, button in self._watched.items():
            self._devices.setdefault(address, _Device(button.counter or 0))

    def seen(self) -> Mapping[str, Sighting]:
        """Alive until told otherwise."""
        now = time.monotonic()
        devices = ((button, self._devices[address]) for address, button in self._watched.items())
        return {
            button.address: Sighting(
                now if device.gone_at is None else device.gone_at,
                _RSSI,
                device.battery,
                device.pressed_at,
                BEACON,
                device.gone_at is None and (button.protocol in CONNECTED or profile.needs_link(button.rules)),
            )
            for button, device in devices
        }

    def recent(self, *, near: bool = False) -> Sequence[Heard]:
        """Buttons that were pressed in the last two minutes, newest first."""
        now = time.monotonic()
        pressed = [
            Heard(address, "simulated", self._protocol(address), _RSSI, device.pressed_at, device.battery)
            for address, device in self._devices.items()
            if device.pressed_at is not None and now - device.pressed_at <= _RECENT
        ]
        if near and STRANGER not in [*self._watched, *(heard.address for heard in pressed)]:
            pressed.append(Heard(STRANGER, "simulated", "unknown", _RSSI // 2, now))
        return sorted(pressed, key=lambda one: one.heard_at, reverse=True)

    def fits(self, address: str, key: bytes) -> bool | None:
        device = self._devices.get(address)
        return None if device is None or device.key is None else device.key == key

    async def confirm(self, address: str) -> None:
        """Shown by the answers of `simulate`."""
        device = self._devices.get(address)
        if device is None or device.gone_at is not None:
            raise DeviceError("out of reach")
        device.confirmed += 1

    async def study(self, address: str, note: Callable[[Signal], None]) -> None:
        """Whatever is studied lets itself be connected, and says what SOURCE and VALUES tell."""
        device = self._devices.setdefault(address, _Device())
        note(Signal(LINK, b"\x01", time.monotonic()))
        device.note = note
        try:
            await asyncio.get_running_loop().create_future()
        finally:
            device.note = None

    async def listen(self, hear: Callable[[Press], None]) -> None:
        """Until cancelled."""
        self._hear = hear
        try:
            await asyncio.get_running_loop().create_future()
        finally:
            self._hear = None

    def simulate(self, request: Mapping[str, object]) -> dict[str, object]:
        """`{"command": "buttons"}` lists the addresses; with `do` and `button` something is done to that button.

        `do`: a gesture or an edge of ACTIONS; away, back; battery, with `per_cent`; key, with `key` in hexadecimal:
        it speaks encrypted from now on.
        """
        if "do" not in request:
            confirmed = {address: device.confirmed for address, device in self._devices.items() if device.confirmed}
            return {"buttons": list(self._watched), "confirmed": confirmed}
        do, address = str(request["do"]), str(request.get("button", "")).upper()
        if do not in ACTIONS and do not in ("away", "back", "battery", "key"):
            raise Refusal("unknown_gesture", gesture=request["do"])
        device = self._devices.get(address)
        if device is None:
            raise Refusal("unknown_button", id=request.get("button", ""))
        if do in ACTIONS:
            return self._press(address, device, do)
        _change(device, do, request)
        return {"button": address}

    def _press(self, address: str, device: _Device, do: str) -> dict[str, object]:
        if device.gone_at is not None:
            raise Refusal("malformed_request", problem="the button is away")
        if device.note is None and self._hear is None:
            raise Refusal("malformed_request", problem="the hub does not listen to its buttons")
        device.counter = (device.counter + 1) % 256
        device.pressed_at = now = time.monotonic()
        if device.note is not None:
            device.note(Signal(SOURCE, VALUES.get(do, b"\x5a"), now))
        elif self._hear is not None:
            for action in self._meant(address, device, do):
                seal = secrets.token_bytes(8) if device.key else b""
                self._hear(Press(address, action, now, device.counter, device.battery, seal))
        return {"button": address, "counter": device.counter}

    def _meant(self, address: str, device: _Device, do: str) -> Sequence[Gesture | Edge]:
        """What the hub understands of it: nothing of a stranger, nor of a frame it has no key for."""
        button = self._watched.get(address)
        if button is None or (device.key is not None and device.key != button.key):
            return ()
        if button.protocol == "learned" and do in VALUES:
            return profile.actions(button.rules, SOURCE, VALUES[do])
        return (ACTIONS[do],)

    def _protocol(self, address: str) -> str:
        if address in self._watched:
            return self._watched[address].protocol
        return "unknown" if address == STRANGER else "bthome"


def _change(device: _Device, do: str, request: Mapping[str, object]) -> None:
    if do == "away":
        device.gone_at = time.monotonic()
    elif do == "back":
        device.gone_at = None
    elif do == "battery":
        device.battery = _per_cent(request.get("per_cent"))
    else:
        device.key = _key(request.get("key"))


def _per_cent(value: object) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= 100:
        raise Refusal("malformed_request", problem="per_cent is a whole number from 0 to 100")
    return value


def _key(value: object) -> bytes | None:
    try:
        return bytes.fromhex(str(value or "")) or None
    except ValueError:
        raise Refusal("malformed_request", problem="key is hexadecimal") from None
