"""The set-up: what is done, what an alert still lacks, and what is so once it is finished."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from hub.gesture import Kind
from hub.household import Household
from hub.response import DEFAULT, Action
from hub.store.page import LoadedPage
from hub.texts import sentence
from tests.box import Line
from tests.page.conftest import House

STEPS = [
    "presence", "home", "contacts", "technicians", "buttons", "siren", "microphone", "paths", "keys", "drill", "sheet",
]  # fmt: skip
ADDRESS = "AA:BB:CC:DD:EE:FF"


@pytest.fixture
async def new(house: House) -> AsyncIterator[House]:
    """Not set up yet, with a radio that listens and a provider that answers."""
    house.start()
    house.hub.gate.load(LoadedPage(), complete=True)
    house.hub.channels = {Action.SMS: Line("twilio")}
    listening = asyncio.create_task(house.hub.devices.buttons.listen(lambda press: None))
    await asyncio.sleep(0)
    yield house
    listening.cancel()


async def done(house: House) -> set[str]:
    return {step["name"] for step in (await house.root("setup"))["steps"] if step["done"]}


async def now(house: House) -> tuple[bool, str]:
    found = (await house.root("setup"))["now"]
    return found["ok"], found["sentence"]


async def make_ready(house: House) -> None:
    await house.root("home set", name="Marie", address="12 rue des Lilas")
    await house.root("contact add", name="Anna", phone="+33639980001")
    await house.root("button add", address=ADDRESS, name="bag")


async def test_the_steps_are_these_in_their_order(new: House):
    assert [step["name"] for step in (await new.root("setup"))["steps"]] == STEPS
    assert all(step["sentence"] for step in (await new.root("setup", answer_in="fr"))["steps"])


async def test_each_step_is_done_once_it_is(new: House):
    assert await done(new) == {"siren", "microphone", "paths"}
    await new.root("setup presence", lives_here=True)
    await make_ready(new)
    await new.root("technician add", name="Tom", phone="+33639980011", email="tom@example.org")
    assert await done(new) == set(STEPS) - {"contacts", "keys", "drill", "sheet"}
    contact = (await new.root("contacts"))["contacts"][0]["id"]
    await new.root("contact change", id=contact, consent=True)
    assert "contacts" in await done(new)
    new.hub.faults.put("twilio", "timeout")
    assert "paths" not in await done(new)


async def test_one_sentence_says_what_to_do_first(new: House):
    ok, said = await now(new)
    assert (ok, said) == (False, f"An alert would NOT get out now. {sentence('en', 'checks', 'home_missing')}")
    await new.root("home set", name="Marie", address="12 rue des Lilas")
    assert sentence("en", "checks", "contacts_missing") in (await now(new))[1]
    await make_ready(new)
    assert await now(new) == (True, "An alert would get out now.")
    new.hub.channels = {}
    assert await now(new) == (False, f"An alert would NOT get out now. {sentence('en', 'checks', 'twilio_missing')}")


async def test_it_cannot_be_finished_while_an_alert_would_not_get_out(new: House):
    assert await new.refused(new.root("setup finish")) == "not_ready"
    assert (await new.page("page"))["fresh"]


async def test_once_it_is_finished_the_page_is_a_window_and_removals_wait(new: House):
    await make_ready(new)
    await new.root("setup finish")
    shown = await new.page("page")
    assert (shown["fresh"], shown["open"], shown["until"]) == (False, True, "2026-11-23T19:29:00.000Z")
    new.seconds = 900.0
    assert not (await new.page("page"))["open"]
    assert (await new.root("contact remove", id=(await new.root("contacts"))["contacts"][0]["id"]))["due"]
    await new.again()
    assert (await new.root("setup"))["finished"]
    assert not (await new.page("page"))["open"]


async def test_where_he_lives_here_no_gesture_sounds_the_siren_and_a_hold_records(new: House):
    button = (await new.root("button add", address=ADDRESS, response={"hold": ["sms", "siren"], "single": ["sms"]}))[
        "button"
    ]["id"]
    await new.root("response set", gesture="single", actions=["sms", "siren"])
    answer = await new.root("setup presence", lives_here=True)
    table = {row["gesture"]: row["actions"] for row in answer["response"]}
    assert table == {
        "single": ["sms"], "double": ["call", "email", "sms"], "many": ["call", "email", "sms"],
        "hold": ["call", "email", "record", "sms"],
    }  # fmt: skip
    own = (await new.root("response", button=button))["response"]
    assert not any("siren" in row["actions"] for row in own)
    for asked in ({}, {"button": button}):
        refused = new.root("response set", gesture="hold", actions=["sms", "siren"], **asked)
        assert await new.refused(refused) == "siren_lives_here"
    another = new.root("button add", address="AA:BB:CC:DD:EE:00", response={"hold": ["sms", "siren"]})
    assert await new.refused(another) == "siren_lives_here"


async def test_it_holds_over_a_restart_until_somebody_says_otherwise(new: House):
    await new.root("setup presence", lives_here=True)
    await new.again()
    assert Action.SIREN not in new.hub.household.table[Kind.HOLD].actions
    assert (await new.root("setup"))["lives_here"] is True
    assert await new.refused(new.root("response set", gesture="hold", actions=["sms", "siren"])) == "siren_lives_here"
    await new.root("setup presence", lives_here=False)
    await new.again()
    assert new.hub.household.table == DEFAULT
    assert isinstance(new.hub.household, Household)


async def test_whether_he_lives_here_changes_the_siren_and_nothing_else(new: House):
    await new.root("response set", gesture="single", actions=["sms", "email"])
    await new.root("response set", gesture="hold", actions=["sms", "siren"])
    for lives_here, hold in ((False, {"sms", "siren"}), (True, {"sms"}), (False, {"sms", "siren"})):
        await new.root("setup presence", lives_here=lives_here)
        await new.again()
        table = {row["gesture"]: set(row["actions"]) for row in (await new.root("response"))["response"]}
        assert (table["hold"], table["single"]) == (hold, {"sms", "email"})


@pytest.mark.parametrize("lives_here", [True, False])
async def test_the_same_answer_again_changes_nothing(new: House, lives_here: bool):
    await new.root("setup presence", lives_here=not lives_here)
    await new.root("setup presence", lives_here=lives_here)
    await new.root("response set", gesture="hold", actions=["sms"])
    await new.root("setup presence", lives_here=lives_here)
    await new.again()
    assert new.hub.household.table[Kind.HOLD].actions == {Action.SMS}


async def test_a_home_that_chose_no_siren_gets_none_by_the_first_answer(new: House):
    await new.root("response set", gesture="hold", actions=["sms"])
    await new.root("setup presence", lives_here=False)
    assert new.hub.household.table[Kind.HOLD].actions == {Action.SMS}


async def test_three_presses_still_follow_the_double_afterwards(new: House):
    await new.root("setup presence", lives_here=True)
    await new.root("response set", gesture="double", actions=["sms"])
    assert new.hub.household.table[Kind.MANY].actions == DEFAULT[Kind.MANY].actions
    await new.root("response set", gesture="double", actions=["sms", "record"])
    assert Action.RECORD in new.hub.household.table[Kind.MANY].actions
    await new.root("response set", gesture="double", actions=["sms"])
    assert Action.RECORD not in new.hub.household.table[Kind.MANY].actions
