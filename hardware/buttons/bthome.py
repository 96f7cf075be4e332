"""BTHome v2 adverts, plain: from bytes to facts. It knows no scanner and no clock.

    info (id value)*      info: bit 0 encrypted, bit 1 an address of 6 bytes follows, bits 5-7 version = 2

An id has a fixed length; behind an unknown id nothing can be read, what came before it stands.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from hub.gesture import Gesture

SERVICE = "0000fcd2-0000-1000-8000-00805f9b34fb"

NONE = 0x00  # "not this key", also what a beacon between two presses says
HOLD = 0x80
HOLD_RELEASE = 0x81
SHELLY_HOLD = 0xFE

_VERSION = 2
_ENCRYPTED, _HAS_ADDRESS = 0x01, 0x02
_PACKET, _BATTERY, _BUTTON = 0x00, 0x01, 0x3A

_BYTES_1 = (0x00, 0x01, 0x09, 0x0F, 0x10, 0x11, *range(0x15, 0x30), 0x3A)
_BYTES_2 = (0x02, 0x03, 0x06, 0x07, 0x08, 0x0C, 0x0D, 0x0E, 0x12, 0x13, 0x14)
_BYTES_3 = (0x04, 0x05, 0x0A, 0x0B)
# Ids come in ascending order, so what lies behind the keys (0x3A) need not be readable.
LENGTHS = {kind: length for length, kinds in enumerate((_BYTES_1, _BYTES_2, _BYTES_3), start=1) for kind in kinds}

_GESTURES: dict[int, Gesture] = {
    0x01: Gesture(1),
    0x02: Gesture(2),
    0x03: Gesture(3),
    0x04: Gesture(1, held=True),
    0x05: Gesture(2, held=True),
    0x06: Gesture(3, held=True),
    HOLD: Gesture(1, held=True),
    HOLD_RELEASE: Gesture(1, held=True),  # its HOLD was lost on the way; see Memory when it was not
    SHELLY_HOLD: Gesture(1, held=True),
}
_UNKNOWN = Gesture(3)  # a button that says something we do not know is never ignored: rescue at least


@dataclass(frozen=True, slots=True)
class Frame:
    """One advert. `events` has one code for each key; `encrypted`: nothing else could be read."""

    packet: int | None = None
    battery: int | None = None
    events: tuple[int, ...] = ()
    encrypted: bool = False


def decode(payload: bytes) -> Frame | None:
    """Read the service data; None when it is not BTHome version 2."""
    if not payload or payload[0] >> 5 != _VERSION:
        return None
    if payload[0] & _ENCRYPTED:
        return Frame(encrypted=True)
    packet, battery, events = None, None, []
    for kind, value in _objects(payload, 7 if payload[0] & _HAS_ADDRESS else 1):
        if kind == _PACKET:
            packet = value
        elif kind == _BATTERY:
            battery = value if value <= 100 else None
        elif kind == _BUTTON:
            events.append(value)
    return Frame(packet, battery, tuple(events))


def gesture(code: int) -> Gesture | None:
    """What an event code of a key means; None when nothing happened to that key."""
    return None if code == NONE else _GESTURES.get(code, _UNKNOWN)


def _objects(payload: bytes, at: int) -> Iterator[tuple[int, int]]:
    """Each readable object: its id and the first byte of its value, all we need of any."""
    while at < len(payload):
        length = LENGTHS.get(payload[at])
        if length is None or at + length >= len(payload):
            return
        yield payload[at], payload[at + 1]
        at += 1 + length
