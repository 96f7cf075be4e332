"""The siren's pin: on at once, off in time, off at every end."""

import time
from collections.abc import Callable, Iterator

import pytest
from gpiozero.pins.mock import MockPin
from hypothesis import given
from hypothesis import strategies as st

from hardware.siren import GpioSiren, Keeper, pulse
from hub.errors import DeviceError
from hub.ports import Pattern

PIN = 17


@pytest.fixture
def siren(pin: MockPin) -> Iterator[GpioSiren]:
    siren = GpioSiren(PIN, max_seconds=5)
    siren.open()
    yield siren
    siren.close()


def seconds_until_off(pin: MockPin) -> float:
    began = time.monotonic()
    while pin.state:
        assert time.monotonic() - began < 5
        time.sleep(0.001)
    return time.monotonic() - began


def test_it_is_off_after_it_was_opened(siren: GpioSiren, pin: MockPin) -> None:
    assert (pin.state, pin.function, siren.sounding) == (False, "output", False)


def test_it_sounds_before_sound_returns_and_until_it_is_silenced(siren: GpioSiren, pin: MockPin) -> None:
    siren.sound(Pattern.STEADY, 5)
    assert (pin.state, siren.sounding) == (True, True)
    siren.silence()
    assert (pin.state, siren.sounding) == (False, False)


@pytest.mark.parametrize("pattern", Pattern)
def test_it_falls_silent_by_itself(siren: GpioSiren, pin: MockPin, pattern: Pattern) -> None:
    for _ in range(2):
        siren.sound(pattern, 0.2)
        assert 0.15 < seconds_until_off(pin) < 1
        assert not siren.sounding


def test_it_never_sounds_longer_than_allowed(pin: MockPin) -> None:
    siren = GpioSiren(PIN, max_seconds=0.2)
    siren.sound(Pattern.STEADY, 3600)
    assert 0.15 < seconds_until_off(pin) < 1
    siren.close()


def test_sounding_again_begins_the_time_anew(siren: GpioSiren, pin: MockPin) -> None:
    siren.sound(Pattern.STEADY, 0.2)
    siren.sound(Pattern.STEADY, 0.6)
    assert seconds_until_off(pin) > 0.5


def test_a_pulsed_sound_is_on_and_off_and_stays_told_to_sound(siren: GpioSiren, pin: MockPin) -> None:
    siren.sound(Pattern.PULSED, 5)
    assert 0.4 < seconds_until_off(pin) < 1
    assert siren.sounding
    began = time.monotonic()
    while not pin.state:
        assert time.monotonic() - began < 5
        time.sleep(0.001)
    siren.silence()
    assert not pin.state


def test_a_steady_sound_replaces_a_pulsed_one(siren: GpioSiren, pin: MockPin) -> None:
    siren.sound(Pattern.PULSED, 5)
    siren.sound(Pattern.STEADY, 0.8)
    assert seconds_until_off(pin) > 0.7


def test_a_siren_that_is_not_open_sounds_all_the_same(pin: MockPin) -> None:
    siren = GpioSiren(PIN)
    siren.sound(Pattern.STEADY, 5)
    assert pin.state
    siren.close()
    assert not pin.state


def test_a_relay_that_pulls_on_low_is_off_when_the_pin_is_high(pin: MockPin) -> None:
    siren = GpioSiren(PIN, active_high=False)
    siren.open()
    assert pin.state
    siren.sound(Pattern.STEADY, 5)
    assert not pin.state
    siren.silence()
    assert pin.state
    siren.close()


def test_it_can_be_opened_twice_and_closed_twice(siren: GpioSiren, pin: MockPin) -> None:
    siren.sound(Pattern.STEADY, 5)
    siren.open()
    assert pin.state
    siren.close()
    siren.close()
    assert (pin.state, siren.sounding) == (False, False)


def test_a_pin_that_somebody_else_has_is_a_device_error(siren: GpioSiren) -> None:
    with pytest.raises(DeviceError, match="PinInUse"):
        GpioSiren(PIN).open()


def test_a_machine_without_pins_is_a_device_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GPIOZERO_PIN_FACTORY", "nonsense")
    with pytest.raises(DeviceError, match="BadPinFactory"):
        GpioSiren(PIN).sound(Pattern.STEADY, 1)


def test_a_pin_that_fails_is_taken_anew(siren: GpioSiren, pin: MockPin) -> None:
    broken = pin._set_state
    pin._set_state = fail  # the chip is gone from under us
    with pytest.raises(DeviceError, match="cannot be written"):
        siren.sound(Pattern.STEADY, 5)
    assert not siren.sounding
    pin._set_state = broken
    other = GpioSiren(PIN)
    other.open()  # the pin was let go
    other.close()
    siren.sound(Pattern.STEADY, 5)
    assert (pin.state, siren.sounding) == (True, True)


def fail(value: object) -> None:
    raise OSError("the pin cannot be written")


class Late:
    """An output on which the sound before ends just as the next one begins."""

    def __init__(self) -> None:
        self.is_on = False
        self.meanwhile: list[Callable[[], None]] = []

    def on(self) -> None:
        self.is_on = True
        for happens in self.meanwhile:
            self.meanwhile = []
            happens()

    def off(self) -> None:
        self.is_on = False

    def close(self) -> None:
        self.is_on = False


def test_the_end_of_the_sound_before_does_not_take_the_next_one_with_it() -> None:
    output = Late()
    keeper = Keeper(output)
    output.meanwhile = [keeper.silence]
    keeper.sound(Pattern.STEADY, 5)
    assert (output.is_on, keeper.sounding) == (True, True)
    keeper.end()


@given(st.floats(0.0, 1e5))
def test_a_pulse_is_on_first_and_always_changes_later(elapsed: float) -> None:
    on, change = pulse(elapsed)
    assert on == (elapsed % 1.0 < 0.5)
    assert 0.0 < change <= 0.5
