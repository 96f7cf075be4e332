"""The home as a technician sets it up: what is kept, what is refused and why."""

import contextlib
import pwd

import pyrage
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub import typed
from hub.control import table
from hub.core import Hub
from hub.errors import Refusal
from hub.gesture import Kind
from hub.household import Household
from hub.response import Action
from hub.store.load import load
from tests.hub_fixture import Ask
from tests.moments import at

NOBODY = pwd.getpwnam("nobody").pw_uid


def number(n: int) -> str:
    return f"06 12 34 56 7{n}"


async def stored(hub: Hub):
    return await hub.store.read(lambda connection: load(connection, at(0)))


async def test_an_empty_home_is_no_mistake(ask: Ask):
    assert (await ask("contacts"))["contacts"] == []
    assert (await ask("buttons"))["buttons"] == []
    assert (await ask("home"))["home"]["address"] == ""


async def test_a_contact_is_kept_as_a_number_the_whole_world_can_call(ask: Ask, hub: Hub):
    await ask("home set", name="Marie", language="en")
    added = (await ask("contact add", name="  Anna  B. ", phone=number(1), email="anna@example.org"))["contact"]
    assert added == {
        "id": added["id"], "name": "Anna B.", "phone": "+33612345671", "email": "anna@example.org", "language": "en",
        "consent": None,
    }  # fmt: skip
    assert [c.phone for c in (await stored(hub)).contacts] == ["+33612345671"]


async def test_five_contacts_and_not_one_more(ask: Ask):
    for n in range(5):
        await ask("contact add", name=f"N{n}", phone=number(n))
    with pytest.raises(Refusal, match="sixth_contact"):
        await ask("contact add", name="N6", phone=number(6))
    assert len((await ask("contacts"))["contacts"]) == 5


@pytest.mark.parametrize("phone", ["112", "+33112", "0033 17", "1 1 2", "15", "116 000", "+33 (0) 18", "１１４"])
async def test_no_emergency_number_in_any_spelling(ask: Ask, phone: str):
    with pytest.raises(Refusal, match="emergency_number"):
        await ask("contact add", name="Police", phone=phone)
    with pytest.raises(Refusal, match="emergency_number"):
        await ask("technician add", name="Police", phone=phone)
    assert (await ask("contacts"))["contacts"] == []


@pytest.mark.parametrize(
    ("values", "key"),
    [
        ({"name": "Anna", "phone": "12"}, "invalid_number"),
        ({"name": " ", "phone": number(1)}, "name_missing"),
        ({"name": "A" * 99, "phone": number(1)}, "name_too_long"),
        ({"name": "Anna", "phone": number(1), "email": "anna@"}, "invalid_email"),
        ({"name": "Anna", "phone": number(1), "language": "de"}, "invalid_language"),
        ({"name": "Anna"}, "malformed_request"),
        ({"name": "Anna", "phone": number(1), "role": "admin"}, "malformed_request"),
    ],
)
async def test_a_contact_with_a_flaw_is_refused_and_nothing_is_half_done(ask: Ask, values, key: str):
    with pytest.raises(Refusal, match=key):
        await ask("contact add", **values)
    assert (await ask("contacts"))["contacts"] == []


async def test_a_number_is_one_persons(ask: Ask):
    await ask("contact add", name="Anna", phone="0612345671")
    with pytest.raises(Refusal, match="duplicate_contact"):
        await ask("contact add", name="Anna again", phone="+33 6 12 34 56 71")
    with pytest.raises(Refusal, match="duplicate_contact"):
        await ask("technician add", name="Anna too", phone="+33 6 12 34 56 71")


async def test_a_contact_can_be_removed_for_good(ask: Ask, hub: Hub):
    id = (await ask("contact add", name="Anna", phone=number(1)))["contact"]["id"]
    await ask("contact remove", id=id)
    assert (await stored(hub)).contacts == []
    with pytest.raises(Refusal, match="unknown_contact"):
        await ask("contact remove", id=id)


async def test_two_technicians_at_most(ask: Ask):
    for n in range(2):
        await ask("technician add", name=f"T{n}", phone=number(n))
    with pytest.raises(Refusal, match="third_technician"):
        await ask("technician add", name="T3", phone=number(3))
    await ask("technician remove", id=(await ask("technicians"))["technicians"][0]["id"])
    assert len((await ask("technicians"))["technicians"]) == 1


async def test_the_home_changes_only_where_it_is_told(ask: Ask, hub: Hub):
    await ask("home set", name="Marie", address="12 rue des Lilas", position="47.996,-4.1024")
    home = (await ask("home set", timezone="Europe/Lisbon"))["home"]
    assert (home["name"], home["position"], home["timezone"]) == ("Marie", (47.996, -4.1024), "Europe/Lisbon")
    assert (await stored(hub)).home.timezone == "Europe/Lisbon"
    assert (await ask("home set", position=""))["home"]["position"] is None


async def test_the_home_keeps_what_the_emergency_services_ask_for(ask: Ask, hub: Hub):
    details = {"floor": "2e gauche", "door_code": "12A4 Roux", "residents": "Marie, Tom (4)", "notes": "un chien"}
    home = (await ask("home set", **details))["home"]
    assert {key: home[key] for key in details} == details
    assert (await stored(hub)).home == hub.household.home
    assert (await ask("home set", door_code=""))["home"]["door_code"] == ""


@pytest.mark.parametrize(
    ("values", "key"),
    [
        ({"name": "Marie", "floor": "a" * 41}, "detail_too_long"),
        ({"name": "Marie", "door_code": "1" * 41}, "detail_too_long"),
        ({"name": "Marie", "residents": "a" * 121}, "detail_too_long"),
        ({"name": "Marie", "notes": "a" * 241}, "detail_too_long"),
        ({"position": "here"}, "invalid_position"),
        ({"position": "91,0"}, "invalid_position"),
        ({"position": "nan,0"}, "invalid_position"),
        ({"language": "de"}, "invalid_language"),
        ({"timezone": "Mars/Base"}, "invalid_timezone"),
        ({"name": "Marie", "address": "a" * 150}, "home_too_long"),
    ],
)
async def test_a_home_with_a_flaw_is_refused_whole(ask: Ask, values, key: str):
    with pytest.raises(Refusal, match=key):
        await ask("home set", **values)
    assert (await ask("home"))["home"]["name"] == ""


async def test_a_button_is_watched_from_the_moment_it_is_added(ask: Ask, hub: Hub):
    button = (await ask("button add", address="aa-bb-cc-dd-ee-ff", name="bag", worn=False))["button"]
    assert button["address"] == "AA:BB:CC:DD:EE:FF"
    with pytest.raises(Refusal, match="duplicate_button"):
        await ask("button add", address="AA:BB:CC:DD:EE:FF")
    with pytest.raises(Refusal, match="invalid_button_address"):
        await ask("button add", address="somewhere")
    with pytest.raises(Refusal, match="unknown_protocol"):
        await ask("button add", address="AA:BB:CC:DD:EE:00", protocol="smoke")
    assert "AA:BB:CC:DD:EE:FF" in hub.devices.buttons.simulate({})["buttons"]
    await ask("button remove", id=button["id"])
    assert hub.devices.buttons.simulate({})["buttons"] == []


async def test_a_response_that_tells_nobody_is_refused(ask: Ask):
    with pytest.raises(Refusal, match="response_tells_nobody"):
        await ask("response set", gesture="hold", actions=["siren"])
    with pytest.raises(Refusal, match="unknown_gesture"):
        await ask("response set", gesture="wave", actions=["sms"])


async def test_three_presses_follow_the_double_up_and_down_as_they_would_after_a_restart(ask: Ask, hub: Hub):
    before = hub.household.table
    await ask("response set", gesture="double", actions=["sms", "call", "email", "record"])
    assert Action.RECORD in hub.household.table[Kind.MANY].actions
    await ask("response set", gesture="double", actions=["sms", "call", "email"])
    assert hub.household.table == before
    restarted = Household(hub.store)
    restarted.load(await stored(hub))
    assert restarted.table == hub.household.table


async def test_the_status_says_that_recordings_are_readable_until_there_is_a_key(ask: Ask):
    (sentence,) = (await ask("status", answer_in="fr"))["unfinished"]
    assert "qui a la carte peut écouter" in sentence
    assert "hub evidence key add age1…" in sentence
    await ask("evidence key add", key=str(pyrage.x25519.Identity.generate().to_public()))
    assert (await ask("status"))["unfinished"] == []


async def test_a_stranger_may_ask_nothing(ask: Ask):
    for command in table.COMMANDS:
        with pytest.raises(Refusal, match="not_allowed"):
            await ask(command, uid=NOBODY)


async def test_a_command_that_does_not_exist_is_refused(ask: Ask):
    with pytest.raises(Refusal, match="unknown_command"):
        await ask("explode")


@given(st.text())
def test_no_position_breaks_anything(text: str):
    position = None
    with contextlib.suppress(Refusal):
        position = typed.position(text)
    assert position is None or (abs(position[0]) <= 90 and abs(position[1]) <= 180)
