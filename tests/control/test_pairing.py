"""Buttons as a technician sets them up: what is kept, what is refused, and how they are said to be."""

import asyncio
import json
import logging
from typing import Any

import pytest

from hardware.simulated.buttons import BEACON, STRANGER
from hub.core import Hub
from hub.errors import Refusal
from hub.gesture import Kind, Timing
from hub.response import Action
from hub.store.load import load
from tests.hub_fixture import Ask
from tests.moments import at

ADDRESS = "AA:BB:CC:DD:EE:01"
OTHER = "AA:BB:CC:DD:EE:02"
KEY = "00112233445566778899aabbccddeeff"
WRONG = "ffeeddccbbaa99887766554433221100"


async def added(ask: Ask, address: str = ADDRESS, **values: object) -> dict[str, Any]:
    button: dict[str, Any] = (await ask("button add", address=address, **values))["button"]
    return button


async def listed(ask: Ask, **values: object) -> dict[str, Any]:
    (button,) = (await ask("buttons", **values))["buttons"]
    return dict(button)


def do(hub: Hub, what: str, **values: object) -> None:
    hub.devices.buttons.simulate({"do": what, "button": ADDRESS, **values})


async def test_a_button_comes_with_all_that_it_needs(ask: Ask, hub: Hub):
    table = {"single": ["sms", "call"], "many": ["sms", "siren"]}
    button = await added(ask, name="bag", worn=False, key=KEY, hold_after=2, pause=0.5, feedback=True, response=table)
    kept = hub.household.buttons[button["id"]]
    assert (kept.key, kept.timing, kept.feedback) == (bytes.fromhex(KEY), Timing(2.0, 0.5), True)
    assert kept.actions[Kind.SINGLE] == {Action.SMS, Action.CALL}
    assert (button["encrypted"], button["hold_after"], button["pause"], button["worn"]) == (True, 2.0, 0.5, False)
    await hub.household.saved
    (stored,) = (await hub.store.read(lambda connection: load(connection, at(0)))).buttons
    assert (stored.key, stored.timing, stored.actions) == (kept.key, kept.timing, kept.actions)


async def test_the_list_says_how_a_button_is(ask: Ask, hub: Hub):
    await added(ask, name="bag")
    before = await listed(ask)
    assert (before["last_press"], before["rssi"], before["battery"], before["notices"]) == (None, -60, 100, [])
    assert (before["supervision"], before["period"], before["state"]) == ("beacon", BEACON, "ok")
    assert (before["encrypted"], before["feedback"], before["response"]) == (False, False, None)
    do(hub, "battery", per_cent=12)
    assert "bag" in (await listed(ask))["notices"][0]
    assert (await listed(ask, answer_in="fr"))["notices"][0].startswith("La pile du bouton bag")


async def test_a_key_is_neither_shown_nor_logged(ask: Ask, hub: Hub, caplog: pytest.LogCaptureFixture):
    caplog.set_level(logging.DEBUG)
    shown = [await added(ask, key=KEY), await listed(ask), await ask("status"), await ask("doctor")]
    with pytest.raises(Refusal) as refused:
        await ask("button set", id=shown[0]["id"], key=KEY[:-1] + "g")
    said = json.dumps(shown) + caplog.text + repr(refused.value.values) + repr(hub.household.buttons)
    assert KEY[:8] not in said.lower()
    assert repr(bytes.fromhex(KEY))[2:10] not in said


@pytest.mark.parametrize(
    ("values", "key"),
    [
        ({"key": "12"}, "invalid_key"),
        ({"key": KEY + "0"}, "invalid_key"),
        ({"key": "g" * 32}, "invalid_key"),
        ({"key": KEY, "protocol": "itag"}, "key_useless"),
        ({"hold_after": 0.2}, "invalid_timing"),
        ({"hold_after": 5.1}, "invalid_timing"),
        ({"pause": 0.1}, "invalid_timing"),
        ({"pause": 3.1}, "invalid_timing"),
        ({"pause": float("nan")}, "malformed_request"),
        ({"pause": "1"}, "malformed_request"),
        ({"protocol": "learned"}, "button_not_learned"),
        ({"protocol": "smoke"}, "unknown_protocol"),
        ({"response": {"single": []}}, "response_tells_nobody"),
        ({"response": {"wave": ["sms"]}}, "unknown_gesture"),
        ({"response": {"single": ["shout"]}}, "unknown_action"),
        ({"name": "n" * 41}, "name_too_long"),
        ({"rules": []}, "malformed_request"),
    ],
)
async def test_a_button_with_a_flaw_is_refused_and_nothing_is_half_done(ask: Ask, values: dict[str, Any], key: str):
    with pytest.raises(Refusal, match=key):
        await added(ask, **values)
    assert (await ask("buttons"))["buttons"] == []


async def test_the_limits_of_the_timing_are_good(ask: Ask):
    await added(ask, hold_after=0.3, pause=0.2)
    await added(ask, OTHER, hold_after=5, pause=3)


async def test_a_key_that_does_not_open_what_the_button_sends_is_refused(ask: Ask, hub: Hub):
    id = (await added(ask))["id"]
    do(hub, "key", key=KEY)
    with pytest.raises(Refusal, match="key_does_not_fit"):
        await ask("button set", id=id, key=WRONG)
    assert hub.household.buttons[id].key is None
    assert (await ask("button set", id=id, key=KEY.upper()))["button"]["encrypted"]
    await ask("button remove", id=id)
    with pytest.raises(Refusal, match="key_does_not_fit"):
        await added(ask, "aa-bb-cc-dd-ee-01", key=WRONG)
    assert (await added(ask, key=KEY))["encrypted"]


async def test_a_change_touches_what_it_names_and_nothing_else(ask: Ask, hub: Hub):
    before = await added(ask, name="bag", key=KEY, hold_after=2, pause=0.5, response={"single": ["call"]})
    after = (await ask("button set", id=before["id"], worn=False))["button"]
    assert after == before | {"worn": False, "last_seen": after["last_seen"]}
    after = (await ask("button set", id=before["id"], pause=1, name="door", feedback=True))["button"]
    assert (after["hold_after"], after["pause"], after["name"], after["feedback"]) == (2.0, 1.0, "door", True)
    assert hub.household.buttons[before["id"]].key == bytes.fromhex(KEY)
    await ask("button set", id=before["id"], key="")
    assert hub.household.buttons[before["id"]].key is None


async def test_a_button_is_understood_from_the_moment_its_key_is_given(ask: Ask, hub: Hub):
    id, listening = (await added(ask))["id"], asyncio.create_task(hub.devices.buttons.listen(hub.hear))
    await asyncio.sleep(0)
    do(hub, "key", key=KEY)
    do(hub, "single")
    assert hub.alerting.incident is None
    assert "“hub button set" in (await listed(ask))["notices"][0]
    await ask("button set", id=id, key=KEY)
    do(hub, "single")
    assert hub.alerting.incident is not None
    assert (await listed(ask))["notices"] == []
    listening.cancel()


@pytest.mark.parametrize("command", ["button set", "button remove", "button feedback"])
async def test_a_button_that_is_not_there_is_refused(ask: Ask, command: str):
    with pytest.raises(Refusal, match="unknown_button"):
        await ask(command, id="b1")
    with pytest.raises(Refusal, match="unknown_button"):
        await ask("response", button="b1")
    with pytest.raises(Refusal, match="unknown_button"):
        await ask("response set", gesture="single", actions=["sms"], button="b1")


async def test_she_can_be_shown_what_will_be_shown(ask: Ask, hub: Hub):
    id = (await added(ask))["id"]
    await ask("button feedback", id=id)
    assert hub.devices.buttons.simulate({})["confirmed"] == {ADDRESS: 1}
    do(hub, "away")
    with pytest.raises(Refusal, match="cannot_confirm"):
        await ask("button feedback", id=id)


async def test_a_scan_shows_what_was_pressed_and_what_is_near_only_when_asked(ask: Ask, hub: Hub):
    assert (await ask("button scan"))["heard"] == []
    assert [heard["address"] for heard in (await ask("button scan", near=True))["heard"]] == [STRANGER]


async def test_a_button_can_have_a_mind_of_its_own(ask: Ask, hub: Hub):
    id = (await added(ask))["id"]
    home = (await ask("response"))["response"]
    assert (await ask("response", button=id))["response"] == home
    changed = (await ask("response set", gesture="hold", actions=["sms", "record"], button=id))["response"]
    assert next(row for row in changed if row["gesture"] == "hold")["actions"] == ["record", "sms"]
    assert (await ask("response", button=id))["response"] == changed == (await listed(ask))["response"]
    assert (await ask("response"))["response"] == home
    assert (await ask("response set", gesture="hold", actions=[], button=id))["response"] == home
    assert (await listed(ask))["response"] is None


async def test_the_home_cannot_be_left_without_a_response(ask: Ask):
    with pytest.raises(Refusal, match="response_tells_nobody"):
        await ask("response set", gesture="hold", actions=[])


async def test_the_status_says_how_each_button_is_and_nothing_of_when_she_was_here(ask: Ask, hub: Hub):
    id = (await added(ask, name="bag"))["id"]
    do(hub, "battery", per_cent=20)
    status = await ask("status")
    assert status["buttons"] == [{"id": id, "name": "bag", "state": "ok", "supervision": "beacon", "battery": 20}]
    (warning,) = status["warnings"]
    assert warning["code"] == f"button_battery_low:{id}"
    assert "bag" in warning["sentence"]
    assert status["faults"] == []
