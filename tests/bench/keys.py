"""From a key pressed on a contact's telephone to the incident that is acknowledged, at the pace of life.

Anna picks up after a while, hears the text, and presses 1 as soon as she is asked; the others let it ring. Homes side
by side, each with a hub and a network of its own. The end is when the hub says so over its control socket, asked every
20 ms.
"""

import asyncio
import random
import time

from hardware.simulated.network import LIFELIKE, Behaviour
from tests.bench.report import Progress, Row
from tests.bench.street import end, outside, press
from tests.scenarios.evening import ANNA, all_behave, begin, state
from tests.scenarios.world import DOUBLE, World

HOMES, PRESSES = 4, 6
TITLE = f"keys: {HOMES * PRESSES} answers by telephone"
PATIENCE = 120.0  # s


async def measure(progress: Progress) -> list[Row]:
    progress.step(f"{HOMES} homes")
    homes = await asyncio.gather(*(_home(random.Random(number)) for number in range(HOMES)))
    return [Row("key 1 pressed → acknowledged", [span for home in homes for span in home], "s")]


async def _home(chance: random.Random) -> list[float]:
    async with outside(LIFELIKE) as world:
        await begin(world, haste="1")
        all_behave(world, Behaviour.IGNORES)
        all_behave(world, Behaviour.BY_HAND, ANNA)
        world.network.phones.keys(ANNA, "1")
        return [await _answer(world, chance.uniform(2, 20)) for _ in range(PRESSES)]


async def _answer(world: World, rings: float) -> float:
    """Seconds from the key to the acknowledgement; it rings for `rings` s before."""
    calls = world.network.phones[ANNA].calls
    before = len(calls)
    await press(world, DOUBLE)
    await world.network.until(lambda: len(calls) > before)
    await asyncio.sleep(rings)
    world.network.phones.pick_up(calls[-1].id)
    await world.network.until(lambda: calls[-1].keys, PATIENCE)
    pressed = time.monotonic()

    async def acknowledged() -> bool:
        return await state(world) == "acknowledged"

    await world.until(acknowledged)
    span = time.monotonic() - pressed
    world.network.phones.hang_up(calls[-1].id)
    await end(world, "acknowledged")
    await world.network.until(lambda: all(c.over for c in world.network.phones.calling.accepted.values()), PATIENCE)
    return span
