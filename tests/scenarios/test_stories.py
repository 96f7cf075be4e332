"""From the press to a human's answer.

Each story runs the whole hub, from the button's frame to the telephones, against a telephone company on the same
machine that behaves as Twilio describes itself; minutes are made seconds. `docs/stories.md` is printed from here.
"""

import asyncio
import time
from typing import Any

import pytest

from hardware.simulated.network import Behaviour, Fault, Kind, Service, Sort
from tests.scenarios.world import DOUBLE, HOLD, PEOPLE, PHONES, SINGLE, World

ANNA, KARIM, LUCIE, PAUL, SOFIA = PHONES
HASTE = "30"  # a round of calls every 3 s, an acknowledgement lapses after 20
HUB = "+33939010203"
AGREED = {"acknowledged", "resolved"}


@pytest.fixture
async def evening(outside: World) -> World:
    """The hub runs, hurried, in a home with five contacts and a button; its flow is at the provider."""
    return await begin(outside)


async def begin(world: World) -> World:
    await world.start(HUB_HASTE=HASTE)
    await world.settle_in()
    await world.until(lambda: any(flow.runs for flow in world.network.executions.flows.values()))
    return world


def all_behave(world: World, behaviour: Behaviour, *phones: str) -> None:
    for phone in phones or PHONES:
        world.network.phones.behave(phone, behaviour)


async def state(world: World) -> str:
    return str((await world.incident())["state"])


async def charged(world: World) -> list[str]:
    """Who answered, by name."""
    return [c["name"] for c in (await world.incident())["contacts"] if c["acknowledged_at"]]


async def until_charged(world: World, *names: str) -> None:
    async def answered() -> bool:
        return set(names) <= set(await charged(world))

    await world.until(answered)


async def events(world: World) -> list[str]:
    return [event["what"] for event in (await world.incident())["events"]]


async def outcomes(world: World, phone: str, channel: str) -> list[dict[str, Any]]:
    told = await world.incident()
    return [d for d in told["deliveries"] if d["name"] == PEOPLE[phone] and d["channel"] == channel]


def said(world: World, phone: str, words: str) -> list[str]:
    return [text for text in world.texts(phone) if words in text]


async def test_nobody_answers_for_three_rounds_then_the_fourth_contact_presses_1(evening: World):
    """She presses twice. All five telephones ring, nobody picks up.

    A minute and a half later everybody is called a second time, then a third. The third time Paul picks up, hears
    the text and presses 1. He hears what the emergency services will ask him. The telephones that still ring fall
    silent, nobody is called a fourth time, and the others read that Paul is taking care of it.
    """
    all_behave(evening, Behaviour.IGNORES)
    await evening.click(DOUBLE)
    await evening.until(lambda: all(len(evening.calls(phone)) >= 2 for phone in PHONES))
    all_behave(evening, Behaviour.TAKES_CHARGE, PAUL)
    await until_charged(evening, "Paul")
    assert (await events(evening)).count("called_again") >= 2
    await evening.until(lambda: all(said(evening, phone, "Paul") for phone in (ANNA, KARIM, LUCIE, SOFIA)))
    assert "12 rue des Lilas" in evening.calls(PAUL)[-1]
    await evening.until(lambda: all(call.over for phone in PHONES for call in evening.network.phones[phone].calls))
    calls = {phone: len(evening.calls(phone)) for phone in PHONES}
    await asyncio.sleep(4)  # the next round would have begun
    assert {phone: len(evening.calls(phone)) for phone in PHONES} == calls
    assert await charged(evening) == ["Paul"]


async def test_an_answering_machine_picks_up_and_nobody_presses(evening: World):
    """Every telephone is answered by a machine.

    The machines get a few words that give nothing away: no address, no door code. Nobody has taken charge, whatever
    the machines picked up: the calls go on until the fifth round.
    """
    await evening.ask("home set", door_code="4711")
    all_behave(evening, Behaviour.ANSWERING_MACHINE)
    await evening.click(DOUBLE)

    async def five_rounds() -> bool:
        return (await events(evening)).count("called_again") == 4

    await evening.until(five_rounds, 60)
    recorded = [call.text for phone in PHONES for call in evening.network.phones[phone].calls]
    assert not any("Lilas" in text or "4711" in text or "4, 7" in text for text in recorded)
    assert await state(evening) == "alerting"
    assert await charged(evening) == []


async def test_two_answer_at_once(evening: World):
    """Karim and Lucie pick up at the same moment and both press 1.

    One of them was first and is in charge; the other one reads who, and to stand by. Everybody else reads the same
    name.
    """
    all_behave(evening, Behaviour.IGNORES)
    all_behave(evening, Behaviour.TAKES_CHARGE, KARIM, LUCIE)
    await evening.click(DOUBLE)
    await until_charged(evening, "Karim", "Lucie")
    await evening.until(lambda: all(len(evening.texts(phone)) >= 2 for phone in PHONES))
    (first,) = {name for name in ("Karim", "Lucie") if said(evening, ANNA, name)}
    second = next(phone for phone in (KARIM, LUCIE) if PEOPLE[phone] != first)
    assert said(evening, second, first)


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
    assert all("Marie" in evening.calls(phone)[0] for phone in PHONES)
    assert not any("Lilas" in text for phone in PHONES for text in evening.calls(phone))
    assert await charged(evening) == []
    evening.network.phones.keys(PAUL, "1")
    await call_back(evening, PAUL)
    await until_charged(evening, "Paul")


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
    await evening.until(lambda: all(said(evening, phone, "ALARM") for phone in PHONES))
    assert [len(said(evening, phone, "ALARM")) for phone in PHONES] == [1] * 5


async def test_an_acknowledgement_lapses(evening: World):
    """Karim takes charge, and then nothing is heard of him.

    After ten minutes he alone is called: is he still on it? He does not pick up. A minute later everybody is told
    again; now Lucie takes charge, and later says with key 9 and the code she was given that it is over. Everybody
    gets the all-clear.
    """
    all_behave(evening, Behaviour.IGNORES)
    all_behave(evening, Behaviour.TAKES_CHARGE, KARIM)
    await evening.click(DOUBLE)
    await until_charged(evening, "Karim")
    all_behave(evening, Behaviour.IGNORES)
    all_behave(evening, Behaviour.TAKES_CHARGE, LUCIE)
    calls = {phone: len(evening.calls(phone)) for phone in PHONES}

    async def asked() -> bool:
        return "checked" in await events(evening)

    await evening.until(asked, 60)
    await evening.until(lambda: len(evening.calls(KARIM)) > calls[KARIM])
    assert len(evening.calls(ANNA)) == calls[ANNA], "only he is called"
    await until_charged(evening, "Lucie")
    assert "lapsed" in await events(evening)
    assert said(evening, ANNA, "Lucie") or await evening.until(lambda: said(evening, ANNA, "Lucie")) is None
    await evening.until(lambda: code_of(evening, LUCIE))
    evening.network.phones.keys(LUCIE, "9", code_of(evening, LUCIE))
    await call_back(evening, LUCIE)

    async def over() -> bool:
        return await state(evening) == "resolved"

    await evening.until(over)
    await evening.until(lambda: all(said(evening, phone, "FIN D'ALERTE") for phone in (ANNA, KARIM, LUCIE, PAUL)))


async def call_back(world: World, phone: str) -> None:
    """As soon as nobody is calling."""
    await world.until(lambda: all(call.over for call in world.network.phones[phone].calls))
    world.network.phones.dial(phone, HUB)


def code_of(world: World, phone: str) -> str:
    """The four digits in the SMS to whoever is in charge."""
    for text in world.texts(phone):
        digits = [word.strip(".,:") for word in text.split() if len(word.strip(".,:")) == 4]
        for word in digits:
            if word.isdigit():
                return word
    return ""


async def test_whoever_is_asked_and_presses_1_stays_in_charge(evening: World):
    """Karim is asked after ten minutes and presses 1: nobody else is disturbed."""
    all_behave(evening, Behaviour.IGNORES)
    all_behave(evening, Behaviour.TAKES_CHARGE, KARIM)
    await evening.click(DOUBLE)
    await until_charged(evening, "Karim")
    calls = len(evening.calls(ANNA))

    async def twice() -> bool:
        return (await events(evening)).count("acknowledged") >= 2

    await evening.until(twice, 60)
    assert "lapsed" not in await events(evening)
    assert len(evening.calls(ANNA)) == calls


async def test_duress(evening: World):
    """Somebody forces her to end the alert; the end she gives is the one that only looks like it.

    The siren falls silent, and whoever looks on reads that it is over. The contacts read that it was cancelled under
    threat, no all-clear is sent, and the calls go on until Anna takes charge. Nothing shows it in the home.
    """
    all_behave(evening, Behaviour.IGNORES)
    await evening.click(HOLD)
    await evening.until(lambda: evening.all_told() and evening.sounding)
    incident = await evening.incident()
    shown = (await evening.ask("resolve", id=incident["id"], kind="duress"))["incident"]
    assert shown["state"] == "resolved"
    assert not evening.sounding
    all_behave(evening, Behaviour.TAKES_CHARGE, ANNA)
    await until_charged(evening, "Anna")
    assert all(said(evening, phone, "MENACE") for phone in (ANNA, KARIM, LUCIE, PAUL))
    assert not any(said(evening, phone, "FIN D'ALERTE") for phone in PHONES)


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
