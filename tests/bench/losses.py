"""Fifteen messages while both providers cut every connection for five seconds; once more, killed in the middle."""

import asyncio
import contextlib
import time

from hardware.simulated.network import Fault, Kind, Service
from tests.bench.report import Judged, Progress, Row
from tests.bench.street import acceptances, calm_down, outside, press
from tests.scenarios.world import DOUBLE, PEOPLE, PHONES, World

TITLE = "losses: 15 messages, the providers away for 5 s, without and with a kill"
AWAY = 5.0  # s
WAIT = 30.0  # s; what is not there then is lost
MESSAGES = 15


async def measure(progress: Progress) -> list[Row]:
    async with outside() as world:
        await world.start()
        await world.settle_in()
        rows = []
        for killed in (False, True):
            story = "away for 5 s and killed" if killed else "away for 5 s"
            progress.step(story)
            seconds = await _story(world, killed)
            told = _told(world)
            rows += [
                Row(f"{story}: lost of {MESSAGES}", [MESSAGES - told], "", 0, Judged.MAX, MESSAGES),
                Row(
                    f"{story}: sent more than once",
                    [len(acceptances(world)) - told],
                    "",
                    None,
                    Judged.MAX,
                    MESSAGES,
                ),
                Row(f"{story}: frame sent → last acceptance", [seconds], "s"),
            ]
            await calm_down(world)
    return rows


async def _story(world: World, killed: bool) -> float:
    """Seconds from the frame to the last acceptance."""
    for service in Service:
        world.network.faults.add(Fault(service, Kind.RESET))
    sent = await press(world, DOUBLE)
    await asyncio.sleep(AWAY / 2)
    if killed:
        world.kill()
        await world.start()
    await asyncio.sleep(max(0.0, sent + AWAY - time.monotonic()))
    world.network.faults.clear()
    with contextlib.suppress(TimeoutError):
        await world.network.until(lambda: _told(world) == MESSAGES, WAIT)
    return max(acceptances(world), default=sent + WAIT) - sent


def _told(world: World) -> int:
    """How many of the fifteen have arrived, counting each contact once on each channel."""
    reached = [bool(world.texts(phone)) + bool(world.calls(phone)) for phone in PHONES]
    return sum(reached) + sum(bool(world.mails(name)) for name in PEOPLE.values())
