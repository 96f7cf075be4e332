"""Five contacts by three channels, while both providers take two seconds for each request.

A span begins just before the simulated BlueZ sends its D-Bus signal and ends when the last message, call or mail was
accepted. The slowest single delivery is one contact's on one channel, alone, in the same run.
"""

from hardware.simulated.network import Fault, Kind, Service
from tests.bench.report import Progress, Row
from tests.bench.street import acceptances, calm_down, outside, press
from tests.scenarios.world import ADDRESS, DOUBLE, PEOPLE, World

TITLE = "a slow provider: one contact on one channel at a time, then five on three"
SECONDS = 2.0
SINGLES, TOGETHERS = 2, 4
CHANNELS = ("sms", "call", "email")


async def measure(progress: Progress) -> list[Row]:
    async with outside() as world:
        await world.start()
        await world.ask("home set", name="Marie", address="12 rue des Lilas, 29000 Quimper")
        await world.ask("button add", address=ADDRESS, name="bag")
        first, *others = PEOPLE
        await _add(world, first)
        singles = {
            channel: [await _span(world, progress, [channel], 1) for _ in range(SINGLES)] for channel in CHANNELS
        }
        for phone in others:
            await _add(world, phone)
        total = [await _span(world, progress, CHANNELS, 15) for _ in range(TOGETHERS)]
    slowest = max(max(spans) for spans in singles.values())
    alone = [Row(f"provider of 2 s: one {channel}", spans, "s") for channel, spans in singles.items()]
    together = Row("provider of 2 s: 5 contacts × 3 channels", total, "s")
    return [*alone, together, Row("total ÷ slowest single delivery", [t / slowest for t in total], "×", 1.2)]


async def _add(world: World, phone: str) -> None:
    name = PEOPLE[phone]
    await world.ask("contact add", name=name, phone=phone, email=f"{name.lower()}@example.org")


async def _span(world: World, progress: Progress, channels: "list[str] | tuple[str, ...]", deliveries: int) -> float:
    """Seconds from the frame to the last acceptance."""
    progress.step(f"{deliveries} deliveries: {' '.join(channels)}")
    await world.ask("response set", gesture="double", actions=list(channels))
    for service in Service:
        world.network.faults.add(Fault(service, Kind.SLOW, seconds=SECONDS))
    sent = await press(world, DOUBLE)
    await world.network.until(lambda: len(acceptances(world)) >= deliveries, 60)
    world.network.faults.clear()
    last = max(acceptances(world)) - sent
    await calm_down(world)
    return last
