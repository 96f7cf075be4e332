"""A button is tried while a hub is set up; nothing ever holds back a call for help."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.core import Hub
from hub.errors import Refusal
from hub.gesture import Gesture, Kind
from hub.ports import Press
from hub.store import history
from hub.trial import SECONDS, Trial
from tests.hub_fixture import PATIENCE, Ask

ADDRESS, OTHER = "AA:BB:CC:DD:EE:01", "AA:BB:CC:DD:EE:02"
times = st.floats(0, 10_000)


def heard(hub: Hub, gesture: Gesture, address: str = ADDRESS, counter: int | None = None) -> None:
    hub.hear(Press(address, gesture, 0.0, counter))


@pytest.fixture
async def button(hub: Hub, ask: Ask) -> str:
    await ask("contact add", name="Anna", phone="0639980001")
    await ask("button add", address=OTHER)
    return str((await ask("button add", address=ADDRESS))["button"]["id"])


async def test_its_gestures_are_shown_and_nobody_is_told(hub: Hub, ask: Ask, button: str):
    begun = await ask("try button", id=button, begin=True)
    assert (begun["left"], begun["gestures"]) == (60, [])
    for gesture in (Gesture(1), Gesture(2), Gesture(1, held=True)):
        heard(hub, gesture)
    shown = (await ask("try button", id=button))["gestures"]
    assert [one["gesture"] for one in shown] == [Kind.SINGLE, Kind.DOUBLE, Kind.HOLD]
    assert hub.alerting.incident is None
    assert not hub.devices.siren.sounding


async def test_what_was_shown_counts_as_heard_so_that_it_cannot_be_played_back(hub: Hub, ask: Ask, button: str):
    await ask("try button", id=button, begin=True)
    heard(hub, Gesture(1), counter=42)
    count = await hub.store.read_latest(
        lambda c: c.execute("SELECT counter FROM buttons WHERE address = ?", (ADDRESS,)).fetchone()[0], PATIENCE
    )
    assert count == 42
    assert await hub.store.read_latest(history.incidents, PATIENCE) == []


async def test_another_button_calls_for_help_and_then_so_does_this_one(hub: Hub, ask: Ask, button: str):
    await ask("try button", id=button, begin=True)
    heard(hub, Gesture(1), OTHER)
    assert hub.alerting.incident is not None
    heard(hub, Gesture(2))
    assert hub.alerting.incident.level.word == "rescue"
    with pytest.raises(Refusal, match="incident_open"):
        await ask("try button", id=button, begin=True)


async def test_on_a_hub_that_is_set_up_no_press_is_held_back(hub: Hub, ask: Ask, button: str):
    await ask("try button", id=button, begin=True)
    hub.gate.finish()
    heard(hub, Gesture(2))
    assert hub.alerting.incident is not None
    with pytest.raises(Refusal, match="set_up_already"):
        await ask("try button", id=button)


async def test_a_press_by_command_is_never_a_trial(hub: Hub, ask: Ask, button: str):
    await ask("try button", id=button, begin=True)
    await ask("press", gesture="single", button=button)
    assert hub.alerting.incident is not None


async def test_a_button_that_is_none_is_refused(ask: Ask, button: str):
    with pytest.raises(Refusal, match="unknown_button"):
        await ask("try button", id="nobody", begin=True)


@given(times, times, st.sampled_from([ADDRESS, OTHER]))
def test_only_this_button_and_only_for_a_minute(begun: float, now: float, button: str):
    trial = Trial()
    assert not trial.takes(button, Kind.SINGLE, now)
    trial.begin(ADDRESS, begun)
    assert trial.takes(button, Kind.SINGLE, now) == (button == ADDRESS and now < begun + SECONDS)
