"""What a technician types about a button, and how the home keeps it."""

import pytest

from hub.core import Hub, clock
from hub.errors import Refusal
from hub.gesture import Kind, Timing
from hub.household import Household
from hub.pairing import timing
from hub.profile import Meaning, Rule
from hub.response import Action

ADDRESS = "3C:2E:F5:71:D5:2A"
KEY = "231d39c1d7cc1ab1aee224cd096db932"
RULES = (Rule("char:a/b", Meaning.CLICK, value=b"\x01"),)


def refusal(change, *values, **named) -> str:
    with pytest.raises(Refusal) as refused:
        change(*values, **named)
    return refused.value.key


@pytest.fixture
def home(hub: Hub) -> Household:
    return hub.household


async def test_everything_that_was_said_of_a_button_is_there_after_a_restart(hub, home):
    added = home.add_button(
        "3c-2e-f5-71-d5-2a", "  bag ", worn=False, key=KEY, timing=Timing(2.0, 0.4), feedback=True,
        actions={"hold": ["sms", "record"]},
    )  # fmt: skip
    home.set_period(ADDRESS, 8.0)
    await home.saved
    restarted = Household(hub.store)
    restarted.load(await hub.store.load(clock(), 5))
    (button,) = restarted.buttons.values()
    assert button == home.buttons[added.id]
    assert (button.address, button.name, button.worn, button.period) == (ADDRESS, "bag", False, 8.0)
    assert button.key == bytes.fromhex(KEY)
    assert restarted.response_of(ADDRESS)[Kind.HOLD].actions == {Action.SMS, Action.RECORD}
    assert restarted.response_of(ADDRESS)[Kind.SINGLE] == restarted.table[Kind.SINGLE]
    assert restarted.timing_of(ADDRESS) == Timing(2.0, 0.4)


async def test_what_is_not_said_stays(home):
    button = home.add_button(ADDRESS, "bag", key=KEY)
    changed = home.change_button(button.id, name="purse")
    assert (changed.name, changed.key, changed.worn, changed.feedback) == ("purse", bytes.fromhex(KEY), True, False)
    assert home.change_button(button.id, key="").key is None


async def test_without_actions_a_button_does_what_the_home_does(home):
    button = home.add_button(ADDRESS, actions={"hold": ["sms"], "double": ["call"]})
    home.set_response("hold", [], button.id)
    assert home.response_of(ADDRESS)[Kind.HOLD] == home.table[Kind.HOLD]
    assert home.response_of(ADDRESS)[Kind.DOUBLE].actions == {Action.CALL}


@pytest.mark.parametrize("key", ["12", "g" * 32, "0" * 31, "0" * 33, KEY + "00"])
async def test_a_key_that_is_none_is_refused_and_not_repeated(home, key):
    with pytest.raises(Refusal) as refused:
        home.add_button(ADDRESS, key=key)
    assert (refused.value.key, refused.value.values) == ("invalid_key", {})
    assert home.buttons == {}


async def test_each_mistake_has_its_own_sentence_and_changes_nothing(home):
    button = home.add_button(ADDRESS)
    other = "3C:2E:F5:00:00:01"
    assert refusal(home.add_button, "3C:2E") == "invalid_button_address"
    assert refusal(home.add_button, ADDRESS.lower()) == "duplicate_button"
    assert refusal(home.add_button, other, protocol="zigbee") == "unknown_protocol"
    assert refusal(home.add_button, other, protocol="learned") == "button_not_learned"
    assert refusal(home.add_button, other, protocol="itag", key=KEY) == "key_useless"
    assert refusal(home.add_button, other, actions={"hold": ["siren"]}) == "response_tells_nobody"
    assert refusal(home.add_button, other, actions={"wave": ["sms"]}) == "unknown_gesture"
    assert refusal(home.change_button, "b0", name="x") == "unknown_button"
    assert refusal(home.set_response, "hold", ["sms"], "b0") == "unknown_button"
    assert refusal(home.set_response, "hold", ["siren"], button.id) == "response_tells_nobody"
    assert home.buttons == {button.id: button}


@pytest.mark.parametrize(("hold_after", "pause"), [(0.2, 0.6), (5.1, 0.6), (1.0, 0.1), (1.0, 3.1), (float("nan"), 1)])
def test_a_timing_nobody_can_press_is_refused(hold_after, pause):
    assert refusal(timing, hold_after, pause) == "invalid_timing"


async def test_a_learned_button_brings_its_rules(home):
    assert home.add_button(ADDRESS, protocol="learned", rules=RULES).rules == RULES
