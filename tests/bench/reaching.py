"""Five contacts on three channels, while the provider makes one call and sends one SMS segment a second.

A span begins just before the simulated BlueZ sends its D-Bus signal. Accepted: the answer that says so leaves the
provider. A call has left when its telephone rings, half a second after the provider dials; an SMS has arrived when the
telephone has it. The same without those limits.
"""

import statistics
import time
from dataclasses import dataclass

from hardware.simulated.network import LIFELIKE, Behaviour
from tests.bench.report import Judged, Progress, Row
from tests.bench.street import end, outside, press
from tests.scenarios.evening import all_behave, begin
from tests.scenarios.world import DOUBLE, PHONES, World

LIMITED, FREE = 6, 10
TITLE = f"reaching five: {LIMITED} presses with a call and a segment a second, {FREE} without limits"
DELIVERIES = 15
PATIENCE = 60.0  # s


@dataclass(frozen=True, slots=True)
class Spans:
    """Seconds from the frame to the last of the 15 acceptances, of the 5 rings, of the 5 SMS on their telephones."""

    accepted: float
    rung: float
    texted: float


async def measure(progress: Progress) -> list[Row]:
    limited = await _presses(progress, 1.0, LIMITED)
    free = await _presses(progress, None, FREE)
    slower = statistics.median(s.accepted for s in limited) / statistics.median(s.accepted for s in free)
    return [
        *_rows("a call and a segment a second", limited, 12, 5),
        *_rows("no such limits", free, 3, None),
        Row("15 accepted: limits ÷ no limits, medians", [slower], "×"),
    ]


def _rows(name: str, spans: list[Spans], accepted: float, rung: float | None) -> list[Row]:
    return [
        Row(f"{name}: frame sent → 15 accepted", [s.accepted for s in spans], "s", accepted, Judged.MAX),
        Row(f"{name}: frame sent → last of 5 rings", [s.rung for s in spans], "s", rung, Judged.MAX),
        Row(f"{name}: frame sent → last of 5 SMS arrived", [s.texted for s in spans], "s"),
    ]


async def _presses(progress: Progress, rate: float | None, times: int) -> list[Spans]:
    async with outside(LIFELIKE, rate) as world:
        await begin(world, haste="1")
        all_behave(world, Behaviour.IGNORES)
        return [await _press(world, progress, f"{number} of {times}") for number in range(times)]


async def _press(world: World, progress: Progress, number: str) -> Spans:
    progress.step(number)
    before = {phone: (len(world.calls(phone)), len(world.texts(phone))) for phone in PHONES}
    accepted = _accepted(world)
    sent = await press(world, DOUBLE)
    await world.network.until(lambda: _accepted(world) >= accepted + DELIVERIES, PATIENCE)
    all_accepted = time.monotonic() - sent
    await world.network.until(lambda: all(len(world.calls(p)) > before[p][0] for p in PHONES), PATIENCE)
    rung = time.monotonic() - sent
    await world.network.until(lambda: all(len(world.texts(p)) > before[p][1] for p in PHONES), PATIENCE)
    texted = time.monotonic() - sent
    await end(world)
    await world.network.until(lambda: _quiet(world), PATIENCE)
    return Spans(all_accepted, rung, texted)


def _accepted(world: World) -> int:
    """How many SMS, executions of the flow and mails the provider has said yes to."""
    sends = [r for r in world.network.requests if r.method == "POST" and r.status == 201]
    return sum(r.path.endswith(("/Messages.json", "/Executions")) for r in sends) + len(world.network.mails)


def _quiet(world: World) -> bool:
    phones = world.network.phones
    arrived = all(sms.state == "delivered" for sms in phones.texting.accepted.values())
    return arrived and all(call.over for call in phones.calling.accepted.values())
