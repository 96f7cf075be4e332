"""The protocols of buttons, one line each: what hears their adverts, how a connection is spoken to, what shows them."""

from collections.abc import Callable
from dataclasses import dataclass

from hardware.buttons.adverts.advert import Advert
from hardware.buttons.adverts.bthome import SERVICE, is_bthome
from hardware.buttons.adverts.bthome_button import BthomeButton
from hardware.buttons.adverts.ear import Ear, NoEar
from hardware.buttons.adverts.learned import LearnedButton
from hardware.buttons.connected.driver import Driver, learned
from hardware.buttons.connected.itag import ITAG
from hub.model import Button
from hub.profile import needs_link

UNKNOWN = "unknown"
_ITAG_SERVICE, _ITAG_NAME = "0000ffe0-0000-1000-8000-00805f9b34fb", "itag"


@dataclass(frozen=True, slots=True)
class Protocol:
    """`ear` makes what hears a button's adverts; `driver`: how it is spoken to, None when its adverts say all.

    `shows`: this advert is of such a button.
    """

    ear: Callable[[Button], Ear]
    driver: Callable[[Button], Driver | None]
    shows: Callable[[Advert], bool]


def _is_bthome(advert: Advert) -> bool:
    payload = advert.service_data.get(SERVICE)
    return payload is not None and is_bthome(payload)


def is_itag(advert: Advert) -> bool:
    """On the path of every stranger's advert."""
    return _ITAG_SERVICE in advert.services or advert.name[:4].lower() == _ITAG_NAME


def _learned_driver(button: Button) -> Driver | None:
    return learned(button.rules) if needs_link(button.rules) else None


PROTOCOLS: dict[str, Protocol] = {
    "bthome": Protocol(BthomeButton, lambda _: None, _is_bthome),
    "itag": Protocol(lambda _: NoEar(), lambda _: ITAG, is_itag),
    "learned": Protocol(LearnedButton, _learned_driver, lambda _: False),
}
_NONE = Protocol(lambda _: NoEar(), lambda _: None, lambda _: False)  # of what a newer hub may have stored


def ear(button: Button) -> Ear:
    """What hears this button's adverts."""
    return PROTOCOLS.get(button.protocol, _NONE).ear(button)


def driver(button: Button) -> Driver | None:
    """How this button is spoken to; None when its adverts say all."""
    return PROTOCOLS.get(button.protocol, _NONE).driver(button)


def recognise(advert: Advert) -> str:
    """The protocol this advert shows, or "unknown"."""
    return next((name for name, protocol in PROTOCOLS.items() if protocol.shows(advert)), UNKNOWN)
