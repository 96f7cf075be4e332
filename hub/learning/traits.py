"""What recurs in what a button said: whole values, single bytes, or that a source speaks at all."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from hub.gesture import Kind
from hub.profile import LINK, Meaning, Rule, Signal

DEEPEST = 64  # bytes of a value that are looked at
VARIETY = 6  # a byte with more values than three gestures, rest and two edges need is a counter, a clock or noise


@dataclass(frozen=True, slots=True)
class Span:
    """What was heard while `asked` was done, until `until` (monotonic s); None: nobody touched the button.

    Of an advert only what changed is in it.
    """

    asked: Kind | None
    signals: tuple[Signal, ...]
    until: float


@dataclass(frozen=True, slots=True)
class Trait:
    """A rule without its meaning; `found` are the signals it fits, by their place in the lesson."""

    source: str
    position: int | None
    value: bytes | None
    found: frozenset[int]

    def rule(self, meaning: Meaning) -> Rule:
        return Rule(self.source, meaning, self.position, self.value)


def is_advert(source: str) -> bool:
    """An advert is heard over and over: only a change in it says anything."""
    return not source.startswith("char:")


def signals_of(spans: Iterable[Span]) -> list[Signal]:
    """In the order they were heard; a trait's `found` counts in this list."""
    return [signal for span in spans for signal in span.signals if signal.source != LINK]


def traits(spans: Sequence[Span]) -> list[Trait]:
    """All that recurs in gestures and never at rest."""
    found = _found(signals_of(spans))
    rest = _at_rest(spans)
    return [Trait(*key, frozenset(places)) for key, places in found.items() if not places & rest]


def _found(signals: Sequence[Signal]) -> dict[tuple[str, int | None, bytes | None], set[int]]:
    found: dict[tuple[str, int | None, bytes | None], set[int]] = defaultdict(set)
    telling = _telling_positions(signals)
    for place, signal in enumerate(signals):
        found[signal.source, None, signal.value].add(place)
        found[signal.source, None, None].add(place)
        for position in range(min(len(signal.value), DEEPEST)):
            if (signal.source, position) in telling:
                found[signal.source, position, signal.value[position : position + 1]].add(place)
    return found


def _telling_positions(signals: Sequence[Signal]) -> set[tuple[str, int]]:
    seen: dict[tuple[str, int], set[int]] = defaultdict(set)
    for signal in signals:
        for position, byte in enumerate(signal.value[:DEEPEST]):
            seen[signal.source, position].add(byte)
    return {place for place, values in seen.items() if len(values) <= VARIETY}


def _at_rest(spans: Sequence[Span]) -> set[int]:
    owners = [span.asked for span in spans for signal in span.signals if signal.source != LINK]
    return {place for place, asked in enumerate(owners) if asked is None}
