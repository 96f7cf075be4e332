"""What a technician should know before leaving."""

import asyncio
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from time import monotonic

import pytest

from hardware.simulated.network import QUICK, TelephoneNetwork
from hub import doctor
from hub.answers import Said, Way
from hub.channels.account import Account
from hub.channels.inbox import Inbox
from hub.channels.studio import Studio
from hub.channels.twilio import TwilioLine
from hub.config.sections import Evidence, Upkeep
from hub.core import Hub
from hub.evidence import keys
from hub.evidence.courier import CourierChild
from hub.exercise import Exercise
from hub.gesture import Kind
from hub.ports import Sighting
from hub.provider import Outside
from tests.channels.conftest import account
from tests.hub_fixture import Ask

ADDRESS = "AA:BB:CC:DD:EE:01"


async def named(ask: Ask, language: str = "en") -> dict[str, dict[str, object]]:
    return {check["name"]: check for check in (await ask("doctor", answer_in=language))["checks"]}


async def test_an_empty_home_lacks_whatever_an_alert_needs(ask: Ask):
    blocking = {name for name, check in (await named(ask)).items() if check["blocking"]}
    assert blocking == {"home", "contacts", "buttons", "twilio"}


def test_within_how_many_days_contacts_answered_is_how_long_that_is_known(hub: Hub):
    hub.config = hub.config.model_copy(update={"upkeep": Upkeep(incident_days=30)})
    for language, said in (("en", "within the last 30 days"), ("fr", "des 30 derniers jours")):
        assert said in str(doctor.answers("answers", hub, ()).as_json(hub, language)["sentence"])


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


async def test_each_button_has_a_check_that_says_how_it_is(ask: Ask, hub: Hub):
    id = (await ask("button add", address=ADDRESS, name="bag"))["button"]["id"]
    check = (await named(ask))[f"button:{id}"]
    assert (check["ok"], check["sentence"]) == (True, "The button bag gives a sign of life every 8 s.")
    hub.devices.buttons.simulate({"do": "battery", "button": ADDRESS, "per_cent": 9})
    hub.watch.look(monotonic())
    checks = await named(ask)
    assert (checks[f"button:{id}"]["ok"], checks[f"button:{id}"]["blocking"]) == (False, False)
    assert "nearly empty" in checks[f"button:{id}"]["sentence"]
    assert f"button_battery:{id}" not in checks


@pytest.mark.parametrize(("worn", "kind", "blocking"), [(False, "missing", True), (True, "absent", False)])
async def test_a_missing_button_blocks_and_one_that_is_out_with_her_does_not(
    ask: Ask, hub: Hub, worn: bool, kind: str, blocking: bool
):
    id = (await ask("button add", address=ADDRESS, worn=worn))["button"]["id"]
    hub.devices.buttons.simulate({"do": "away", "button": ADDRESS})
    hub.watch.look(monotonic() + 25 * 3600)
    assert f"button_{kind}:{id}" in hub.faults
    check = (await named(ask))[f"button:{id}"]
    assert (check["ok"], check["blocking"]) == (False, blocking)


async def test_a_button_that_is_heard_and_not_connected_is_never_said_to_be_connected(ask: Ask, hub: Hub, monkeypatch):
    id = (await ask("button add", address=ADDRESS, protocol="itag", worn=False))["button"]["id"]
    name, now = f"button:{id}", monotonic()
    assert "is connected to the hub" in str((await named(ask))[name]["sentence"])
    monkeypatch.setattr(type(hub.devices.buttons), "seen", lambda _: {ADDRESS: Sighting(monotonic())})
    check = (await named(ask))[name]
    assert (check["ok"], check["blocking"]) == (False, False)
    assert "not connected just now" in str(check["sentence"])
    hub.watch.look(now + 20)
    hub.watch.look(now + 400)
    assert (await named(ask))[name]["blocking"]


async def test_a_button_that_is_not_understood_blocks_and_is_said_once(ask: Ask, hub: Hub):
    id = (await ask("button add", address=ADDRESS, name="bag"))["button"]["id"]
    listening = asyncio.create_task(hub.devices.buttons.listen(hub.hear))
    await asyncio.sleep(0)
    for do in ("key", "single"):
        hub.devices.buttons.simulate({"do": do, "button": ADDRESS, "key": "00" * 16})
    hub.faults.put("buttons_unreadable", "")
    checks = await named(ask)
    assert checks[f"button:{id}"]["blocking"]
    assert f"hub button set {id} --key" in checks[f"button:{id}"]["sentence"]
    assert "buttons_unreadable" not in checks
    listening.cancel()


async def test_a_button_that_cannot_be_supervised_is_said_to_need_a_test_each_week(ask: Ask, hub: Hub, monkeypatch):
    id = (await ask("button add", address=ADDRESS, name="bag"))["button"]["id"]
    monkeypatch.setattr(type(hub.devices.buttons), "seen", lambda _: {})
    check = (await named(ask))[f"button:{id}"]
    assert "test press every week" in check["sentence"]
    assert "since the hub started" in check["sentence"]
    assert (check["ok"], check["blocking"]) == (False, False)


@pytest.mark.parametrize(("email", "ok"), [("", False), ("tom@example.org", True)])
async def test_a_technician_without_a_mail_address_would_not_hear_that_sms_do_not_leave(ask: Ask, email: str, ok: bool):
    await ask("technician add", name="Tom", phone="+33612345678", email=email)
    check = (await named(ask))["technicians"]
    assert (check["ok"], check["blocking"]) == (ok, False)


CALLER = "+33937000000"


def outside(line: TwilioLine) -> Outside:
    studio = Studio(line)
    return Outside(line, studio, Inbox(line, studio), Account(line, 10))


@pytest.fixture
async def network(hub: Hub) -> AsyncIterator[TelephoneNetwork]:
    """The hub has an account at it, and sends SMS from a number."""
    with ThreadPoolExecutor(4) as threads:
        async with TelephoneNetwork(timing=QUICK) as network:
            whose = replace(account(network.account, network.api_url), sender=CALLER)
            hub.outside = outside(TwilioLine(whose, threads, threads))
            yield network


async def of_account(ask: Ask) -> dict[str, tuple[object, object, object]]:
    checks = await named(ask)
    return {
        name: tuple(checks[name][key] for key in ("ok", "blocking", "sentence"))
        for name in ("key", "balance", "caller", "sender")
    }


async def test_what_the_account_can_do_is_said(ask: Ask, network: TelephoneNetwork):
    assert await of_account(ask) == {
        "key": (True, False, "Twilio accepts the hub’s key."),
        "balance": (True, False, "Balance of the Twilio account: 100.00 USD."),
        "caller": (True, False, "The number that calls may call."),
        "sender": (True, False, "The number of the SMS can send them."),
    }


async def test_a_number_that_cannot_and_an_empty_account_block_and_a_low_one_does_not(
    ask: Ask, hub: Hub, network: TelephoneNetwork
):
    network.numbers.add(CALLER, voice=False, sms=False)
    network.balance = "3.20"
    checks = await of_account(ask)
    assert [checks[name][:2] for name in ("balance", "caller", "sender")] == [
        (False, False),
        (False, True),
        (False, True),
    ]
    assert "low (3.20 USD)" in str(checks["balance"][2])
    network.balance = "0"
    assert (await of_account(ask))["balance"][:2] == (False, True)
    assert not {"balance_low", "caller_cannot_call"} & (await named(ask)).keys()  # it is said already


async def test_a_refused_key_blocks(ask: Ask, hub: Hub, network: TelephoneNetwork):
    network.closed.add("Messages")
    assert (await of_account(ask))["key"][:2] == (False, True)


async def test_what_a_key_may_not_ask_is_said_and_does_not_block_and_hides_no_fault(
    ask: Ask, hub: Hub, network: TelephoneNetwork
):
    hub.faults.put("balance_low", "3.20 USD")
    network.closed.update({"Balance", "IncomingPhoneNumbers"})
    checks = await of_account(ask)
    assert all(checks[name][:2] == (False, False) for name in ("balance", "caller", "sender"))
    assert "cannot be asked with this key" in str(checks["balance"][2])
    assert "balance_low" in await named(ask)


async def test_a_sender_name_is_said_to_be_beyond_any_check(ask: Ask, hub: Hub, network: TelephoneNetwork):
    with ThreadPoolExecutor(4) as threads:
        hub.outside = outside(TwilioLine(account(network.account, network.api_url), threads, threads))
        assert "under a name" in str((await of_account(ask))["sender"][2])


async def test_contacts_who_never_answered_are_named(ask: Ask, hub: Hub):
    assert "answers" not in await named(ask)
    for number, name in enumerate(("Anna", "Karim"), start=1):
        await ask("contact add", name=name, phone=f"063998000{number}")
    anna, karim = hub.household.contacts
    incident = hub.alerting.drill(Exercise(Kind.DOUBLE))
    hub.charge.hear(Said("FN1", incident.id, anna, Way.CALL, taken=True))
    check = (await named(ask))["answers"]
    assert (check["ok"], check["blocking"]) == (False, False)
    assert "Karim" in check["sentence"]
    assert "Anna" not in check["sentence"]
    hub.charge.hear(Said("FN2", incident.id, karim, Way.SMS, taken=True))
    assert (await named(ask))["answers"]["ok"]


async def test_it_says_whether_recordings_are_elsewhere(hub: Hub, ask: Ask):
    assert not (await named(ask))["offsite"]["ok"]
    hub.config = hub.config.model_copy(
        update={"evidence": Evidence.model_construct(offsite_url="https://s3.example.org/b")}
    )
    hub.courier = CourierChild([], hub.faults)
    assert "has not answered" in (await named(ask))["offsite"]["sentence"]
    hub.courier.take({"offsite": {"waits": 0, "last": "2026-11-29T12:00:00.000Z"}, "faults": {}})
    good = (await named(ask))["offsite"]
    assert good["ok"]
    assert "29/11 13:00" in good["sentence"]  # in Paris
    hub.courier.take({"offsite": {"waits": 9, "last": None}, "faults": {"offsite_refused": "403 AccessDenied"}})
    assert "refuses" in (await named(ask))["offsite"]["sentence"]


async def test_it_says_by_what_key_recordings_are_signed(hub: Hub, ask: Ask):
    assert not (await named(ask))["signed"]["ok"]
    assert (await ask("evidence keys"))["signed_by"] is None
    signer = await asyncio.to_thread(keys.signer, hub.config.state.dir / "keys")
    assert (await ask("evidence keys"))["signed_by"] == keys.fingerprint(signer.public)
    for language in ("fr", "en"):
        assert keys.fingerprint(signer.public) in str((await named(ask, language))["signed"]["sentence"])


async def test_a_key_that_was_replaced_asks_for_a_new_sheet_until_somebody_saw_to_it(hub: Hub, ask: Ask):
    folder = hub.config.state.dir / "keys"
    await asyncio.to_thread(keys.signer, folder)
    (folder / keys.NAME).write_bytes(b"damaged")
    new = await asyncio.to_thread(keys.signer, folder)
    check = (await named(ask))["signed"]
    assert (check["ok"], check["blocking"]) == (False, False)
    assert f"{keys.fingerprint(new.public)}: hand over a new sheet" in str(check["sentence"])
    (folder / keys.DAMAGED).unlink()
    assert (await named(ask))["signed"]["ok"]


async def test_time_stamps_that_nobody_checks_are_said(hub: Hub, ask: Ask):
    assert "timestamps" not in await named(ask)
    for authority, words in ((None, "not checked"), (Path("/etc/hub/authority.pem"), "is checked")):
        asked = Evidence.model_construct(timestamp_url="https://stamps.example.org", timestamp_ca=authority)
        hub.config = hub.config.model_copy(update={"evidence": asked})
        said = (await named(ask))["timestamps"]
        assert words in said["sentence"]
        assert said["ok"] is (authority is not None)
    hub.faults.put("timestamps", "HTTP 500")
    assert not (await named(ask))["timestamps"]["ok"]
