"""A hub that is carried about: a modem that knows where it is, in a home with two contacts."""

from datetime import timedelta

import pytest

from hub import locator as module
from hub import position
from hub.core import Hub, clock
from hub.errors import DeviceError
from hub.gesture import Gesture
from hub.locator import Locator
from hub.messages import Purpose
from hub.model import Cell, Moment, Position, Source
from hub.ports import Press
from hub.response import Action
from tests.hub_fixture import Ask

HOME, AWAY, FURTHER = (47.996, -4.1024), (47.9712, -4.1635), (47.95, -4.25)
SINGLE, DOUBLE = Gesture(1), Gesture(2)


class Carried:
    """A modem that knows where it is. `place`: None where no satellite is seen."""

    def __init__(self) -> None:
        self.place: tuple[float, float] | None = HOME
        self.radius = 20.0
        self.age = 0.0  # s; of what it says
        self.broken = False
        self.cell: Cell | None = None
        self.looks = 0

    async def locate(self) -> tuple[Position | None, Cell | None]:
        self.looks += 1
        if self.broken:
            raise DeviceError("pulled out")
        now, age = clock(), timedelta(seconds=self.age)
        at = Moment(now.mono - self.age, now.utc - age)
        return (Position(*self.place, self.radius, at, Source.GNSS) if self.place else None), self.cell


@pytest.fixture
def modem() -> Carried:
    return Carried()


@pytest.fixture
async def locator(hub: Hub, ask: Ask, modem: Carried, monkeypatch: pytest.MonkeyPatch) -> Locator:
    """In a home with two contacts; a minute is over at once, and so is the rest between two looks."""
    await ask("home set", name="Marie", address="12 rue des Lilas", position="47.996,-4.1024")
    await ask("contact add", name="Anna", phone="0639980001", email="anna@example.org")
    await ask("contact add", name="Sofia", phone="0639980002", language="en")
    monkeypatch.setattr(position, "EVERY", 0.0)
    monkeypatch.setattr(module, "RARELY", 0.0)
    hub.locator = Locator(modem, None, hub.household, hub.alerting, hub.store, clock)
    return hub.locator


def press(hub: Hub, gesture: Gesture = DOUBLE) -> str:
    return hub.alerting.press(gesture, Press("", gesture, 0.0)).id


def texts(hub: Hub, incident: str, purpose: Purpose, channel: Action = Action.SMS) -> list[str]:
    known = hub.book.of(incident).values()
    return [d.text for d in known if (d.purpose, d.channel) == (purpose, channel)]
