"""From a frame to the siren's pin, beside a bare bleak callback that sets a pin; and to the store.

In one process: the real bleak on the simulated BlueZ, the real hub with its store, channels and recorder, the real
siren on gpiozero's mock pins. One press for the hub, one for the bare callback, and so on: the same frames, each after
the same pause, because what is done over and over is faster than what is done once in a year.
A span begins when the simulated BlueZ sends its D-Bus signal ("frame sent"), when bleak begins to read that ("frame
received"), or when bleak calls its callback ("callback"); it ends when the pin changes, or once the disk has the press.
"""

import asyncio
import contextlib
import statistics
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from hardware.siren import GpioSiren
from hub.__main__ import child_command
from hub.config import load
from hub.core import Devices, Hub
from hub.incident import End
from hub.lines import open_lines
from tests.bench.bare import bare_scan
from tests.bench.report import Progress, Row
from tests.bench.stamps import (
    BARE_PIN,
    Bare,
    Spans,
    StampedButtons,
    StampedPin,
    Stamps,
    mock_pins,
    receptions,
)
from tests.bench.street import environment, outside, press
from tests.scenarios.world import ADDRESS, HOLD, PEOPLE, World

TITLE = "frame to pin and store: 100 presses, and 100 for a bare callback"
PRESSES = 100
PAUSE = 0.1  # s


async def measure(progress: Progress) -> list[Row]:
    ours, bare = Spans(), Spans()
    async with outside() as world:
        with environment(world.environment), mock_pins() as factory, receptions() as received:
            async with armed(world, received) as (hub, buttons):
                for number in range(PRESSES):
                    progress.step(f"{number} of {PRESSES}")
                    await _for_the_hub(world, hub, buttons, factory.pin(hub.config.siren.pin), ours)
                    await _for_the_bare(world, Bare(received), factory.pin(BARE_PIN), bare)
    return _rows(ours, bare)


def _rows(ours: Spans, bare: Spans) -> list[Row]:
    return [
        Row("frame sent → siren pin", ours.sent, "ms", 50),
        Row("frame received → siren pin", ours.received, "ms", 50),
        Row("callback → siren pin", ours.callback, "ms", 50),
        Row("frame sent → pin, bare callback", bare.sent, "ms"),
        Row("frame received → pin, bare callback", bare.received, "ms"),
        Row("callback → pin, bare callback", bare.callback, "ms"),
        Row("ratio of the medians, from frame sent", _ratio(ours.sent, bare.sent), "×", 3, count=PRESSES),
        Row("ratio of the medians, from frame received", _ratio(ours.received, bare.received), "×", 3, count=PRESSES),
        Row("ratio of the medians, from callback", _ratio(ours.callback, bare.callback), "×", count=PRESSES),
        Row("frame sent → stored", ours.stored, "ms", 200),
    ]


def _ratio(ours: list[float], bare: list[float]) -> list[float]:
    return [statistics.median(ours) / statistics.median(bare)]


@asynccontextmanager
async def armed(world: World, received: Callable[[], float]) -> AsyncIterator[tuple[Hub, StampedButtons]]:
    """The hub as `hub run` puts it together, in a home with five contacts; its radio is switched on for each press."""
    config = load(world.config)
    buttons = StampedButtons(config.buttons.adapter)
    siren = GpioSiren(config.siren.pin, config.siren.active_high, config.siren.max_seconds)
    hub = Hub(config, Devices(buttons, siren, child_command("recorder", world.config)), *open_lines(config))
    buttons.mark, buttons.received = hub.store.execute, received
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
    buttons.stamps = stamps = Stamps()
    sent = await _sent(world, stamps)
    await asyncio.wait_for(stamps.stored.wait(), 10)
    spans.add(sent, stamps, pin)
    await _end(world, hub)
    await _cancelled(listening)


async def _sent(world: World, stamps: Stamps) -> float:
    """When the frame was, once the callback has done its work."""
    await asyncio.sleep(PAUSE)
    sent = await press(world, HOLD)
    await asyncio.wait_for(stamps.called.wait(), 10)
    return sent


async def _end(world: World, hub: Hub) -> None:
    """So that the next press opens an incident of its own, with nothing else going on."""
    assert hub.alerting.incident is not None, "the press was not heard"
    await world.until(lambda: not hub.book.busy)
    hub.alerting.resolve(hub.alerting.incident.id, End.TEST)
    await world.until(lambda: not hub.book.busy)
    world.network.forget()


async def _for_the_bare(world: World, bare: Bare, pin: StampedPin, spans: Spans) -> None:
    scanner = await bare_scan(bare)
    spans.add(await _sent(world, bare.stamps), bare.stamps, pin)
    await scanner.stop()
    bare.output.close()


async def _cancelled(task: "asyncio.Task[None]") -> None:
    task.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await task
