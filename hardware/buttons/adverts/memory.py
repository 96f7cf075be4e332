"""What one button said last, so that one press is heard once however often the radio repeats it.

A callback of the radio is not a new advert: a changed signal strength delivers the last one again.
"""

from collections.abc import Iterable
from enum import Enum

from hardware.buttons.adverts.bthome import HOLD, HOLD_RELEASE, NONE, Frame, gesture
from hardware.buttons.adverts.sealed import counter_of
from hub.gesture import Gesture

_RELEASE_BELONGS = 60.0  # seconds: a release later than this belongs to a hold that was not heard
_PACKETS = 256  # so many frames on, a packet id may come again
_KEPT = 500  # seals: the store's 200, and what repeats of presses bring


class Memory:
    """One button's packet ids. `packet` is the last one, if it is known from before."""

    def __init__(self, packet: int | None = None) -> None:
        self._packet = packet
        self._events: tuple[int, ...] | None = None
        self._payload: bytes | None = None
        self._held_since: dict[int, float] = {}  # by key

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


class Age(Enum):
    """What the seal of a frame says about when it was made."""

    NEXT = "next"  # its counter follows the last one
    LATER = "later"  # so much later that packet ids may have gone round, or there was none before
    FALLEN = "fallen"  # the counter fell: the battery was changed, or somebody plays back what was not heard
    KNOWN = "known"  # this very frame was heard before


class Seals:
    """One button's sealed presses. `seals`: of those that acted before, the oldest first."""

    def __init__(self, seals: Iterable[bytes] = ()) -> None:
        self._known = dict.fromkeys(seals)
        self._last = counter_of(next(reversed(self._known))) if self._known else None

    def age(self, seal: bytes) -> Age:
        if seal in self._known:
            return Age.KNOWN
        ahead = _PACKETS if self._last is None else counter_of(seal) - self._last
        if ahead <= 0:
            return Age.FALLEN
        return Age.NEXT if ahead < _PACKETS else Age.LATER

    def move_on(self, seal: bytes) -> None:
        """The next frame's counter is higher than this one's."""
        self._last = counter_of(seal)

    def keep(self, seal: bytes) -> None:
        """This frame is not to be heard again."""
        self._known[seal] = None
        if len(self._known) > _KEPT:
            del self._known[next(iter(self._known))]
