"""What to try next when the radio hears nothing: gentle steps first, and none faster than it can work."""

from enum import StrEnum


class Step(StrEnum):
    """The values of the two recoveries are the words that hardware/buttons/recovery.py understands."""

    SCAN = "scan"  # a new scanner
    ADAPTER = "adapter"  # reset the adapter
    BLUETOOTHD = "bluetoothd"  # restart bluetooth.service
    TELL = "tell"  # nothing helped: people have to


# After so many failures in a row.
RUNGS = ((2, Step.ADAPTER), (5, Step.BLUETOOTHD), (6, Step.TELL))


class Ladder:
    """`pace`: failures within so many seconds are one failure. `pause`: seconds that a recovery is given to work.
    `again`: seconds after which it starts from the bottom when nothing helped. `alone`: of the pause, the first
    seconds in which nobody else touches the adapter.
    """

    def __init__(self, pace: float = 5.0, pause: float = 60.0, again: float = 900.0) -> None:
        self._pace = pace
        self.pause = pause
        self.alone = pause / 4
        self._again = again
        self._failures = 0
        self._counted_at = float("-inf")
        self._rung = 0
        self._stepped_at = float("-inf")

    def heard(self) -> None:
        """An advert was heard: whatever was wrong is over. The pause of a recovery holds all the same."""
        self._failures = self._rung = 0

    def failed(self, now: float) -> Step:
        """A scan did not start, ended, or fell silent; what to do before the next one."""
        if now - self._counted_at >= self._pace:
            self._failures += 1
            self._counted_at = now
        if self._rung == len(RUNGS):
            return self._from_the_bottom(now)
        failures, step = RUNGS[self._rung]
        if self._failures < failures or now - self._stepped_at < self.pause:
            return Step.SCAN
        self._rung += 1
        self._stepped_at = now
        return step

    def _from_the_bottom(self, now: float) -> Step:
        if now - self._stepped_at >= self._again:
            self._failures, self._rung = 1, 0
        return Step.SCAN
