"""From a frame to the siren's pin, beside a bare bleak callback that sets a pin; and to the store.

In one process: the real bleak on the simulated BlueZ, the real hub with its store, channels and recorder, the real
siren on gpiozero's mock pins. Ten presses for the hub, ten for the bare callback, and so on, the same frames.
A span begins just before the simulated BlueZ sends its D-Bus signal ("frame"), or when bleak calls its callback
("callback"), and ends when the pin changes.
"""

import asyncio
import contextlib
import statistics
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from bleak.backends.device import BLEDevice
from bleak.backends.scanner import AdvertisementData
from gpiozero import Device, DigitalOutputDevice
from gpiozero.pins.mock import MockFactory, MockPin

from hardware.buttons.scan import start_scan, stop_scan
from hardware.buttons.scanner import BleButtons
from hardware.siren import GpioSiren
from hub.__main__ import recorder_command
from hub.config import load
from hub.core import Devices, Hub
from hub.incident import End
from hub.lines import open_lines
from hub.ports import Press
from tests.bench.report import Judged, Progress, Row
from tests.bench.street import environment, outside, press
from tests.scenarios.world import ADDRESS, HOLD, PEOPLE, World

TITLE = "frame to pin and store: 120 presses, and 120 for a bare callback"
BLOCKS, IN_A_BLOCK = 12, 10
BARE_PIN = 27


class StampedPin(MockPin):
    """Knows when it last went up."""

    rose_at = 0.0

    def _change_state(self, value: bool) -> bool:
        if value and not self._state:
            self.rose_at = time.monotonic()
        return bool(super()._change_state(value))


@dataclass(slots=True)
class Stamps:
    """One press: when bleak called its callback, and when the store had it."""

    called_at: float = 0.0
    stored_at: float = 0.0
    called: asyncio.Event = field(default_factory=asyncio.Event)
    stored: asyncio.Event = field(default_factory=asyncio.Event)

    def store_done(self, _: "asyncio.Future[None]") -> None:
        self.stored_at = time.monotonic()
        self.stored.set()


class StampedButtons(BleButtons):
    """The real radio. An empty transaction behind the press's own is done when that is: at the latest moment."""

    mark: Callable[[], "asyncio.Future[None]"]
    stamps = Stamps()

    def _on_advert(self, hear: Callable[[Press], None], device: BLEDevice, advert: AdvertisementData) -> None:
        self.stamps.called_at = time.monotonic()
        super()._on_advert(hear, device, advert)
        self.mark().add_done_callback(self.stamps.store_done)
        self.stamps.called.set()


class Bare:
    """The least there is: a callback of bleak that sets a pin."""

    def __init__(self) -> None:
        self.output = DigitalOutputDevice(BARE_PIN)
        self.stamps = Stamps()

    def __call__(self, _device: BLEDevice, _advert: AdvertisementData) -> None:
        self.stamps.called_at = time.monotonic()
        self.output.on()
        self.stamps.called.set()


@dataclass(slots=True)
class Spans:
    """In milliseconds."""

    frame: list[float] = field(default_factory=list)
    callback: list[float] = field(default_factory=list)
    stored: list[float] = field(default_factory=list)

    def add(self, sent: float, stamps: Stamps, pin: StampedPin) -> None:
        assert pin.rose_at > stamps.called_at > sent, "the pin did not change"
        self.frame.append((pin.rose_at - sent) * 1000)
        self.callback.append((pin.rose_at - stamps.called_at) * 1000)
        if stamps.stored_at:
            self.stored.append((stamps.stored_at - sent) * 1000)


async def measure(progress: Progress) -> list[Row]:
    ours, bare = Spans(), Spans()
    async with outside() as world:
        with environment(world.environment), mock_pins() as factory:
            async with armed(world) as (hub, buttons):
                for block in range(BLOCKS):
                    progress.step(f"{block * IN_A_BLOCK} of {BLOCKS * IN_A_BLOCK}")
                    await _for_the_hub(world, hub, buttons, factory.pin(hub.config.siren.pin), ours)
                    await _for_the_bare(world, factory.pin(BARE_PIN), bare)
    return _rows(ours, bare)


def _rows(ours: Spans, bare: Spans) -> list[Row]:
    def ratio(mine: list[float], least: list[float]) -> list[float]:
        return [statistics.median(mine) / statistics.median(least)]

    count = len(ours.frame)
    return [
        Row("frame → siren pin", ours.frame, "ms", 50),
        Row("callback → siren pin", ours.callback, "ms", 50),
        Row("frame → pin, bare callback", bare.frame, "ms"),
        Row("callback → pin, bare callback", bare.callback, "ms"),
        Row("ratio of the medians, from the frame", ratio(ours.frame, bare.frame), "×", 3, Judged.P50, count),
        Row("ratio of the medians, from the callback", ratio(ours.callback, bare.callback), "×", None, Judged.P50, count),
        Row("frame → stored", ours.stored, "ms", 200),
    ]


@contextlib.contextmanager
def mock_pins():
    before, Device.pin_factory = Device.pin_factory, MockFactory(pin_class=StampedPin)
    try:
        yield Device.pin_factory
    finally:
        Device.pin_factory.close()
        Device.pin_factory = before


@asynccontextmanager
async def armed(world: World) -> AsyncIterator[tuple[Hub, StampedButtons]]:
    """The hub as `hub run` puts it together, in a home with five contacts; its radio is switched on for each block."""
    config = load(world.config)
    buttons = StampedButtons(config.buttons.adapter)
    siren = GpioSiren(config.siren.pin, config.siren.active_high, config.siren.max_seconds)
    hub = Hub(config, Devices(buttons, siren, recorder_command(world.config)), open_lines(config))
    buttons.mark = hub.store.execute
    siren.open()
    await hub.store.open()
    _settle_in(hub)
    recorder = asyncio.create_task(hub.recorder.run())
    try:
        yield hub, buttons
    finally:
        await _cancelled(recorder)
        siren.close()
        await hub.dispatcher.stop()
        await hub.store.close()


def _settle_in(hub: Hub) -> None:
    home = {"name": "Marie", "address": "12 rue des Lilas, 29000 Quimper", "position": "47.996,-4.1024"}
    hub.household.set_home(home)
    for phone, name in PEOPLE.items():
        hub.household.add_contact(name, phone, f"{name.lower()}@example.org", "fr")
    hub.household.add_button(ADDRESS, "bag")
    hub.watch_buttons()


async def _for_the_hub(world: World, hub: Hub, buttons: StampedButtons, pin: StampedPin, spans: Spans) -> None:
    listening = asyncio.create_task(buttons.listen(hub.hear))
    await world.until(lambda: buttons.listening)
    for _ in range(IN_A_BLOCK):
        buttons.stamps = stamps = Stamps()
        sent = await press(world, HOLD)
        async with asyncio.timeout(10):
            await stamps.called.wait()
            await stamps.stored.wait()
        spans.add(sent, stamps, pin)
        await _end(world, hub)
    await _cancelled(listening)


async def _end(world: World, hub: Hub) -> None:
    """So that the next press opens an incident of its own, with nothing else going on."""
    assert hub.alerting.incident is not None, "the press was not heard"
    id = hub.alerting.incident.id
    await world.until(lambda: not hub.book.pending(id))
    hub.alerting.resolve(id, End.TEST)
    await world.until(lambda: not hub.book.pending(id))
    world.network.forget()


async def _for_the_bare(world: World, pin: StampedPin, spans: Spans) -> None:
    bare = Bare()
    scanner, _ = await start_scan(bare, "hci0")
    for _ in range(IN_A_BLOCK):
        bare.stamps = stamps = Stamps()
        sent = await press(world, HOLD)
        async with asyncio.timeout(10):
            await stamps.called.wait()
        spans.add(sent, stamps, pin)
        bare.output.off()
    await stop_scan(scanner)
    bare.output.close()


async def _cancelled(task: "asyncio.Task[None]") -> None:
    task.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await task
