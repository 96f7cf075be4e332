"""From adverts of any device to presses of the home's own buttons, and what else there is to be seen of buttons."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from hardware.buttons.adverts.advert import Advert
from hardware.buttons.adverts.bthome import SERVICE, is_bthome, is_sealed
from hardware.buttons.adverts.ear import Ear
from hardware.buttons.adverts.sealed import fits
from hardware.buttons.adverts.strangers import Strangers
from hardware.buttons.adverts.track import Track
from hardware.buttons.protocols import ear, recognise
from hub.model import Button
from hub.ports import Heard, Press, Sighting

__all__ = ["Advert", "Hearing"]

_RECENT = 120.0  # seconds
_MOST = 256  # strangers remembered as pressed
_SETTLING = 60.0  # seconds; after one the radio has BlueZ tell of everything anew


@dataclass(slots=True)
class _Watched:
    button: Button
    ear: Ear
    track: Track

    def is_still(self, button: Button) -> bool:
        """Whether what was heard of it goes on to count; names and counters do not matter to that."""
        known = self.button
        return (known.protocol, known.key, known.rules) == (button.protocol, button.key, button.rules)


class Hearing:
    """All buttons within range. The home's own are named by `watch`; strangers are only shown."""

    def __init__(self) -> None:
        self._watched: dict[str, _Watched] = {}
        self._strangers = Strangers()
        self._recent: dict[str, Heard] = {}
        self._settles_at = float("inf")

    def begin(self, now: float) -> None:
        """The radio begins to listen."""
        self._settles_at = now + _SETTLING

    def watch(self, buttons: Iterable[Button]) -> None:
        """Report these only. What was heard meanwhile is newer than their counters, and never reported later."""
        wanted = {button.address: button for button in buttons}
        for address in self._watched.keys() - wanted.keys():
            if advert := self._watched.pop(address).track.advert:
                self._strangers.remember(advert)
        for address, button in wanted.items():
            known = self._watched.get(address)
            if known is None or not known.is_still(button):
                self._watched[address] = self._begin(address, button, known)

    def take(self, advert: Advert, hear: Callable[[Press], None]) -> None:
        """Read one advert; a press of the home's own button is told before anything else is done."""
        watched = self._watched.get(advert.address)
        if watched is None:
            if self._strangers.take(advert):
                self._show(advert, recognise(advert), self._strangers.battery(advert.address))
            return
        if advert.heard_at >= self._settles_at:
            self._settle()
        reading = watched.ear.take(advert)
        for press in reading.presses:
            hear(press)
        watched.track.note(advert, reading)
        if reading.presses:
            self._show(advert, watched.button.protocol, watched.track.battery)

    def pressed(self, address: str, now: float) -> None:
        """A button that is connected was pressed: its adverts do not show it."""
        watched = self._watched.get(address)
        if watched is None:
            return
        watched.track.press(now)
        last = watched.track.advert or Advert(address, now)
        self._show(last._replace(heard_at=now), watched.button.protocol, watched.track.battery)

    def recent(self, now: float, near: bool = False) -> list[Heard]:
        """Buttons pressed in the last two minutes, newest first; `near`: and what is held close to the hub."""
        since = now - _RECENT
        heard = {address: one for address, one in self._recent.items() if one.heard_at >= since}
        if near:
            close = {advert.address: self._heard(advert) for advert in self._strangers.close(since)}
            heard = close | heard
        return sorted(heard.values(), key=lambda one: one.heard_at, reverse=True)

    def seen(self) -> dict[str, Sighting]:
        """Each watched button that was heard, a beacon included."""
        sightings = {address: watched.track.sighting() for address, watched in self._watched.items()}
        return {address: sighting for address, sighting in sightings.items() if sighting}

    def unreadable(self) -> frozenset[str]:
        """The watched buttons whose last frame was sealed with a key that is not ours: they cannot call."""
        return frozenset(address for address, watched in self._watched.items() if watched.track.unreadable)

    def fits(self, address: str, key: bytes) -> bool | None:
        """Whether this key opens what the button sent last; None when nothing sealed was heard of it."""
        watched = self._watched.get(address)
        advert = watched.track.advert if watched else self._strangers.last(address)
        payload = advert.service_data.get(SERVICE, b"") if advert else b""
        return fits(address, key, payload) if is_bthome(payload) and is_sealed(payload) else None

    def _settle(self) -> None:
        self._settles_at = float("inf")
        for watched in self._watched.values():
            watched.ear.settle()

    def _begin(self, address: str, button: Button, known: _Watched | None) -> _Watched:
        began = _Watched(button, ear(button), known.track if known else Track())
        if advert := known.track.advert if known else self._strangers.forget(address):
            began.track.note(advert, began.ear.take(advert)._replace(presses=()))  # what it says already is no news
        return began

    def _heard(self, advert: Advert) -> Heard:
        protocol, battery = recognise(advert), self._strangers.battery(advert.address)
        return Heard(advert.address, advert.name, protocol, advert.rssi, advert.heard_at, battery)

    def _show(self, advert: Advert, protocol: str, battery: int | None) -> None:
        self._recent.pop(advert.address, None)
        if len(self._recent) >= _MOST:
            del self._recent[next(iter(self._recent))]
        self._recent[advert.address] = Heard(
            advert.address, advert.name, protocol, advert.rssi, advert.heard_at, battery
        )
