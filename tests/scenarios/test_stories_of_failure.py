"""From the press to a human's answer, while something fails on the way."""

import time

import pytest

from hardware.simulated.network import Behaviour, Fault, Kind, Service, Sort
from tests.scenarios.evening import (
    AGREED,
    ANNA,
    HASTE,
    HUB,
    KARIM,
    LUCIE,
    PAUL,
    SOFIA,
    all_behave,
    begin,
    call_back,
    charged,
    events,
    outcomes,
    said,
    state,
    until_charged,
)
from tests.scenarios.world import DOUBLE, HOLD, PEOPLE, PHONES, SINGLE, World


async def test_a_wrong_number_among_five(evening: World):
    """The telephone company says that Sofia's number is nobody's.

    That is told to the technicians, not in the home. Her e-mail and the four others go out as ever, Anna presses 1,
    and Sofia's number is not called again.
    """
    fault = Fault(Service.TWILIO, Kind.ERROR, status=400, code=21211, number=SOFIA)
    evening.network.faults.add(fault)
    all_behave(evening, Behaviour.IGNORES)
    await evening.click(DOUBLE)
    await evening.until(lambda: all(len(evening.calls(phone)) >= 2 for phone in PHONES[:4]))
    all_behave(evening, Behaviour.TAKES_CHARGE, ANNA)
    await until_charged(evening, "Anna")
    assert evening.mails("Sofia")
    assert {d["outcome"] for d in await outcomes(evening, SOFIA, "call")} == {"failed"}
    assert len(await outcomes(evening, SOFIA, "call")) == 1
    assert any(code.startswith("refused:") for code in await evening.fault_codes())


async def test_the_credentials_are_revoked_in_the_middle(evening: World):
    """The first round has gone out; then somebody revokes the hub's key.

    From now on the telephone company refuses everything. The hub goes on trying and tells that the path is down;
    when the key is valid again, what was waiting leaves, and Anna's 1 counts.
    """
    all_behave(evening, Behaviour.IGNORES)
    await evening.click(DOUBLE)
    await evening.until(evening.all_told)
    evening.network.faults.add(Fault(Service.TWILIO, Kind.ERROR, status=401, code=20003))

    async def down() -> bool:
        return "twilio" in await evening.fault_codes()

    await evening.until(down, 30)
    before = len(evening.calls(ANNA))
    all_behave(evening, Behaviour.TAKES_CHARGE, ANNA)
    evening.network.faults.clear()
    await until_charged(evening, "Anna")
    assert len(evening.calls(ANNA)) > before


async def test_studio_refuses(evening: World):
    """The part of the telephone company that understands keys is down.

    Within the same second each call goes out as a plain one that speaks the text. Nobody can press a key in it; but
    Paul calls back once it works again, presses 1 there, and is in charge.
    """
    evening.network.faults.add(Fault(Service.TWILIO, Kind.ERROR, status=503, only=Sort.EXECUTION))
    began = time.monotonic()
    await evening.click(DOUBLE)
    await evening.until(evening.all_told)
    assert time.monotonic() - began < 5
    await evening.until(lambda: all("Marie" in evening.calls(phone)[0] for phone in PHONES))
    assert not any("Lilas" in text for phone in PHONES for text in evening.calls(phone))
    assert await charged(evening) == []
    evening.network.phones.keys(PAUL, "1")
    await call_back(evening, PAUL)
    await until_charged(evening, "Paul")


def alerts(world: World, phone: str) -> list[str]:
    """The SMS that tell of the alarm itself, not of who takes care of it."""
    return [text for text in said(world, phone, "Lilas") if text.startswith("ALARM") and "occupez" not in text]


@pytest.mark.parametrize("kind", [Kind.ERROR, Kind.HANG, Kind.RESET])
async def test_the_provider_is_dead_at_the_press_and_comes_back(evening: World, kind: Kind):
    """Nothing reaches the telephone company when she presses.

    The e-mails leave at once. The siren does not wait. When the company answers again, everybody gets one SMS and is
    called, and Lucie takes charge.
    """
    evening.network.faults.add(Fault(Service.TWILIO, kind))
    await evening.click(HOLD)
    await evening.until(lambda: evening.sounding and all(evening.mails(name) for name in PEOPLE.values()))
    all_behave(evening, Behaviour.IGNORES)
    all_behave(evening, Behaviour.TAKES_CHARGE, LUCIE)
    evening.network.faults.clear()
    await until_charged(evening, "Lucie")
    assert evening.sounding, "the calls stop, the siren does not"
    await evening.until(lambda: all(alerts(evening, phone) for phone in PHONES))
    assert [len(alerts(evening, phone)) for phone in PHONES] == [1] * 5


async def test_killed_between_the_key_and_the_record(evening: World):
    """Sofia's telephone rings; the power fails. She presses 1, and nobody is there to hear it.

    When the hub is back it asks what became of the call, finds the key, and Sofia is in charge: once, though she is
    asked about again and again.
    """
    all_behave(evening, Behaviour.BY_HAND)
    evening.network.phones.keys(SOFIA, "1")
    await evening.click(DOUBLE)
    await evening.until(lambda: all(evening.calls_begun(phone) for phone in PHONES))

    async def accepted() -> bool:
        return {d["outcome"] for d in await outcomes(evening, SOFIA, "call")} == {"accepted"}

    await evening.until(accepted)
    evening.kill()
    (call,) = evening.network.phones[SOFIA].calls
    evening.network.phones.pick_up(call.id)
    await evening.until(lambda: call.over)
    await evening.start(HUB_HASTE=HASTE)
    await until_charged(evening, "Sofia")
    await evening.until(lambda: all(said(evening, phone, "Sofia") for phone in (ANNA, KARIM, LUCIE, PAUL)))
    assert (await events(evening)).count("acknowledged") == 1
    assert await state(evening) in AGREED


async def test_an_sms_that_never_gets_its_receipt_is_followed_by_a_call(outside: World):
    """She presses once: an SMS to each. Lucie's telephone has been off for days.

    The others have theirs. Nobody knows of Lucie's SMS: she, and she alone, is called and gets an e-mail.
    """
    outside.network.phones.undeliverable(LUCIE, 30003)
    await begin(outside)
    await outside.click(SINGLE)
    await outside.until(lambda: outside.calls(LUCIE) and outside.mails("Lucie"), 30)
    assert [len(outside.calls(phone)) for phone in PHONES] == [0, 0, 1, 0, 0]


async def test_an_sms_that_says_yes(outside: World):
    """The hub's SMS come from a number that takes replies. Anna answers "ok je regarde", Karim "OUI".

    What Anna wrote may mean anything; Karim is in charge.
    """
    outside.configure(sender=HUB)
    await begin(outside)
    all_behave(outside, Behaviour.IGNORES)
    await outside.click(DOUBLE)
    await outside.until(lambda: all(outside.texts(phone) for phone in PHONES))
    outside.network.phones.reply(ANNA, HUB, "ok je regarde")
    outside.network.phones.reply(KARIM, HUB, "OUI")
    await until_charged(outside, "Karim")
    assert await charged(outside) == ["Karim"]
