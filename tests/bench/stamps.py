"""Pins, radio, bleak and a bare callback that note when something happened (monotonic seconds)."""

import asyncio
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from bleak.backends.bluezdbus.manager import BlueZManager
from bleak.backends.device import BLEDevice
from bleak.backends.scanner import AdvertisementData
from dbus_fast import Message
from gpiozero import Device, DigitalOutputDevice
from gpiozero.pins.mock import MockFactory, MockPin

from hardware.buttons.scanner import BleButtons
from hub.ports import Press
from tests.scenarios.world import ADDRESS

BARE_PIN = 27


class StampedPin(MockPin):  # type: ignore[misc]
    """Knows when it last went up."""

    rose_at = 0.0

    def _change_state(self, value: bool) -> bool:
        if value and not self._state:
            self.rose_at = time.monotonic()
        return bool(super()._change_state(value))


@dataclass(slots=True)
class Stamps:
    """One press: when bleak began to read the frame, when it called its callback, when the store had the press."""

    received_at: float = 0.0
    called_at: float = 0.0
    stored_at: float = 0.0
    called: asyncio.Event = field(default_factory=asyncio.Event)
    stored: asyncio.Event = field(default_factory=asyncio.Event)

    def call(self, received_at: float) -> None:
        self.received_at, self.called_at = received_at, time.monotonic()

    def store_done(self, _: "asyncio.Future[None]") -> None:
        self.stored_at = time.monotonic()
        self.stored.set()


class StampedButtons(BleButtons):
    """The real radio. An empty transaction behind the press's own is done when that is: at the latest moment."""

    mark: Callable[[], "asyncio.Future[None]"]
    received: Callable[[], float]
    stamps = Stamps()

    def _on_advert(self, hear: Callable[[Press], None], device: BLEDevice, advert: AdvertisementData) -> None:
        if device.address != ADDRESS:  # a neighbour's
            super()._on_advert(hear, device, advert)
            return
        self.stamps.call(self.received())
        super()._on_advert(hear, device, advert)
        self.mark().add_done_callback(self.stamps.store_done)
        self.stamps.called.set()


class Bare:
    """The least there is: a callback of bleak that sets a pin."""

    def __init__(self, received: Callable[[], float]) -> None:
        self.output = DigitalOutputDevice(BARE_PIN)
        self.received = received
        self.stamps = Stamps()

    def __call__(self, device: BLEDevice, _advert: AdvertisementData) -> None:
        if device.address != ADDRESS:
            return
        self.stamps.call(self.received())
        self.output.on()
        self.stamps.called.set()


@dataclass(slots=True)
class Spans:
    """In milliseconds."""

    sent: list[float] = field(default_factory=list)
    received: list[float] = field(default_factory=list)
    callback: list[float] = field(default_factory=list)
    stored: list[float] = field(default_factory=list)

    def add(self, sent: float, stamps: Stamps, pin: StampedPin) -> None:
        assert pin.rose_at > stamps.called_at > stamps.received_at > sent, "the pin did not change"
        self.sent.append((pin.rose_at - sent) * 1000)
        self.received.append((pin.rose_at - stamps.received_at) * 1000)
        self.callback.append((pin.rose_at - stamps.called_at) * 1000)
        if stamps.stored_at:
            self.stored.append((stamps.stored_at - sent) * 1000)


@contextmanager
def mock_pins() -> Iterator[MockFactory]:
    before, Device.pin_factory = Device.pin_factory, MockFactory(pin_class=StampedPin)
    try:
        yield Device.pin_factory
    finally:
        Device.pin_factory.close()
        Device.pin_factory = before


@contextmanager
def receptions() -> Iterator[Callable[[], float]]:
    """Tells when bleak last began to read a message of BlueZ: its first line of code for a frame."""
    read, at = BlueZManager._parse_msg, 0.0

    def stamped(manager: BlueZManager, message: Message) -> None:
        nonlocal at
        at = time.monotonic()
        read(manager, message)

    BlueZManager._parse_msg = stamped  # type: ignore[assignment, method-assign]
    try:
        yield lambda: at
    finally:
        BlueZManager._parse_msg = read  # type: ignore[method-assign]
