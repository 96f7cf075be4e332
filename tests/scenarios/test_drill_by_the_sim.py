"""An exercise proves the ways that it takes, names those that it does not, and can take the hub's own SIM."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.modem.fakemodem import FakeModem
from tests.scenarios.sim import sent, with_modem
from tests.scenarios.world import DOUBLE, PHONES, World


@pytest.fixture
async def modem(outside: World, tmp_path: Path) -> AsyncIterator[FakeModem]:
    async with with_modem(outside, tmp_path) as modem:
        yield modem


def untried(answer: dict[str, object]) -> list[str]:
    """The paths of which it has proved nothing."""
    assert isinstance(answer["untried"], list)
    return [path["path"] for path in answer["untried"]]


async def test_an_exercise_says_that_it_proves_nothing_of_the_sim(outside: World, modem: FakeModem):
    answer = await outside.ask("drill", gesture="double", answer_in="fr")
    assert untried(answer) == ["modem"]
    assert "« hub drill single --modem »" in answer["untried"][0]["sentence"].replace("\xa0", " ")

    async def everything_else() -> bool:
        return untried(await outside.incident()) == ["modem"]

    await outside.until(everything_else)
    assert modem.outbox == []


async def test_an_exercise_by_the_sim_takes_no_other_way_and_gives_way_to_a_real_press(
    outside: World, modem: FakeModem
):
    answer = await outside.ask("drill", gesture="single", modem=True)
    assert untried(answer) == ["twilio", "smtp"]

    async def tried() -> bool:
        return untried(await outside.incident()) == ["twilio", "smtp"]

    await outside.until(tried)
    assert modem.outbox
    await outside.click(DOUBLE)
    await outside.until(outside.all_told)
    assert all("PAS UN EXERCICE" in outside.texts(phone)[0] for phone in PHONES[:4])
    exercise = (await outside.ask("incident", id=answer["incident"]["id"]))["incident"]
    waiting = [one for one in exercise["deliveries"] if not one["attempts"]]
    assert [one["outcome"] for one in waiting] == ["failed"] * len(waiting) != [], "it is not sent any more"
    assert all("EXERCICE" in text for text in sent(modem).values())


async def test_a_sim_without_credit_is_a_fault_until_an_sms_is_taken(outside: World, modem: FakeModem):
    """The modem looks well all the time."""
    modem.refusals = ["+CMS ERROR: 38"] * 1000
    await outside.ask("drill", gesture="single", modem=True)

    async def faulty() -> bool:
        return "sim" in await outside.fault_codes()

    await outside.until(faulty)
    (path,) = [one for one in (await outside.ask("status"))["paths"] if one["name"] == "modem"]
    assert path["ok"] is False
    modem.refusals.clear()

    async def well() -> bool:
        return not await faulty()

    await outside.until(well, 40)
    assert modem.outbox


async def test_a_hub_without_a_modem_refuses_an_exercise_by_it(world: World):
    assert "--modem" in await world.refused("drill", gesture="single", modem=True)
    assert (await world.ask("incidents"))["incidents"] == []


async def test_status_and_doctor_show_the_sim_and_ask_for_an_exercise_by_it(outside: World, modem: FakeModem):
    async def checks() -> dict[str, tuple[bool, bool, str]]:
        found = (await outside.ask("doctor"))["checks"]
        return {check["name"]: (check["ok"], check["blocking"], check["sentence"]) for check in found}

    async def measured() -> bool:
        modem = (await outside.ask("status"))["modem"]
        return bool(modem["signal"] and modem["answering"] and modem["technology"])

    await outside.until(measured)
    shown = (await outside.ask("status"))["modem"]
    assert (shown["present"], shown["sim"], shown["registered"]) == (True, True, True)
    assert (shown["operator"], shown["trouble"], shown["sentence"]) == ("Home Net", "", "")
    before = await checks()
    assert before["signal"][0]
    assert "Home Net" in before["signal"][2]
    assert before["proof:modem"][:2] == (False, False)
    assert "“hub drill single --modem”" in before["proof:modem"][2]
    await outside.ask("drill", gesture="single", modem=True)

    async def proven() -> bool:
        return "proof:modem" not in await checks()

    await outside.until(proven)
    assert "proof:twilio" in await checks()


async def test_a_modem_that_is_pulled_out_is_shown_with_what_to_do(outside: World, modem: FakeModem):
    await modem.unplug()

    async def shown() -> bool:
        return "plug it in again" in (await outside.ask("status", answer_in="en"))["modem"]["sentence"]

    await outside.until(shown, 60)
    failing = [check for check in (await outside.ask("doctor"))["checks"] if check["name"] == "modem"]
    assert [(check["ok"], check["blocking"]) for check in failing] == [(False, False)]
