"""The protocols of buttons, one line each: what hears them, what they look like, whether they have to be connected."""

from collections.abc import Callable
from dataclasses import dataclass

from hardware.buttons.advert import Advert
from hardware.buttons.bthome import SERVICE, is_bthome
from hardware.buttons.bthome_button import BthomeButton
from hardware.buttons.ear import Ear, NoEar
from hardware.buttons.learned import LearnedButton
from hub.model import Button
from hub.profile import needs_link

UNKNOWN = "unknown"
ITAG_SERVICE = "0000ffe0-0000-1000-8000-00805f9b34fb"
ITAG_NAME = "itag"


@dataclass(frozen=True, slots=True)
class Protocol:
    """`ear` makes what hears a button's adverts; `shows`: an advert is of such a button; `linked`: it is connected."""

    ear: Callable[[Button], Ear]
    shows: Callable[[Advert], bool]
    linked: Callable[[Button], bool]


def _is_bthome(advert: Advert) -> bool:
    payload = advert.service_data.get(SERVICE)
    return payload is not None and is_bthome(payload)


def _is_itag(advert: Advert) -> bool:
    return ITAG_SERVICE in advert.services or advert.name[:4].lower() == ITAG_NAME


PROTOCOLS: dict[str, Protocol] = {
    "bthome": Protocol(BthomeButton, _is_bthome, linked=lambda _: False),
    "itag": Protocol(lambda _: NoEar(), _is_itag, linked=lambda _: True),
    "learned": Protocol(LearnedButton, lambda _: False, linked=lambda button: needs_link(button.rules)),
}
_NONE = Protocol(lambda _: NoEar(), lambda _: False, linked=lambda _: False)  # what a newer hub may have stored


def ear_of(button: Button) -> Ear:
    """What hears this button's adverts."""
    return PROTOCOLS.get(button.protocol, _NONE).ear(button)


def is_linked(button: Button) -> bool:
    """Whether this button has to be connected to be heard."""
    return PROTOCOLS.get(button.protocol, _NONE).linked(button)


def recognise(advert: Advert) -> str:
    """The protocol this advert shows, or "unknown"."""
    return next((name for name, protocol in PROTOCOLS.items() if protocol.shows(advert)), UNKNOWN)
