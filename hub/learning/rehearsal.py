"""Plays a lesson back through the rules, as the hub would hear it: no rule is kept that was not seen to work.

Policy: upwards, never beyond. A gesture counts as told if the highest that was raised is the one that was asked;
lower ones before it, and the same one again, do no harm (within ten seconds they are only logged in the open
incident). Nothing may come of rest, and no gesture may come out as more than it was.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from hub.gesture import Edge, Gesture, GestureRecognizer, Kind, Timing
from hub.learning.traits import Span, is_advert
from hub.profile import LINK, Rule, actions

GESTURES = (Kind.SINGLE, Kind.DOUBLE, Kind.HOLD)
HEIGHT = {Kind.SINGLE: 1, Kind.DOUBLE: 2, Kind.MANY: 2, Kind.HOLD: 3}
JOINED = 9.0  # s; what comes later of the same press would be told to people again


@dataclass(frozen=True, slots=True)
class Raised:
    """`timed`: the hub made it out of edges."""

    kind: Kind
    at: float
    timed: bool


@dataclass(frozen=True, slots=True)
class Outcome:
    """`tells`: the gestures that come out as themselves; `extras`: how many came out beyond the one asked for.

    `others`: what the other gestures come out as; None if that is not the same each time, or nothing.
    """

    tells: tuple[Kind, ...]
    others: Mapping[Kind, Kind | None]
    extras: int


def rehearse(rules: Sequence[Rule], timing: Timing, spans: Sequence[Span]) -> Outcome | None:
    """None: these rules would do harm."""
    if deaf_to_repeats(rules, spans):
        return None
    played = [(span.asked, raised) for span, raised in zip(spans, _play(rules, timing, spans), strict=True)]
    if any(_harmful(asked, raised) for asked, raised in played):
        return None
    tops = {kind: [_top(raised) for asked, raised in played if asked is kind] for kind in GESTURES}
    clean = {kind: all(_one_press(raised) for asked, raised in played if asked is kind) for kind in GESTURES}
    tells = tuple(kind for kind in GESTURES if clean[kind] and set(tops[kind]) == {kind})
    others = {kind: _only(tops[kind]) for kind in GESTURES if kind not in tells}
    extras = sum(len(raised) - 1 for asked, raised in played if asked in tells)
    return Outcome(tells, others, extras)


def _play(rules: Sequence[Rule], timing: Timing, spans: Sequence[Span]) -> list[list[Raised]]:
    recognizer = GestureRecognizer(timing)
    return [_play_span(rules, recognizer, span) for span in spans]


def _play_span(rules: Sequence[Rule], recognizer: GestureRecognizer, span: Span) -> list[Raised]:
    raised: list[Raised] = []
    for signal in span.signals:
        for action in () if signal.source == LINK else actions(rules, signal.source, signal.value):
            if isinstance(action, Edge):
                raised += [Raised(g.kind, signal.at, True) for g in recognizer.feed(action, signal.at)]
            else:
                raised.append(_whole(action, signal.at))
    return raised + [Raised(g.kind, span.until, True) for g in recognizer.tick(span.until)]


def _whole(gesture: Gesture, at: float) -> Raised:
    return Raised(gesture.kind, at, timed=False)


def _harmful(asked: Kind | None, raised: Sequence[Raised]) -> bool:
    if asked is None:
        return bool(raised)
    if any(HEIGHT[one.kind] > HEIGHT[asked] for one in raised):
        return True
    if asked is Kind.SINGLE and not _one_press(raised):
        return True
    whole = [one.at for one in raised if not one.timed]
    return bool(whole) and whole[-1] - whole[0] > JOINED


def _one_press(raised: Sequence[Raised]) -> bool:
    """What the hub times comes out once, else two quick presses would be taken for four."""
    return sum(one.timed for one in raised) <= 1


def _top(raised: Sequence[Raised]) -> Kind | None:
    return max((one.kind for one in raised), key=HEIGHT.__getitem__, default=None)


def _only(kinds: Sequence[Kind | None]) -> Kind | None:
    return kinds[0] if len(set(kinds)) == 1 else None


def deaf_to_repeats(rules: Sequence[Rule], spans: Sequence[Span]) -> bool:
    """Whether an advert says at a press what it went on saying after another: it would not have changed."""
    for source in {rule.source for rule in rules if is_advert(rule.source)}:
        heard = [values for span in spans if (values := _values(span, source))]
        for number, values in enumerate(heard):
            others = heard[:number] + heard[number + 1 :]
            if actions(rules, source, values[0]) and values[0] in {other[-1] for other in others}:
                return True
    return False


def _values(span: Span, source: str) -> list[bytes]:
    return [signal.value for signal in span.signals if signal.source == source]
