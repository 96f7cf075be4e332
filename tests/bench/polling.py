"""What one alert costs in data, at the pace of life, counted between the hub and the provider.

Five contacts; nobody answers two rounds of calls; in the third Lucie picks up, presses 1 and talks for a minute; then
the incident is ended. The other telephones ring out each time. Counted are all requests to Twilio and all answers with
their heads, from the press on until the last all-clear has arrived.
"""

import asyncio
import time

from hardware.simulated.network import LIFELIKE, Behaviour
from tests.bench.meter import Meter, metered
from tests.bench.report import Judged, Progress, Row
from tests.bench.street import end, outside, press
from tests.scenarios.evening import LUCIE, all_behave, begin
from tests.scenarios.world import DOUBLE, World

TITLE = "polling: the data of one alert with three rounds of calls, five minutes"
TALK = 60.0  # s
PATIENCE = 400.0  # s
KB = 1000


async def measure(progress: Progress) -> list[Row]:
    async with outside(LIFELIKE) as world, metered(world.network.http_port) as (meter, port):
        world.config.write_text(world.config.read_text().replace(world.network.api_url, f"http://127.0.0.1:{port}"))
        await begin(world, haste="1")
        before, requests = Meter(meter.content, meter.pieces, meter.connections), len(world.network.requests)
        began = time.monotonic()
        await _alert(world, progress)
        lasted = time.monotonic() - began
        asked = [r.method == "GET" for r in world.network.requests[requests:] if r.method != "SMTP"]
    spent = Meter(meter.content - before.content, meter.pieces - before.pieces, meter.connections - before.connections)
    return [
        Row("one alert: press → last all-clear arrived", [lasted], "s"),
        Row("one alert: requests", [len(asked)], ""),
        Row("one alert: of these questions", [sum(asked)], ""),
        Row("one alert: connections", [spent.connections], ""),
        Row("one alert: requests and answers", [spent.content / KB], "kB", 2000, Judged.MAX),
        Row("one alert: the same with TLS, TCP and IP, estimated", [spent.on_the_air / KB], "kB", 2000, Judged.MAX),
    ]


async def _alert(world: World, progress: Progress) -> None:
    all_behave(world, Behaviour.IGNORES)
    calls = world.network.phones[LUCIE].calls
    progress.step("two rounds of calls")
    await press(world, DOUBLE)
    await world.network.until(lambda: len(calls) == 2 and calls[1].over, PATIENCE)
    all_behave(world, Behaviour.TAKES_CHARGE, LUCIE)
    progress.step("the third round")
    await world.network.until(lambda: len(calls) == 3 and calls[2].keys, PATIENCE)
    await asyncio.sleep(TALK)
    if not calls[2].over:
        world.network.phones.hang_up(calls[2].id)
    await end(world, "acknowledged")
    texting = world.network.phones.texting
    await world.until(lambda: _known(world))
    assert all(sms.state == "delivered" for sms in texting.accepted.values())


async def _known(world: World) -> bool:
    """Whether the hub knows of every SMS and call what became of it."""
    deliveries = (await world.incident())["deliveries"]
    return all(one["outcome"] != "accepted" for one in deliveries if one["channel"] != "email")
