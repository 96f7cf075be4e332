"""A watched BTHome button, plain or sealed: from adverts to presses that act once.

| frame | button with key | button without |
|---|---|---|
| sealed, its counter follows | acts | unreadable |
| sealed, counter fallen, never heard | acts, RESTARTED | unreadable |
| sealed, heard before | silent | unreadable |
| sealed, does not open | unreadable | unreadable |
| plain | acts, PLAIN | acts |

Of a button with a key only what the key opens for the first time is a sign of life: anybody can send the rest.
"""

from hardware.buttons.adverts.advert import Advert
from hardware.buttons.adverts.bthome import SERVICE, Frame, body, is_bthome, is_sealed, read
from hardware.buttons.adverts.ear import NOTHING, Reading
from hardware.buttons.adverts.memory import Age, Memory, Seals
from hardware.buttons.adverts.sealed import Lock, seal_of
from hub.gesture import Gesture
from hub.model import Button
from hub.ports import Doubt, Press

_REPEATS_END = 60.0  # seconds of silence after which the same packet id, sealed anew, is another press
_NO_PROOF = Reading(alive=False)


class BthomeButton:
    """Plain and sealed frames have packet ids of their own, so that a forged one never hides a real one."""

    def __init__(self, button: Button) -> None:
        self._address = button.address
        self._lock = Lock(button.address, button.key) if button.key else None
        self._plain = Memory(None if button.key else button.counter)
        self._inner = Memory(button.counter)
        self._seals = Seals(button.seals)
        self._payload = b""
        self._opened_at: float | None = None

    def take(self, advert: Advert) -> Reading:
        payload = advert.service_data.get(SERVICE)
        if payload is None or payload == self._payload or not is_bthome(payload):
            return _NO_PROOF if self._lock else NOTHING
        self._payload = payload
        if is_sealed(payload):
            return self._sealed(payload, advert.heard_at)
        frame = read(payload, body(payload))
        doubt = Doubt.PLAIN if self._lock else None
        return self._reading(frame, self._plain.take(frame, payload, advert.heard_at), advert.heard_at, doubt)

    def settle(self) -> None:
        """Packet ids and seals are never forgotten."""

    def _sealed(self, payload: bytes, now: float) -> Reading:
        objects = self._lock.open(payload) if self._lock else None
        if objects is None:
            return Reading(beacon=not self._lock, unreadable=True, alive=not self._lock)
        frame, seal = read(objects), seal_of(payload)
        age = self._seals.age(seal)
        if age is Age.KNOWN or (frame.idle and age is Age.FALLEN):  # an old beacon must not bring the counter down
            return _NO_PROOF
        if age is not Age.NEXT or self._silent_until(now):
            self._inner = Memory()
        self._opened_at = now
        self._seals.move_on(seal)
        if not frame.idle:
            self._seals.keep(seal)
        gestures = self._inner.take(frame, payload, now)
        return self._reading(frame, gestures, now, Doubt.RESTARTED if age is Age.FALLEN else None, seal)

    def _silent_until(self, now: float) -> bool:
        return self._opened_at is not None and now - self._opened_at >= _REPEATS_END

    def _reading(
        self, frame: Frame, gestures: list[Gesture], now: float, doubt: Doubt | None, seal: bytes = b""
    ) -> Reading:
        # The packet id of a plain frame is not written down beside those of sealed ones: anybody can have made it up.
        packet = None if doubt is Doubt.PLAIN else frame.packet
        presses = [Press(self._address, gesture, now, packet, frame.battery, seal, doubt) for gesture in gestures]
        if doubt is Doubt.PLAIN:
            return Reading(presses, alive=False)
        return Reading(presses, frame.battery, frame.idle, unreadable=False)
