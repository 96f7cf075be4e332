"""What was last heard of one device, in memory only: it shows presence."""

from collections import deque
from itertools import pairwise
from statistics import median_low

from hardware.buttons.adverts.advert import Advert
from hardware.buttons.adverts.ear import Reading
from hub.ports import Sighting

LONGEST_PERIOD = 60.0  # seconds: what comes by itself less often proves nothing in time
_BURST = 1.0  # seconds: a beacon sent several times is one
_LEAST, _MOST = 4, 12  # beacons to measure the period by


class Track:
    """One device. Its beacons are timed from the last press on: one that follows a press may come early."""

    def __init__(self) -> None:
        self.advert: Advert | None = None
        self.alive_at: float | None = None
        self.battery: int | None = None
        self.pressed_at: float | None = None
        self.unreadable = False
        self.period: float | None = None
        self._beacons: deque[float] = deque(maxlen=_MOST)

    def note(self, advert: Advert, reading: Reading) -> None:
        self.advert = advert
        if reading.alive:
            self.alive_at = advert.heard_at
        if reading.battery is not None:
            self.battery = reading.battery
        if reading.unreadable is not None:
            self.unreadable = reading.unreadable
        if reading.presses:
            self.press(advert.heard_at)
        elif reading.beacon:
            self._beacon(advert.heard_at)

    def press(self, now: float) -> None:
        self.pressed_at = now
        self._beacons.clear()

    @property
    def beacon_at(self) -> float | None:
        """When the last one came."""
        return self._beacons[-1] if self._beacons else None

    def sighting(self) -> Sighting | None:
        """None as long as it was not heard."""
        if self.advert is None or self.alive_at is None:
            return None
        return Sighting(self.alive_at, self.advert.rssi, self.battery, self.pressed_at, self.period)

    def _beacon(self, now: float) -> None:
        since = now - self._beacons[-1] if self._beacons else LONGEST_PERIOD
        if since < _BURST:
            return
        if since > LONGEST_PERIOD:
            self._beacons.clear()
        self._beacons.append(now)
        if len(self._beacons) >= _LEAST:
            times = list(self._beacons)
            self.period = median_low(after - before for before, after in pairwise(times))
