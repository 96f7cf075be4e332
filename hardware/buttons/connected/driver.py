"""How a connected button is spoken to: what it says, what keeps it silent, what shows something to its wearer.

A driver is data. To add one: copy `itag.py`, and enter it in the table of `protocols.py`.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial

from bleak.backends.characteristic import BleakGATTCharacteristic
from bleak.backends.service import BleakGATTServiceCollection
from bleak.uuids import normalize_uuid_16

from hub.gesture import Edge, Gesture
from hub.profile import Rule, actions


def source(service: int, characteristic: int) -> str:
    """The source of what a characteristic with short numbers says, as in hub.profile."""
    return f"char:{normalize_uuid_16(service)}/{normalize_uuid_16(characteristic)}"


BATTERY = source(0x180F, 0x2A19)  # one byte, per cent
_LINK_LOSS = source(0x1803, 0x2A06)  # what it does when the link drops: 0 nothing, 1 and 2 it beeps
_IMMEDIATE_ALERT = source(0x1802, 0x2A06)  # what it does now

# Written as soon as there is a link, so that its loss is never heard, nor an alert that nobody ended.
QUIET: Mapping[str, bytes] = {_LINK_LOSS: b"\x00", _IMMEDIATE_ALERT: b"\x00"}


@dataclass(frozen=True, slots=True)
class Feedback:
    """`on` is written to `source`, and `off` after `seconds`, whatever happens meanwhile."""

    source: str
    on: bytes
    off: bytes
    seconds: float


MILD_ALERT = Feedback(_IMMEDIATE_ALERT, b"\x01", b"\x00", 0.5)


@dataclass(frozen=True, slots=True)
class Driver:
    """`hears`: the sources to listen to; `means`: what a value of one of them says; `quiet`: see above."""

    hears: frozenset[str]
    means: Callable[[str, bytes], Sequence[Gesture | Edge]]
    quiet: Mapping[str, bytes] = field(default_factory=lambda: QUIET)
    feedback: Feedback = MILD_ALERT


def learned(rules: Iterable[Rule]) -> Driver:
    """A button that nobody published, by what was learned of it."""
    rules = tuple(rules)
    told = frozenset(rule.source for rule in rules if rule.source.startswith("char:"))
    return Driver(told, partial(actions, rules))


def sources(services: BleakGATTServiceCollection) -> dict[str, BleakGATTCharacteristic]:
    """Each characteristic by its source, in the order of handles; the second with the same UUIDs ends in "#2"."""
    found: dict[str, BleakGATTCharacteristic] = {}
    met: dict[str, int] = {}
    for one in sorted(services.characteristics.values(), key=lambda one: one.handle):
        name = f"char:{one.service_uuid}/{one.uuid}".lower()
        met[name] = met.get(name, 0) + 1
        found[name if met[name] == 1 else f"{name}#{met[name]}"] = one
    return found
