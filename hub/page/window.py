"""When the page is there at all: closed, unless somebody who is at the hub has just opened it.

Use prolongs it, up to an hour after the opening. A hub that is not set up yet has no end of it.
"""

from dataclasses import dataclass

LASTS = 15 * 60.0  # s; from the opening, and from the last use
LONGEST = 60 * 60.0  # s; from the opening


@dataclass(slots=True)
class Window:
    """All times are monotonic seconds. `fresh`: the hub is not set up yet, so it is open without end."""

    fresh: bool = False
    opened: float | None = None
    until: float | None = None  # None while closed

    def open(self, now: float) -> None:
        """Also again while it is open: somebody stands at the hub and means it."""
        self.opened, self.until = now, now + LASTS

    def close(self) -> None:
        self.opened = self.until = None

    def use(self, now: float) -> None:
        """A request of whoever is logged in."""
        if self.opened is not None and self.until is not None and now < self.until:
            self.until = max(self.until, min(now + LASTS, self.opened + LONGEST))

    def is_open(self, now: float) -> bool:
        return self.fresh or (self.until is not None and now < self.until)

    def ended(self, now: float) -> bool:
        """Whether its time has just run out; true once."""
        if self.until is None or now < self.until:
            return False
        self.close()
        return not self.fresh
