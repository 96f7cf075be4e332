"""Somebody pulls the fuse: the technicians hear of it at once, and again when the mains is back."""

import asyncio

from hub.client import Client
from tests.scenarios.world import World

TOM = "+33639980011"


async def test_a_cut_of_the_mains_is_told_and_so_is_its_end(outside: World):
    with outside.config.open("a") as configuration:
        configuration.write('[power]\ndevice = "simulated"\n')
    await outside.start(HUB_HASTE="100")
    await outside.ask("technician add", name="Tom", phone=TOM, email="tom@example.org", language="en")
    supply = Client(outside.folder / "simulation.sock")
    assert await asyncio.to_thread(supply.ask, "power", lost=True) == {"lost": True}
    await outside.until(lambda: any("Out of order: mains power (since" in text for text in outside.texts(TOM)))
    assert "mains" in await outside.fault_codes()
    await asyncio.to_thread(supply.ask, "power", lost=False)
    await outside.until(lambda: "In order again: mains power." in outside.texts(TOM)[-1])
    assert "mains" not in await outside.fault_codes()
