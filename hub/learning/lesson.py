"""One lesson: listens to the device at rest, asks for nine gestures, has them weighed, listens once more.

Pure: `now` is monotonic seconds; call `tick` at `deadline`, later is harmless. Signals come to `hear`. In WEIGHING
the caller finds (`hub.learning.finding.find`) in `evidence` and brings the finding to `weigh`.
"""

from enum import Enum

from hub.gesture import Kind
from hub.learning.finding import Finding
from hub.learning.habit import Habit
from hub.learning.times import Times
from hub.learning.traits import Span, is_advert
from hub.profile import LINK, Signal

S, D, H = Kind.SINGLE, Kind.DOUBLE, Kind.HOLD
ORDER = (S, D, H, D, H, S, D, H, S)  # with S D H in each round a counter of two bits would pass for the gesture

TRIES = 3
MOST_SIGNALS = 250  # of one gesture, or of rest
MOST_AGAIN = 1


class Phase(Enum):
    LOOKING = "looking"  # not heard yet
    RESTING = "resting"  # nobody touches it, to know what it says unasked
    ASKING = "asking"  # one gesture after the other
    WEIGHING = "weighing"  # the caller finds
    PROVING = "proving"  # nobody touches it: no press may be heard now
    FOUND = "found"
    FAILED = "failed"


ENDED = (Phase.FOUND, Phase.FAILED)


class Lesson:
    """`linked` is None until it is known; `hint` and `failure` name sentences; `finding` is the latest."""

    def __init__(self, now: float, times: Times | None = None) -> None:
        self._times = times or Times()
        self.phase = Phase.LOOKING
        self.linked: bool | None = None
        self.finding: Finding | None = None
        self.hint = self.failure = ""
        self._began = self._since = now
        self._order = list(ORDER)
        self._todo = list(range(len(ORDER)))
        self._samples: dict[int, Span] = {}  # the latest last
        self._rest: list[Span] = []
        self._habit = Habit()
        self._last: dict[str, bytes] = {}
        self._signals: list[Signal] = []  # of this phase or gesture
        self._first: float | None = None  # of what stands out
        self._latest = self._surprised = now
        self._missed: set[Kind] = set()
        self._tries = self._again = 0
        self._proved = 0.0

    @property
    def asked(self) -> Kind | None:
        return self._order[self._todo[0]] if self.phase is Phase.ASKING else None

    @property
    def done(self) -> int:
        return len(self._order) - len(self._todo)

    @property
    def of(self) -> int:
        """How many gestures there are to do; one that did not go with the others makes them more."""
        return len(self._order)

    @property
    def heard(self) -> bool:
        """Whether the gesture that is asked for is being heard."""
        return self.phase is Phase.ASKING and self._first is not None

    @property
    def ended(self) -> bool:
        return self.phase in ENDED

    @property
    def evidence(self) -> tuple[Span, ...]:
        return tuple(sorted([*self._rest, *self._samples.values()], key=lambda span: span.until))

    @property
    def deadline(self) -> float | None:
        return None if self.ended else min(self._due(), self._began + self._times.longest)

    def hear(self, signal: Signal) -> None:
        """Take one signal; what was due before it happens first."""
        self.tick(signal.at)
        if self.ended:
            return
        if signal.source == LINK:
            self._take_link(signal)
        elif self._is_new(signal):
            self._signals.append(signal)
            self._note(signal)

    def tick(self, now: float) -> None:
        while (deadline := self.deadline) is not None and now >= deadline:
            if deadline >= self._began + self._times.longest:
                self.fail("too_long")
            else:
                self._timeout(deadline)

    def weigh(self, finding: Finding, now: float) -> None:
        """What was found in the evidence."""
        if self.phase is not Phase.WEIGHING:
            return
        self._rested(now)
        self.finding = finding
        wanted = self._times.proving_rolling if finding.rolling else self._times.proving
        if finding.again is not None and self._again < MOST_AGAIN:
            self._ask_again(finding.again, now)
        elif not finding.rules:
            self.fail(self._why(finding))
        elif self._proved >= wanted:
            self.phase = Phase.FOUND
        else:
            self._proved = wanted
            self._enter(Phase.PROVING, now)

    def undo(self, now: float) -> None:
        """The last gesture went wrong: ask for it again."""
        if self.phase is Phase.ASKING and self._samples:
            last, _ = self._samples.popitem()
            self._todo.insert(0, last)
            self._ask(now)

    def fail(self, why: str) -> None:
        if not self.ended:
            self.phase, self.failure = Phase.FAILED, why

    # What happens in each phase.

    def _take_link(self, signal: Signal) -> None:
        self.linked = signal.value == b"\x01"
        if self.phase is Phase.LOOKING:
            self._enter(Phase.RESTING, signal.at)
            self._surprised = signal.at

    def _is_new(self, signal: Signal) -> bool:
        """An advert is heard many times over; and whoever fills the air must not fill the memory."""
        if is_advert(signal.source):
            if self._last.get(signal.source) == signal.value:
                return False
            self._last[signal.source] = signal.value
        return len(self._signals) < MOST_SIGNALS

    def _note(self, signal: Signal) -> None:
        if self.phase is Phase.RESTING and not self._is_rest(signal):
            self._habit.meet(signal)
        elif self.phase is Phase.RESTING and self._habit.learn(signal):
            self._surprised = max(self._surprised, signal.at)
        if self.phase is Phase.ASKING and self._habit.breaks(signal):
            self._first = signal.at if self._first is None else self._first
            self._latest, self.hint = signal.at, ""

    def _is_rest(self, signal: Signal) -> bool:
        """Said unasked: as its greeting at a connection, or after whatever woke it up."""
        if self.linked and not is_advert(signal.source) and signal.at < self._since + self._times.greeting:
            return True
        return signal.at >= self._since + self._times.settling

    def _due(self) -> float:
        if self.phase is Phase.LOOKING:
            return self._since + self._times.looking
        if self.phase is Phase.RESTING:
            rest = self._times.rest_linked if self.linked else self._times.rest
            calm = max(self._since + self._times.settling, self._surprised) + rest
            return min(calm, self._since + self._times.rest_most)
        if self.phase is Phase.PROVING:
            return self._since + self._proved
        if self.phase is Phase.WEIGHING:
            return self._began + self._times.longest
        return self._sample_due()

    def _sample_due(self) -> float:
        if self._first is None:
            return self._since + self._times.waiting
        least = self._first + (self._times.holding if self.asked is Kind.HOLD else 0.0)
        return min(max(least, self._latest + self._times.quiet), self._first + self._times.sample_most)

    def _timeout(self, now: float) -> None:
        if self.phase is Phase.LOOKING:
            self.fail("not_heard")
        elif self.phase is Phase.RESTING:
            self._signals = [signal for signal in self._signals if self._is_rest(signal)]
            self._rested(now)
            self._ask(now)
        elif self.phase is Phase.PROVING:
            self._rested(now)
            self._enter(Phase.WEIGHING, now)
        elif self._first is not None:
            self._take_sample(now)
        elif self._tries + 1 >= TRIES or self.asked in self._missed:
            self._miss(now)
        else:
            self._tries += 1
            self._since, self.hint = now, "again"

    def _miss(self, now: float) -> None:
        """It seems that this gesture is not to be heard; that is worth knowing too."""
        assert self.asked is not None
        self._missed.add(self.asked)
        if len(self._missed) == len(set(ORDER)) == self.done + 1:
            self.fail(self._why(Finding("nothing_said")))
        else:
            self._take_sample(now)

    def _take_sample(self, now: float) -> None:
        number, asked = self._todo[0], self.asked
        self._samples[number] = Span(asked, tuple(self._signals), now)
        self._todo.pop(0)
        if self._todo:
            self._ask(now)
        else:
            self._enter(Phase.WEIGHING, now)

    def _ask(self, now: float, hint: str = "") -> None:
        self._tries, self.hint = 0, hint
        self._enter(Phase.ASKING, now)

    def _ask_again(self, place: int, now: float) -> None:
        """Twice, with another one between: right once may be luck."""
        odd = self.evidence[place]
        number = next(number for number, span in self._samples.items() if span is odd)
        del self._samples[number]
        kind = self._order[number]
        other = next(one for one in ORDER if one is not kind)
        self._todo = [number, len(self._order), len(self._order) + 1]
        self._order += [other, kind]
        self._again += 1
        self._ask(now, "odd_one")

    def _enter(self, phase: Phase, now: float) -> None:
        self.phase, self._since, self._first, self._signals = phase, now, None, []

    def _rested(self, now: float) -> None:
        """Nobody touched it until now."""
        self._rest.append(Span(None, tuple(self._signals), now))
        self._signals = []

    def _why(self, finding: Finding) -> str:
        if finding.key != "nothing_said":
            return finding.key
        return "says_nothing" if self.linked else "never_changes"
