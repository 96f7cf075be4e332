"""iTAG and the other fobs with the service FFE0: one byte 01 for each press, no release, no gesture.

Holding it switches most of them off, so they have no hold. They beep when their link drops unless that is silenced:
by the Link Loss service, on some by FFE2. They have no protection at all: a fallback, not a first choice.
"""

from collections.abc import Collection, Sequence

from hardware.buttons.connected.driver import QUIET, Driver, source
from hub.gesture import Edge, Gesture
from hub.profile import ACTIONS, Meaning

_KEY = source(0xFFE0, 0xFFE1)
_BEEP = source(0xFFE0, 0xFFE2)
_ALERT = source(0x1802, 0x2A06)


def is_itag(offers: Collection[str]) -> bool:
    """Whether a connected device that offers these sources is one: FFE0 alone is used by many others."""
    return {_KEY, _ALERT} <= set(offers)


def _means(_source: str, value: bytes) -> Sequence[Gesture | Edge]:
    """Anything but zeros is a press: one that says it in another way is not to be missed."""
    return ACTIONS[Meaning.CLICK] if any(value) else ()


ITAG = Driver(frozenset({_KEY}), _means, {**QUIET, _BEEP: b"\x00"})
