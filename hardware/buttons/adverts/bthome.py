"""BTHome v2 adverts, plain: from bytes to facts. It knows no scanner and no clock.

    info [address] (id value)*      info: bit 0 sealed, bit 1 an address of 6 bytes follows, bits 5-7 version = 2

An id has a fixed length; behind an unknown id nothing can be read, what came before it stands.
"""

from dataclasses import dataclass

from hub.gesture import Gesture

SERVICE = "0000fcd2-0000-1000-8000-00805f9b34fb"

NONE = 0x00  # "not this key", also what a beacon between two presses says
HOLD = 0x80
HOLD_RELEASE = 0x81
SHELLY_HOLD = 0xFE

_VERSION = 2
_SEALED, _HAS_ADDRESS = 0x01, 0x02
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
    """One advert. `events` has one code for each key."""

    packet: int | None = None
    battery: int | None = None
    events: tuple[int, ...] = ()

    @property
    def idle(self) -> bool:
        """Whether it tells of no key."""
        return not any(self.events)


def is_bthome(payload: bytes) -> bool:
    """Whether this service data is of the version that is understood here."""
    return len(payload) > 0 and payload[0] >> 5 == _VERSION


def is_sealed(payload: bytes) -> bool:
    """Whether it takes the button's key to read it. Of BTHome only."""
    return bool(payload[0] & _SEALED)


def body(payload: bytes) -> int:
    """Where the objects begin, or what was sealed of them."""
    return 7 if payload[0] & _HAS_ADDRESS else 1


def read(objects: bytes, at: int = 0) -> Frame:
    """Read the objects from `at` on: of each we need only the first byte of its value."""
    packet, battery, events = None, None, []
    end = len(objects)
    while at < end:
        kind = objects[at]
        length = LENGTHS.get(kind)
        if length is None or at + length >= end:
            break
        value = objects[at + 1]
        if kind == _BUTTON:
            events.append(value)
        elif kind == _PACKET:
            packet = value
        elif kind == _BATTERY:
            battery = value if value <= 100 else None
        at += 1 + length
    return Frame(packet, battery, tuple(events))


def gesture(code: int) -> Gesture | None:
    """What an event code of a key means; None when nothing happened to that key."""
    return None if code == NONE else _GESTURES.get(code, _UNKNOWN)
