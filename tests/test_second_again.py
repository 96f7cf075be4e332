"""The modem is well again while an alert waits for its next try by the SIM."""

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from hardware.simulated.modem import SimulatedModem
from hardware.simulated.network import QUICK, TelephoneNetwork
from hardware.simulated.network.control import ControlSocket
from hub.core import clock
from hub.delivery import Outcome
from hub.gesture import Gesture
from hub.ports import Press
from hub.second import MODEM, hastened
from tests.hub_fixture import build
from tests.moments import at
from tests.test_second import SMS

LATER = replace(SMS, path=MODEM, tries=7, due=at(300).mono)


def test_what_waits_for_its_next_try_is_tried_at_once():
    assert hastened([LATER], at(9).mono) == [replace(LATER, due=at(9).mono)]


@pytest.mark.parametrize(
    "other",
    [replace(LATER, path=""), replace(LATER, outcome=Outcome.SENDING), replace(LATER, outcome=Outcome.ACCEPTED)],
)
def test_nothing_else_is_hastened(other):
    assert hastened([other], at(9).mono) == []


@pytest.fixture
async def network(tmp_path: Path) -> AsyncIterator[TelephoneNetwork]:
    async with TelephoneNetwork(timing=QUICK) as network, ControlSocket(network, tmp_path / "network.sock"):
        yield network


async def test_an_alert_leaves_when_the_modem_has_its_network_again(network: TelephoneNetwork, tmp_path: Path):
    """Its next try is five minutes away."""
    modem = SimulatedModem(tmp_path / "network.sock")
    hub = build(tmp_path, modem=modem)
    await hub.store.open()
    incident = hub.alerting.press(Gesture(1), Press("", Gesture(1), clock().mono))
    hub.faults.put("modem", "no_network")
    waiting = replace(LATER, id=f"{incident.id}-9", incident=incident.id, begun=clock(), due=clock().mono + 300)
    hub.book.put(waiting)
    hub.dispatcher.start([waiting])
    hub.faults.restore("modem")
    try:
        await network.until(lambda: network.phones[SMS.to].texts == [SMS.text])
    finally:
        await hub.dispatcher.stop()
        await hub.store.close()
