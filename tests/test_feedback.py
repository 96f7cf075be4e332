"""That a person has acknowledged is shown on the buttons where this was switched on, and nowhere else."""

import asyncio
import gc

import pytest

from hub.answers import Said, Way
from hub.core import Hub
from hub.errors import DeviceError
from hub.feedback import Feedback
from hub.gesture import Gesture
from hub.incident import End, Incident, State
from hub.ports import Press
from hub.store import history
from tests.hub_fixture import PATIENCE

SILENT, SHOWING, AWAY = "AA:BB:CC:DD:EE:01", "AA:BB:CC:DD:EE:02", "AA:BB:CC:DD:EE:03"


class Wrist:
    """The wearer's buttons: what each of them showed."""

    def __init__(self) -> None:
        self.shown: asyncio.Queue[str] = asyncio.Queue()
        self.trouble: Exception = DeviceError("out of reach")

    async def confirm(self, address: str) -> None:
        if address == AWAY:
            raise self.trouble
        self.shown.put_nowait(address)


@pytest.fixture
def wrist(hub: Hub) -> Wrist:
    wrist = Wrist()
    hub.charge._feedback = Feedback(hub.household, wrist.confirm)
    hub.household.add_button(SILENT)
    hub.household.add_button(AWAY, protocol="itag", feedback=True)
    hub.household.add_button(SHOWING, protocol="itag", feedback=True)
    return wrist


def answer(hub: Hub, incident: Incident) -> Incident:
    hub.charge.hear(Said("FN1", incident.id, "c1", Way.CALL, taken=True))
    return hub.alerting.incident


def pressed(hub: Hub) -> Incident:
    return hub.alerting.press(Gesture(2), Press(SILENT, Gesture(2), 0.0))


async def test_an_acknowledgement_is_shown_where_it_was_switched_on_and_nowhere_else(hub: Hub, wrist: Wrist):
    after = answer(hub, pressed(hub))
    assert await asyncio.wait_for(wrist.shown.get(), 2) == SHOWING
    assert wrist.shown.empty()
    assert after.state is State.ACKNOWLEDGED
    assert hub.alerting.incident == after
    told = await hub.store.read_latest(lambda connection: history.incident(connection, after.id), PATIENCE)
    assert [event["what"] for event in told["events"]] == ["opened", "acknowledged"]


async def test_under_threat_nothing_is_shown(hub: Hub, wrist: Wrist):
    incident = pressed(hub)
    hub.alerting.resolve(incident.id, End.DURESS)
    answer(hub, incident)
    await asyncio.sleep(0)
    assert wrist.shown.empty()


async def test_what_is_over_is_acknowledged_by_nobody(hub: Hub, wrist: Wrist):
    incident = pressed(hub)
    hub.alerting.resolve(incident.id, End.REAL)
    assert answer(hub, incident) is None
    await asyncio.sleep(0)
    assert wrist.shown.empty()


async def test_whatever_goes_wrong_with_one_button_is_told_without_its_address(hub: Hub, wrist: Wrist, caplog):
    wrist.trouble = RuntimeError(f"{AWAY} has no service")
    answer(hub, pressed(hub))
    assert await asyncio.wait_for(wrist.shown.get(), 2) == SHOWING
    await asyncio.gather(*hub.charge._feedback._tasks)
    gc.collect()
    assert "could not show that a person has acknowledged: RuntimeError" in caplog.text
    assert AWAY not in caplog.text
