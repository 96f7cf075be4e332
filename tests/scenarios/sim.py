"""The hub's own SIM in a story: the real ModemManager, a simulated modem, and what left by it."""

import contextlib
from collections.abc import AsyncIterator
from pathlib import Path

from tests.modem.fakemodem import FakeModem
from tests.modem.fakemodem import world as around
from tests.scenarios.world import World


@contextlib.asynccontextmanager
async def with_modem(outside: World, folder: Path, probe: str = "", **environment: str) -> AsyncIterator[FakeModem]:
    """The hub runs, with a modem of its own that is ready; what is written to its SIM counts as an answer."""
    async with around(outside.bus, FakeModem(), folder) as surroundings:
        outside.configure(modem="modemmanager", probe=probe, replies=True)
        await outside.start(**environment)
        await outside.settle_in()
        await outside.until(lambda: ready(outside), 30)
        yield surroundings.modem
        await outside.stop()


async def ready(world: World) -> bool:
    """It was found, and nothing is wrong with it."""
    (path,) = [path for path in (await world.ask("status"))["paths"] if path["name"] == "modem"]
    return path["ok"] is True and "Home Net" in path["detail"]


def sent(modem: FakeModem) -> dict[str, str]:
    """The texts by number, put together from their parts."""
    texts: dict[str, str] = {}
    for one in modem.outbox:
        texts[one.number] = texts.get(one.number, "") + one.text
    return texts
