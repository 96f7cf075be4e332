"""What a device says when nobody touches it, so that what it says at a press stands out."""

from hub.profile import Signal

Shape = tuple[str, int]  # a source, and how long its value is


class Habit:
    """Bytes that change by themselves (counters, clocks, batteries) are not looked at."""

    def __init__(self) -> None:
        self._usual: dict[Shape, bytes] = {}
        self._moving: dict[Shape, set[int]] = {}
        self._met: dict[str, bytes] = {}

    def meet(self, signal: Signal) -> None:
        """From the beginning, when the press that woke it up may still be on the air: it may come back to the last."""
        self._met[signal.source] = signal.value

    def learn(self, signal: Signal) -> bool:
        """From rest; whether it was not known yet."""
        if not self._changes(signal):
            return False
        shape = (signal.source, len(signal.value))
        usual = self._usual.setdefault(shape, signal.value)
        moved = {place for place, byte in enumerate(signal.value) if byte != usual[place]}
        self._moving.setdefault(shape, set()).update(moved)
        return True

    def breaks(self, signal: Signal) -> bool:
        """Whether the device never says this at rest."""
        return self._met.get(signal.source) != signal.value and self._changes(signal)

    def _changes(self, signal: Signal) -> bool:
        shape = (signal.source, len(signal.value))
        usual = self._usual.get(shape)
        if usual is None:
            return True
        moving = self._moving[shape]
        return any(byte != usual[place] for place, byte in enumerate(signal.value) if place not in moving)
