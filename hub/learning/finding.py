"""From what a button said at nine gestures to the rules by which it is understood, or why there are none.

Tried, the better first: it tells the gestures apart by itself; it tells clicks, or pressed and released, and the
hub times them; both mixed. Whatever is offered has been rehearsed with all that was heard.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import chain

from hub.gesture import Kind, Timing
from hub.learning.rehearsal import GESTURES, Outcome, deaf_to_repeats, rehearse
from hub.learning.traits import Span, Trait, is_advert, signals_of, traits
from hub.profile import Meaning, Rule

MEANING = {Kind.SINGLE: Meaning.SINGLE, Kind.DOUBLE: Meaning.DOUBLE, Kind.HOLD: Meaning.HOLD}
HIGHEST_FIRST = tuple(reversed(GESTURES))  # the first rule that fits decides
EDGES = {Meaning.CLICK, Meaning.PRESSED, Meaning.RELEASED}
PACES = (Timing(), Timing(pause=1.0), Timing(pause=1.5))  # some people's two presses are slow
TRIED = 12  # traits of one sort
ROLLING = 3  # values of one rule; from here on it is not known what else may fit

Rules = tuple[Rule, ...]
Counts = Sequence[tuple[Kind | None, int]]


@dataclass(frozen=True, slots=True)
class Finding:
    """`key`: "told", or why there are no rules. `again`: the span that goes with no other; without it
    more could be told. `rolling`: what fits changes each time, so that only a long silence proves the rules.
    """

    key: str
    rules: Rules = ()
    timing: Timing = field(default_factory=Timing)
    tells: tuple[Kind, ...] = ()
    others: Mapping[Kind, Kind | None] = field(default_factory=dict)
    rolling: bool = False
    again: int | None = None

    @property
    def timed(self) -> bool:
        return any(rule.meaning in EDGES for rule in self.rules)


def find(spans: Sequence[Span]) -> Finding:
    """The best there is. Pure, and slow enough to be done in a thread."""
    best = _best(spans)
    if best and len(best.tells) == len(GESTURES):
        return best
    wanted = len(best.tells) if best else 0
    for number, span in enumerate(spans):
        without = _best([*spans[:number], *spans[number + 1 :]]) if span.asked else None
        if without and len(without.tells) > wanted:
            return replace(best or _nothing(spans), again=number)
    return best or _nothing(spans)


def _best(spans: Sequence[Span]) -> Finding | None:
    ranked = [
        ((*_worth(rules, outcome), -number), rules, timing, outcome)
        for number, rules in enumerate(_candidates(spans))
        for timing, outcome in _rehearsed(rules, spans)
        if outcome.tells
    ]
    if not ranked:
        return None
    _, rules, timing, outcome = max(ranked, key=lambda one: one[0])
    return Finding("told", rules, timing, outcome.tells, outcome.others, _rolling(rules, spans))


def _worth(rules: Rules, outcome: Outcome) -> tuple[int, ...]:
    """Many gestures, none unheard, nothing besides, and no waiting for what the button says by itself."""
    heard = sum(kind is not None for kind in outcome.others.values())
    at_once = Kind.DOUBLE in outcome.tells and not any(rule.meaning in EDGES for rule in rules)
    return len(outcome.tells), heard, -outcome.extras, at_once


def _rehearsed(rules: Rules, spans: Sequence[Span]) -> Iterator[tuple[Timing, Outcome]]:
    """At the usual pace; slower only if that makes a double of it."""
    for timing in PACES if any(rule.meaning in EDGES for rule in rules) else PACES[:1]:
        outcome = rehearse(rules, timing, spans)
        if outcome is None:
            return
        yield timing, outcome
        if Kind.DOUBLE in outcome.tells:
            return


def _rolling(rules: Rules, spans: Sequence[Span]) -> bool:
    signals = signals_of(spans)
    vague = [rule for rule in rules if rule.meaning in EDGES or rule.value is None]
    fitting = ({s.value for s in signals if rule.fits(s.source, s.value)} for rule in vague)
    return any(len(values) >= ROLLING for values in fitting)


def _nothing(spans: Sequence[Span]) -> Finding:
    asked = [span for span in spans if span.asked]
    if not signals_of(asked):
        return Finding("nothing_said")
    if any(deaf_to_repeats(rules, spans) for rules in _candidates(spans)):
        return Finding("same_again")
    rest = {signal.source for signal in signals_of(span for span in spans if span.asked is None)}
    if {signal.source for signal in signals_of(asked)} <= rest:
        return Finding("never_silent")
    return Finding("untold")


# Candidates, the most specific first.


def _candidates(spans: Sequence[Span]) -> Iterable[Rules]:
    owners = _owners(spans)
    counted = _distinct([(trait, _counts(trait, spans, owners)) for trait in traits(spans)])
    own = {kind: [trait for trait, counts in counted if _only_at(kind, counts)] for kind in GESTURES}
    own[Kind.DOUBLE] += [trait for trait, counts in counted if _at_double_and_hold(counts)]
    often = sorted(counted, key=lambda one: not _as_often_as_pressed(one[1]))
    clicks = [trait for trait, counts in often if _always_at(Kind.SINGLE, counts)][:TRIED]
    every = chain(_by_value(own), _by_clicks(own, clicks), _by_edges(own, counted))
    return [rules for rules in dict.fromkeys(every) if _one_way(rules)]


def _one_way(rules: Rules) -> bool:
    """A button is heard by its adverts or by its link: not by both."""
    return len({is_advert(rule.source) for rule in rules}) == 1


def _by_value(own: Mapping[Kind, Sequence[Trait]]) -> Iterator[Rules]:
    places = dict.fromkeys((trait.source, trait.position) for kind in GESTURES for trait in own[kind])
    for place in places:
        chosen = [_first(kind, [t for t in own[kind] if (t.source, t.position) == place]) for kind in HIGHEST_FIRST]
        yield tuple(rule for rules in chosen for rule in rules)
    yield tuple(rule for kind in HIGHEST_FIRST for rule in _first(kind, own[kind]))


def _by_clicks(own: Mapping[Kind, Sequence[Trait]], clicks: Sequence[Trait]) -> Iterator[Rules]:
    for trait in clicks:
        for meaning in (Meaning.CLICK, Meaning.SINGLE):
            for before in _befores(own):
                yield (*before, trait.rule(meaning))


def _by_edges(own: Mapping[Kind, Sequence[Trait]], counted: Sequence[tuple[Trait, Counts]]) -> Iterator[Rules]:
    pairs = [trait for trait, counts in counted if _as_often_as_pressed(counts)][:TRIED]
    for down in pairs:
        for up in pairs:
            if min(down.found) < min(up.found) and not down.found & up.found:
                for before in _befores(own):
                    yield (*before, down.rule(Meaning.PRESSED), up.rule(Meaning.RELEASED))


def _befores(own: Mapping[Kind, Sequence[Trait]]) -> Iterator[Rules]:
    """Values of their own for the higher gestures, which go before what is said at every press."""
    double, hold = _first(Kind.DOUBLE, own[Kind.DOUBLE]), _first(Kind.HOLD, own[Kind.HOLD])
    yield from ((), hold, double, (*hold, *double))


def _first(kind: Kind, own: Sequence[Trait]) -> Rules:
    return tuple(trait.rule(MEANING[kind]) for trait in own[:1])


def _counts(trait: Trait, spans: Sequence[Span], owners: Sequence[int]) -> Counts:
    """How often it was there, span by span."""
    there = Counter(owners[place] for place in trait.found)
    return [(span.asked, there[number]) for number, span in enumerate(spans)]


def _owners(spans: Sequence[Span]) -> list[int]:
    """For each signal the number of its span."""
    return [number for number, span in enumerate(spans) for _ in signals_of([span])]


def _always_at(kind: Kind, counts: Counts) -> bool:
    return all(count for asked, count in counts if asked is kind)


def _only_at(kind: Kind, counts: Counts) -> bool:
    return all(bool(count) is (asked is kind) for asked, count in counts)


def _at_double_and_hold(counts: Counts) -> bool:
    """A hold that cannot be told from two presses calls for help as they do."""
    return all(bool(count) is (asked in (Kind.DOUBLE, Kind.HOLD)) for asked, count in counts)


def _as_often_as_pressed(counts: Counts) -> bool:
    wanted = {Kind.SINGLE: {1}, Kind.DOUBLE: {2}, Kind.HOLD: {0, 1}}
    return all(count in wanted[asked] for asked, count in counts if asked in wanted)


def _distinct(counted: Sequence[tuple[Trait, Counts]]) -> list[tuple[Trait, Counts]]:
    """Of those that were there at the same times the one that will still fit in a year, the best first."""
    votes = Counter((trait.source, trait.position) for trait, counts in counted if _tells_one(counts))

    def preference(one: tuple[Trait, Counts]) -> tuple[int, int, int]:
        trait, _ = one
        return _sort(trait), -votes[trait.source, trait.position], trait.position or 0

    kept: dict[frozenset[int], tuple[Trait, Counts]] = {}
    for one in sorted(counted, key=preference):
        kept.setdefault(one[0].found, one)
    return list(kept.values())


def _sort(trait: Trait) -> int:
    """One byte goes before a whole value that holds others: those may be a battery's, and then no press would fit."""
    if trait.value is None:
        return 3
    if trait.position is None:
        return 0 if len(trait.value) <= 1 else 2
    return 1


def _tells_one(counts: Counts) -> bool:
    return any(_only_at(kind, counts) for kind in GESTURES)
