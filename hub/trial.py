"""A button that is tried while a hub is being set up: its gestures are shown, and tell nobody. Pure."""

from dataclasses import dataclass

from hub.gesture import Kind

SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class Shown:
    """A gesture that was recognised; `at` is monotonic."""

    kind: Kind
    at: float


class Trial:
    """One button for one minute, which begins anew each time it is asked for; `now` is monotonic."""

    def __init__(self) -> None:
        self.shown: list[Shown] = []
        self._button = ""
        self._until = float("-inf")

    def begin(self, button: str, now: float) -> None:
        """`button`: its address."""
        if not self.is_of(button) or self.left(button, now) <= 0:
            self.shown = []
        self._button, self._until = button, now + SECONDS

    def left(self, button: str, now: float) -> float:
        """For how many seconds its presses are shown only."""
        return max(0.0, self._until - now) if self.is_of(button) else 0.0

    def is_of(self, button: str) -> bool:
        """Whether `shown` is of this one."""
        return button == self._button

    def takes(self, button: str, kind: Kind, now: float) -> bool:
        """Whether this press is one to be shown, and no call for help."""
        if self.left(button, now) <= 0:
            return False
        self.shown.append(Shown(kind, now))
        return True
