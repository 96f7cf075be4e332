"""The name server dies in the evening: the alert leaves for the addresses that were found before."""

from pathlib import Path

from hub.addresses import read
from tests.scenarios.world import DOUBLE, World


async def with_names(outside: World) -> Path:
    """The hub knows its provider by its name; while the file is there, no name is found."""
    outside.config.write_text(outside.config.read_text().replace("http://127.0.0.1", "http://localhost"))
    dead = outside.folder / "dead"
    await outside.start(HUB_NAMES_DEAD=str(dead))
    await outside.settle_in()
    await outside.until(lambda: outside.network.requests)
    return dead


async def test_an_alert_goes_out_without_a_name_server(outside: World):
    (await with_names(outside)).touch()
    await outside.click(DOUBLE)
    await outside.until(outside.all_told)
    assert "twilio" not in await outside.fault_codes()


async def test_an_alert_goes_out_from_a_hub_that_started_without_a_name_server(outside: World):
    dead = await with_names(outside)
    await outside.until(lambda: read(outside.folder / "state" / "addresses.json"))
    outside.kill()
    dead.touch()
    await outside.start(HUB_NAMES_DEAD=str(dead))
    await outside.click(DOUBLE)
    await outside.until(outside.all_told)
    assert "twilio" not in await outside.fault_codes()
