"""gpiozero's own simulated pins."""

from collections.abc import Iterator

import pytest
from gpiozero import Device
from gpiozero.pins.mock import MockFactory, MockPin

PIN = 17


@pytest.fixture
def pin() -> Iterator[MockPin]:
    Device.pin_factory = MockFactory()
    yield Device.pin_factory.pin(PIN)
    Device.pin_factory.reset()
    Device.pin_factory = None
