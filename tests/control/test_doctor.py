"""What a technician should know before leaving."""

from hub import doctor
from hub.core import Hub
from tests.hub_fixture import Ask


async def named(ask: Ask, language: str = "en") -> dict[str, dict[str, object]]:
    return {check["name"]: check for check in (await ask("doctor", answer_in=language))["checks"]}


async def test_an_empty_home_lacks_whatever_an_alert_needs(ask: Ask):
    blocking = {name for name, check in (await named(ask)).items() if check["blocking"]}
    assert blocking == {"home", "contacts", "buttons", "twilio"}


async def test_what_this_version_cannot_do_is_said_and_does_not_block(ask: Ask):
    checks = await named(ask)
    for name in ("modem", "video", "recipients", "simulated"):
        assert checks[name]["ok"] is False
        assert checks[name]["blocking"] is False


async def test_it_speaks_french_and_english(ask: Ask):
    french, english = await named(ask, "fr"), await named(ask, "en")
    assert french["contacts"]["sentence"] != english["contacts"]["sentence"]


async def test_a_store_that_cannot_be_written_blocks(ask: Ask, hub: Hub):
    hub.faults.put("store", "disk full")
    assert (await named(ask))["store"]["blocking"]


async def test_a_short_disk_is_told(ask: Ask, monkeypatch):
    monkeypatch.setattr(doctor, "SPARE_BYTES", 1 << 62)
    assert not (await named(ask))["disk"]["ok"]
