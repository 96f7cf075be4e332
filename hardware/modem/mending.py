"""What to try when the modem does not answer: gentle steps first, each given the time to work."""

from enum import Enum, auto


class Step(Enum):
    WAIT = auto()
    SWITCH = auto()  # off and on
    RESTART = auto()  # of ModemManager: the only cure seen for a modem that it gave up


# After so many seconds without an answer.
RUNGS = ((10.0, Step.SWITCH), (60.0, Step.RESTART))
WITHOUT_NETWORK = ((300.0, Step.SWITCH),)
AGAIN = 900.0  # s


class Ladder:
    """`again`: seconds after which it starts from the bottom when nothing helped."""

    def __init__(self, rungs: tuple[tuple[float, Step], ...] = RUNGS, again: float = AGAIN) -> None:
        self._rungs = rungs
        self._again = again
        self._since: float | None = None
        self._climbed = 0

    def answered(self) -> None:
        """Whatever was wrong is over."""
        self._since = None
        self._climbed = 0

    def failed(self, now: float) -> Step:
        """What to do now; nothing is done twice, but from the bottom."""
        if self._since is None or now - self._since >= self._again:
            self._since, self._climbed = now, 0
        if self._climbed == len(self._rungs):
            return Step.WAIT
        seconds, step = self._rungs[self._climbed]
        if now - self._since < seconds:
            return Step.WAIT
        self._climbed += 1
        return step
