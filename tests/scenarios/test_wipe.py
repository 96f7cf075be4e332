"""A hub that is returned: what it knew is gone, and it starts again as a new one."""

import asyncio

from hub.evidence.folder import segments
from tests.scenarios.world import HOLD, World


async def test_a_hub_that_is_returned_forgets_everything(world: World):
    state = world.evidence.parent
    box = (await world.ask("status"))["box"]
    await world.click(HOLD)
    await world.until(lambda: any(segments(folder) for folder in world.evidence.glob("*-1")))
    assert "open" in await world.refused("wipe", confirm=box)
    await world.ask("resolve", id=(await world.ask("status"))["open_incident"], kind="test")
    assert box in await world.refused("wipe", confirm="nobody")
    assert "nowhere else" in await world.refused("wipe", confirm=box)
    key = await asyncio.to_thread((state / "keys" / "recorder.key").read_bytes)
    await world.ask("wipe", confirm=box.lower(), recordings=True)
    await world.until(lambda: world.process.poll() == 0)
    await world.start()
    assert (await world.ask("status"))["box"] != box
    assert (await world.ask("contacts"))["contacts"] == []
    assert (await world.ask("incidents"))["incidents"] == []
    assert (await world.ask("home"))["home"]["address"] == ""
    await world.until(lambda: not (state / "wiped").exists() and not (state / "wipe").exists())
    assert list(world.evidence.glob("*-1")) == []
    await world.until((state / "keys" / "recorder.key").exists)
    assert await asyncio.to_thread((state / "keys" / "recorder.key").read_bytes) != key
