"""What a button says, and what was learned of it: data for a button whose protocol is not published."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from hub.gesture import Edge, Gesture

LINK = "link"  # the source of a signal that says whether there is a connection: b"\x01" or b"\x00"


@dataclass(frozen=True, slots=True)
class Signal:
    """Something a device said; `at` is monotonic seconds.

    `source`: "service:<uuid>" or "maker:<4 hex digits>" for data of an advert, "char:<service uuid>/<uuid>" for a
    notification, or LINK. UUIDs are written in full, in lower case.
    """

    source: str
    value: bytes
    at: float


class Meaning(StrEnum):
    """What a signal stands for. CLICK is a press whose release is not told."""

    SINGLE = "single"
    DOUBLE = "double"
    HOLD = "hold"
    CLICK = "click"
    PRESSED = "pressed"
    RELEASED = "released"


ACTIONS: dict[Meaning, tuple[Gesture | Edge, ...]] = {
    Meaning.SINGLE: (Gesture(1),),
    Meaning.DOUBLE: (Gesture(2),),
    Meaning.HOLD: (Gesture(1, held=True),),
    Meaning.CLICK: (Edge.PRESSED, Edge.RELEASED),
    Meaning.PRESSED: (Edge.PRESSED,),
    Meaning.RELEASED: (Edge.RELEASED,),
}


@dataclass(frozen=True, slots=True)
class Rule:
    """`value` at `position` of what `source` says; position None: it is all it says; value None: whatever it says."""

    source: str
    meaning: Meaning
    position: int | None = None
    value: bytes | None = None

    def fits(self, source: str, value: bytes) -> bool:
        if source != self.source:
            return False
        if self.value is None:
            return True
        if self.position is None:
            return value == self.value
        return value[self.position : self.position + len(self.value)] == self.value


def actions(rules: Iterable[Rule], source: str, value: bytes) -> Sequence[Gesture | Edge]:
    """What this value means: the first rule that fits says it."""
    return next((ACTIONS[rule.meaning] for rule in rules if rule.fits(source, value)), ())


def needs_link(rules: Iterable[Rule]) -> bool:
    """Whether the button has to be connected to be heard."""
    return any(rule.source.startswith("char:") for rule in rules)
