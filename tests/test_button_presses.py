"""What a press of one of the home's own buttons changes: its seals, its faults, its own response."""

from dataclasses import replace

import pytest

from hub.core import Hub, clock
from hub.gesture import Gesture
from hub.incident import Incident
from hub.model import Button
from hub.ports import Doubt, Press
from hub.response import Action, Level
from hub.store import Seal, history
from hub.store.load import Loaded

SINGLE, HOLD = Gesture(1), Gesture(1, held=True)
ADDRESS = "AA:BB:CC:DD:EE:FF"


def press(hub: Hub, gesture: Gesture, button: str = ADDRESS) -> Incident:
    return hub.alerting.press(gesture, Press(button, gesture, 0.0))


def channels(hub: Hub, incident: Incident) -> list[Action]:
    return [delivery.channel for delivery in hub.book.of(incident.id).values()]


@pytest.fixture
def button(hub: Hub) -> Button:
    """In a home with one contact."""
    hub.household.add_contact("Anna", "0639980001", "anna@example.org")
    return hub.household.add_button(ADDRESS)


async def test_a_sealed_press_is_written_down_with_the_press_itself(hub: Hub, button: Button):
    for number in (1, 2, 2):
        seal = bytes([number]) * 8
        hub.alerting.press(SINGLE, Press(button.address, SINGLE, 0.0, number, seal=seal))
    assert hub.alerting.saved
    await hub.alerting.saved
    (stored,) = (await hub.store.load(clock(), 5)).buttons
    assert stored == hub.household.buttons[button.id]
    assert stored.seals == (bytes([1]) * 8, bytes([2]) * 8)


@pytest.mark.parametrize("doubt", Doubt)
async def test_a_doubtful_press_acts_and_is_flagged(hub: Hub, button: Button, doubt: Doubt):
    incident = hub.alerting.press(HOLD, Press(button.address, HOLD, 0.0, doubt=doubt))
    assert len(channels(hub, incident)) == 3
    assert [fault.code for fault in hub.faults] == [f"button_{doubt}:{button.id}"]
    told = await hub.store.read_latest(lambda connection: history.incident(connection, incident.id))
    assert [event["detail"] for event in told["events"]] == [f"hold {button.id} {doubt}"]


async def test_a_button_may_have_a_response_of_its_own(hub: Hub, button: Button):
    hub.household.set_response("hold", ["sms", "record"], button.id)
    incident = press(hub, HOLD)
    assert (channels(hub, incident), incident.level, incident.sounded) == ([Action.SMS], Level.ALARM, None)
    press(hub, HOLD, button="")
    assert hub.devices.siren.sounding, "the home's own table is as it was"


async def test_without_a_hold_three_presses_can_be_the_alarm(hub: Hub, button: Button):
    hub.household.add_button("AA:BB:CC:DD:EE:01", protocol="itag", actions={"many": ["sms", "call", "siren", "record"]})
    assert press(hub, Gesture(3), button="AA:BB:CC:DD:EE:01").level is Level.ALARM
    assert hub.devices.siren.sounding


OLD = Button("b1", ADDRESS, "bag", seals=(b"old seal",), counter=7)
OTHER = Button("b2", "AA:BB:CC:DD:EE:02", "wall")


async def test_a_button_added_again_before_the_disk_was_read_raises_an_incident_that_is_kept(hub: Hub):
    await hub.store.put_configuration(OLD, OTHER, *(Seal(OLD.id, seal) for seal in (b"old seal", b"last seal")))
    button = hub.household.add_button(ADDRESS, "new bag")
    incident = hub.alerting.press(SINGLE, Press(ADDRESS, SINGLE, 0.0, seal=b"new seal"))
    assert hub.alerting.saved
    await hub.alerting.saved
    loaded = await hub.store.load(clock(), 5)
    assert [kept.id for kept in loaded.incidents] == [incident.id]
    assert {kept.id: kept.seals for kept in loaded.buttons} == {
        button.id: (b"old seal", b"last seal", b"new seal"),
        OTHER.id: (),
    }


async def test_a_button_whose_address_is_damaged_is_left_where_it_is(hub: Hub):
    await hub.store.put(OLD, replace(OTHER, address=""))
    hub.household.add_button(ADDRESS)
    await hub.household.saved
    ids = await hub.store.read(lambda connection: [id for (id,) in connection.execute("SELECT id FROM buttons")])
    assert OTHER.id in ids
    assert OLD.id not in ids


async def test_a_button_added_again_before_the_disk_was_read_is_one_button(hub: Hub):
    button = hub.household.add_button(ADDRESS, "new bag")
    hub.household.pressed(Press(ADDRESS, SINGLE, 0.0, seal=b"new seal"))
    hub.household.load(Loaded(buttons=[OLD, OTHER]))
    assert {kept.id: kept.name for kept in hub.household.buttons.values()} == {button.id: "new bag", "b2": "wall"}
    kept = hub.household.button_at(ADDRESS)
    assert kept
    assert (kept.seals, kept.counter) == ((b"old seal", b"new seal"), 7)


async def test_a_disk_that_is_read_again_changes_no_button(hub: Hub):
    hub.household.load(Loaded(buttons=[OLD, OTHER]))
    hub.household.change_button("b1", name="purse")
    hub.household.load(Loaded(buttons=[OLD, OTHER]))
    assert hub.household.buttons == {"b1": replace(OLD, name="purse"), "b2": OTHER}
