"""From the press to a human's answer.

Each story runs the whole hub, from the button's frame to the telephones, against a telephone company on the same
machine that behaves as Twilio describes itself; minutes are made seconds. `docs/stories.md` is printed from here.
"""

import asyncio

from hardware.simulated.network import Behaviour
from tests.scenarios.evening import (
    ANNA,
    KARIM,
    LUCIE,
    PAUL,
    SOFIA,
    all_behave,
    call_back,
    charged,
    code_of,
    events,
    said,
    state,
    until_charged,
)
from tests.scenarios.world import DOUBLE, HOLD, PEOPLE, PHONES, World


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
    await evening.until(lambda: "12 rue des Lilas" in evening.calls(PAUL)[-1])
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
