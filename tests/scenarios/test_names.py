"""The name server dies in the evening: the alert leaves for the addresses that were found before."""

from tests.scenarios.world import DOUBLE, World


async def test_an_alert_goes_out_without_a_name_server(outside: World):
    outside.config.write_text(outside.config.read_text().replace("http://127.0.0.1", "http://localhost"))
    dead = outside.folder / "dead"
    await outside.start(HUB_NAMES_DEAD=str(dead))
    await outside.settle_in()
    await outside.until(lambda: outside.network.requests)
    dead.touch()
    await outside.click(DOUBLE)
    await outside.until(outside.all_told)
    assert "twilio" not in await outside.fault_codes()
