"""How often codes were tried, by whomever: a few, then ever more slowly, and then no more in this window.

It is counted for the hub, not for each address: an address is changed in a second.
"""

from dataclasses import dataclass

from hub.model import Moment

FREE = 3  # tries without any wait
LONGEST_WAIT = 300.0  # s
MOST = 13  # tries in one window; in each 15 minutes of a hub that is not set up yet
SPAN = 15 * 60.0  # s; of such a window
FORGOTTEN_AFTER = 24 * 3600.0  # s without a try


@dataclass(frozen=True, slots=True)
class Tries:
    """`count`: tries since they were last forgotten, `last`: the moment of the last one; `here`: those of the window
    that began at `since`. Kept in the store as it is.
    """

    count: int = 0
    last: Moment | None = None
    here: int = 0
    since: Moment | None = None

    def wait(self, now: float) -> float:
        """Seconds until a code may be tried; 0: now; infinite: not in this window. `now`: monotonic."""
        if self.last is None or self._forgotten(now):
            return 0.0
        if self.here >= MOST:
            return float("inf")
        if self.count < FREE:
            return 0.0
        pause = min(2.0 ** (self.count - FREE + 1), LONGEST_WAIT)
        return max(0.0, self.last.mono + pause - now)

    def one_more(self, now: Moment) -> "Tries":
        """A code is about to be tried. It counts before anybody knows whether it is right."""
        if self._forgotten(now.mono):
            return Tries(1, now, 1, now)
        return Tries(self.count + 1, now, self.here + 1, self.since)

    def in_new_window(self, now: Moment) -> "Tries":
        """The pauses stay: whoever can open the window again may not begin again."""
        return Tries(self.count, self.last, 0, now)

    def refreshed(self, now: Moment) -> "Tries":
        """On a hub that is not set up: another window begins by itself when one is over."""
        over = self.since is None or now.mono - self.since.mono >= SPAN
        return self.in_new_window(now) if over else self

    def _forgotten(self, now: float) -> bool:
        return self.last is None or now - self.last.mono >= FORGOTTEN_AFTER
