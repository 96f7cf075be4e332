"""The mains is lost and comes back, as the line of the supply says it, through gpiozero's own simulated pins."""

from collections.abc import Iterator

import pytest
from gpiozero import Device
from gpiozero.pins.mock import MockFactory, MockPin

from hardware.power import GpioMains
from hardware.simulated.power import SimulatedMains
from hub.core import Hub
from hub.errors import DeviceError
from hub.faults import Faults
from hub.supply import SETTLED, Supply
from tests.hub_fixture import Ask
from tests.moments import at

PIN = 6


@pytest.fixture
def pin() -> Iterator[MockPin]:
    Device.pin_factory = MockFactory()
    yield Device.pin_factory.pin(PIN)
    Device.pin_factory.reset()
    Device.pin_factory = None


@pytest.mark.parametrize("active_high", [True, False])
def test_the_line_says_lost_at_the_level_that_was_named_and_when_its_wire_came_off(pin: MockPin, active_high: bool):
    mains = GpioMains(PIN, active_high)
    assert mains.lost(), "nothing drives the line"
    said = []
    for high in (True, False, True):
        (pin.drive_high if high else pin.drive_low)()
        said.append(mains.lost())
    assert said == [active_high, not active_high, active_high]


class Broken(MockPin):
    """A pin that cannot be read while `broken`."""

    broken = False

    def _get_state(self) -> bool:
        if self.broken:
            raise OSError("the chip is gone")
        return super()._get_state()


def test_a_pin_that_cannot_be_read_is_a_device_error_and_is_taken_anew(pin: MockPin, monkeypatch):
    Device.pin_factory = MockFactory(pin_class=Broken)
    mains = GpioMains(PIN)
    assert mains.lost(), "nothing drives the line yet"
    monkeypatch.setattr(Broken, "broken", True)
    for _ in range(2):
        with pytest.raises(DeviceError, match="the chip is gone"):
            mains.lost()
    monkeypatch.setattr(Broken, "broken", False)
    assert mains.lost()
    Device.pin_factory.pin(PIN).drive_low()
    assert not mains.lost()


class House:
    """A supply that is looked at twice a second, and its faults."""

    def __init__(self) -> None:
        self.mains = SimulatedMains()
        self.time = 1000.0
        self.faults = Faults(lambda: at(self.time))
        self.supply = Supply(self.mains, self.faults)

    def passes(self, seconds: float, *, lost: bool) -> bool:
        """So long the line says so; whether the mains is a fault in the end."""
        self.mains.simulate({"lost": lost})
        for _ in range(int(seconds * 2)):
            self.supply.look(self.time)
            self.time += 0.5
        return "mains" in self.faults


def test_the_mains_is_lost_once_the_line_has_said_so_for_ten_seconds_and_back_as_late():
    house = House()
    assert not house.passes(60, lost=False)
    assert not house.passes(SETTLED, lost=True)
    assert house.passes(1, lost=True)
    assert house.passes(SETTLED, lost=False)
    assert not house.passes(1, lost=False)


def test_a_line_that_flickers_is_no_news():
    house = House()
    assert not any(house.passes(SETTLED - 1, lost=lost) for lost in [True, False] * 10)


def test_a_hub_that_starts_on_its_battery_says_so():
    house = House()
    assert not house.passes(SETTLED, lost=True)
    assert house.passes(1, lost=True)


def test_what_was_not_read_meanwhile_is_not_taken_for_settled():
    house = House()
    house.passes(1, lost=True)
    known, house.mains.lost = house.mains.lost, _unreadable
    assert not house.passes(SETTLED, lost=True)
    assert "power" in house.faults
    house.mains.lost = known
    assert not house.passes(SETTLED - 1, lost=True)
    assert "power" not in house.faults


def test_a_mains_that_is_lost_is_not_back_because_the_line_cannot_be_read():
    house = House()
    house.passes(SETTLED + 1, lost=True)
    house.mains.lost = _unreadable
    assert house.passes(2 * SETTLED, lost=True)


def _unreadable() -> bool:
    raise DeviceError("no pin")


async def test_doctor_and_status_say_how_the_mains_is(ask: Ask, hub: Hub):
    async def said() -> tuple[object, str, object]:
        (check,) = [check for check in (await ask("doctor", answer_in="en"))["checks"] if check["name"] == "power"]
        (device,) = [device for device in (await ask("status"))["devices"] if device["name"] == "power"]
        assert not check["blocking"]
        return check["ok"], str(check["sentence"]), device["detail"]

    assert (await said())[0] is False
    assert "Nobody is told" in (await said())[1]
    hub.supply = Supply(SimulatedMains(), hub.faults)
    assert await said() == (True, "There is mains power.", "")
    hub.faults.put("mains", "mains lost")
    assert (await said())[0] is False
    assert "runs on its battery" in (await said())[1]
    assert (await said())[2] == "mains lost"
    checks = [check["name"] for check in (await ask("doctor"))["checks"]]
    assert "mains" not in checks, "it is said once"
