"""What listens to the adverts of one watched button. To add a protocol: copy the nearest ear, enter it in the table."""

from collections.abc import Sequence
from typing import NamedTuple, Protocol

from hardware.buttons.adverts.advert import Advert
from hub.ports import Press


class Reading(NamedTuple):
    """What one advert tells. `beacon`: it is new, and no press made it; `unreadable`: None when it says neither;
    `alive`: it proves that the button is there, not somebody who imitates it.
    """

    presses: Sequence[Press] = ()
    battery: int | None = None
    beacon: bool = False
    unreadable: bool | None = None
    alive: bool = True


NOTHING = Reading()  # what was heard before, or does not concern this button


class Ear(Protocol):
    """Remembers what its button said last: a callback of the radio is not a new advert."""

    def take(self, advert: Advert) -> Reading:
        """The path of a press: never raises, whatever the bytes are."""

    def settle(self) -> None:
        """Whatever BlueZ remembered from before the hub started it has said by now."""


class NoEar:
    """For a button that says nothing in its adverts but that it is there."""

    def take(self, _advert: Advert) -> Reading:
        return NOTHING

    def settle(self) -> None:
        """It remembers nothing."""
