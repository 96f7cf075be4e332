"""What one button said last, so that one press is heard once however often the radio repeats it.

A callback of the radio is not a new advert: a changed signal strength delivers the last one again.
"""

from hardware.buttons.bthome import HOLD, HOLD_RELEASE, NONE, Frame, gesture
from hub.gesture import Gesture

_RELEASE_BELONGS = 60.0  # seconds: a release later than this belongs to a hold that was not heard


class Memory:
    """One button. `packet` is its last packet id, if that is known from before."""

    def __init__(self, packet: int | None = None) -> None:
        self._packet = packet
        self._events: tuple[int, ...] | None = None
        self._payload: bytes | None = None
        self._held_since: dict[int, float] = {}  # by key

    def recall(self, packet: int | None) -> None:
        """Take the last packet id from the store, unless a newer one was heard."""
        if self._packet is None:
            self._packet = packet

    def take(self, frame: Frame, payload: bytes, now: float) -> list[Gesture]:
        """The gestures of this advert, the gravest first; none when it was heard before."""
        if not self.fresh(frame, payload):
            return []
        heard = [self._gesture(key, code, now) for key, code in enumerate(frame.events)]
        gestures = [gesture for gesture in heard if gesture is not None]
        return sorted(gestures, key=lambda gesture: (gesture.held, gesture.presses), reverse=True)

    def fresh(self, frame: Frame, payload: bytes) -> bool:
        """Whether this is another event than the last one; it is the last one from now on."""
        new = self._differs(frame, payload)
        if frame.packet is not None:
            self._packet = frame.packet
        self._events, self._payload = frame.events, payload
        return new

    def _differs(self, frame: Frame, payload: bytes) -> bool:
        if frame.packet is None:
            return payload != self._payload
        if frame.packet != self._packet:
            return True
        return self._events is not None and frame.events != self._events

    def _gesture(self, key: int, code: int, now: float) -> Gesture | None:
        if code == NONE:
            return None
        held_since = self._held_since.pop(key, None)
        if code == HOLD:
            self._held_since[key] = now
        if code == HOLD_RELEASE and held_since is not None and now - held_since < _RELEASE_BELONGS:
            return None
        return gesture(code)
