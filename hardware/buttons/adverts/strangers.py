"""Devices that are not this home's: which of them was just pressed, and which is held close. For pairing only.

Anybody can fill the air with addresses, so there is room for so many; who was not heard for longest makes way.
"""

from collections.abc import Iterator

from hardware.buttons.adverts.advert import Advert
from hardware.buttons.adverts.bthome import SERVICE
from hardware.buttons.adverts.bthome_button import BthomeButton
from hardware.buttons.adverts.track import Track
from hardware.buttons.protocols import is_itag
from hub.model import Button

_MOST = 512  # devices whose last advert is kept
_MOST_BUTTONS = 256
_CLOSE = -55  # dBm
_APPEARS = 60.0  # seconds of silence after which a device is new
_EARLY = 0.75  # of a period: what comes sooner is no beacon
_BURST = 1.0  # seconds: one frame, sent several times


class Strangers:
    """What was heard of each last; `take` costs next to nothing for what is no button."""

    def __init__(self) -> None:
        self._last: dict[str, Advert] = {}
        self._bthome: dict[str, _Bthome] = {}

    def take(self, advert: Advert) -> bool:
        """Whether it is a button that was just pressed, or one that is pressed only by being there."""
        before = self.remember(advert)
        if SERVICE in advert.service_data:
            return self._bthome_at(advert.address).take(advert)
        if is_itag(advert):
            return before is None or advert.heard_at - before.heard_at > _APPEARS
        return False

    def remember(self, advert: Advert) -> Advert | None:
        """Keep it as the last of its device; the one before."""
        before = self._last.pop(advert.address, None)
        self._last[advert.address] = advert
        if len(self._last) > _MOST:
            del self._last[next(iter(self._last))]
        return before

    def last(self, address: str) -> Advert | None:
        return self._last.get(address)

    def battery(self, address: str) -> int | None:
        return self._bthome[address].track.battery if address in self._bthome else None

    def forget(self, address: str) -> Advert | None:
        """It is one of ours from now on; its last advert."""
        self._bthome.pop(address, None)
        return self._last.pop(address, None)

    def close(self, since: float) -> Iterator[Advert]:
        """Whatever was heard since then, from so near that it may be in somebody's hand."""
        return (one for one in self._last.values() if one.heard_at >= since and _CLOSE <= one.rssi < 0)

    def _bthome_at(self, address: str) -> "_Bthome":
        known = self._bthome.pop(address, None) or _Bthome(address)
        self._bthome[address] = known
        if len(self._bthome) > _MOST_BUTTONS:
            del self._bthome[next(iter(self._bthome))]
        return known


class _Bthome:
    """A BTHome device whose key is not known: a sealed press is told from a beacon by coming out of turn."""

    def __init__(self, address: str) -> None:
        self._ear = BthomeButton(Button("", address))
        self.track = Track()

    def take(self, advert: Advert) -> bool:
        reading = self._ear.take(advert)
        pressed = bool(reading.presses) or (reading.unreadable is True and self._out_of_turn(advert.heard_at))
        self.track.note(advert, reading)
        return pressed

    def _out_of_turn(self, now: float) -> bool:
        if self.track.beacon_at is None or self.track.period is None:
            return True
        since = now - self.track.beacon_at
        return since > _APPEARS or _BURST <= since < _EARLY * self.track.period
