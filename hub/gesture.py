"""From edges in time to gestures: how many presses, and whether the last one was held.

Policy: no press is lost, and a pair that is not listed changes nothing. What a radio repeats of one press is told
apart before it comes here.
"""

from dataclasses import dataclass
from enum import Enum, StrEnum


class Kind(StrEnum):
    """What the response table and the command line call a gesture."""

    SINGLE = "single"
    DOUBLE = "double"
    MANY = "many"  # three or more, and any event a button knows and we do not
    HOLD = "hold"


@dataclass(frozen=True, slots=True)
class Gesture:
    """`presses` counts the presses; `held`: the last of them was still down after `hold_after`."""

    presses: int
    held: bool = False

    @property
    def kind(self) -> Kind:
        if self.held:
            return Kind.HOLD
        return {1: Kind.SINGLE, 2: Kind.DOUBLE}.get(self.presses, Kind.MANY)


class Edge(Enum):
    """What happens to a button whose gestures the hub times."""

    PRESSED = "pressed"
    RELEASED = "released"
    TIMEOUT = "timeout"


class State(Enum):
    IDLE = "idle"  # nothing is going on
    DOWN = "down"  # the button is down, not yet long enough for a hold
    PAUSED = "paused"  # released; another press may follow
    HELD = "held"  # the hold was reported, the button is still down


TRANSITIONS: dict[tuple[State, Edge], State] = {
    (State.IDLE, Edge.PRESSED): State.DOWN,
    (State.DOWN, Edge.RELEASED): State.PAUSED,
    (State.DOWN, Edge.TIMEOUT): State.HELD,
    (State.DOWN, Edge.PRESSED): State.DOWN,  # the release was lost on the way: a further press, held from now
    (State.PAUSED, Edge.PRESSED): State.DOWN,
    (State.PAUSED, Edge.TIMEOUT): State.IDLE,
    (State.HELD, Edge.RELEASED): State.IDLE,
    (State.HELD, Edge.PRESSED): State.DOWN,  # here too
}


@dataclass(frozen=True, slots=True)
class Timing:
    """Seconds. `hold_after`: down for so long is a hold. `pause`: silence that ends a series of presses."""

    hold_after: float = 1.0
    pause: float = 0.6


class GestureRecognizer:
    """One button. `now` is monotonic seconds; call `tick` at `deadline`, later is harmless. `timing` may change."""

    def __init__(self, timing: Timing | None = None) -> None:
        self.timing = timing or Timing()
        self._state = State.IDLE
        self._since = 0.0
        self._presses = 0

    @property
    def deadline(self) -> float | None:
        """When `tick` is due, if nothing else happens."""
        wait = {State.DOWN: self.timing.hold_after, State.PAUSED: self.timing.pause}.get(self._state)
        return None if wait is None else self._since + wait

    def feed(self, edge: Edge, now: float) -> list[Gesture]:
        """Take one edge; a timeout that was due before it fires first."""
        return self.tick(now) + self._step(edge, now)

    def tick(self, now: float) -> list[Gesture]:
        """Fire the timeout if it is due."""
        if self.deadline is None or now < self.deadline:
            return []
        return self._step(Edge.TIMEOUT, self.deadline)

    def _step(self, edge: Edge, now: float) -> list[Gesture]:
        before = self._state
        after = TRANSITIONS.get((before, edge))
        if after is None:
            return []
        self._state, self._since = after, now
        if after is State.DOWN:
            self._presses += 1
        return self._finished(before, edge)

    def _finished(self, before: State, edge: Edge) -> list[Gesture]:
        if edge is not Edge.TIMEOUT:
            return []
        presses, self._presses = self._presses, 0
        return [Gesture(presses, held=before is State.DOWN)]
