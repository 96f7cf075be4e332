"""The telephone menu is kept: made at the start, looked at daily, mended within a minute, never during an alert."""

from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from hardware.simulated.network import QUICK, Fault, Kind, Service, Sort, TelephoneNetwork
from hub import provider
from hub.channels.studio import Studio
from hub.channels.twilio import TwilioLine
from hub.core import Hub, clock
from hub.incident import Incident
from hub.provider import Keeper
from hub.response import Level
from hub.store import Menu
from hub.store.load import load
from tests.channels.conftest import account
from tests.hub_fixture import PATIENCE

ALERT = Incident("K7Q2M", Level.RESCUE, opened=clock(), pressed=clock())


class Home:
    """A keeper, the provider it looks after, and the time."""

    def __init__(self, hub: Hub, network: TelephoneNetwork, line: TwilioLine) -> None:
        self.hub, self.network = hub, network
        self.studio, self.time = Studio(line), 1000.0
        self.keeper = Keeper(self.studio, hub.store, hub.faults, lambda: self.time)

    async def looked(self, seconds: float = 0.0, current: Incident | None = None) -> int:
        """How many requests it took, so much later."""
        before = len(self.network.requests)
        self.time += seconds
        await self.keeper.look(current)
        return len(self.network.requests) - before


@pytest.fixture
async def home(hub: Hub) -> AsyncIterator[Home]:
    with ThreadPoolExecutor(4) as threads:
        async with TelephoneNetwork(timing=QUICK) as network:
            yield Home(hub, network, TwilioLine(account(network.account, network.api_url), threads, threads))


async def test_the_menu_is_made_at_the_start_and_remembered(home: Home):
    await home.looked()
    loaded = await home.hub.store.read_latest(lambda connection: load(connection, clock()), PATIENCE)
    assert loaded.menu == Menu(home.studio.flow, home.studio.digest)
    assert home.studio.flow in home.network.executions.flows


async def test_it_is_looked_at_once_a_day(home: Home):
    await home.looked()
    assert await home.looked(3600) == 0
    assert await home.looked(provider.KEPT_FOR) > 0


async def test_never_while_an_alert_is_open(home: Home):
    assert await home.looked(current=ALERT) == 0
    assert await home.looked() > 0


async def test_a_menu_that_cannot_be_made_is_a_fault_until_it_can(home: Home):
    home.network.faults.add(Fault(Service.TWILIO, Kind.ERROR, status=503, only=Sort.FLOW))
    await home.looked()
    assert "studio" in home.hub.faults
    home.network.faults.clear()
    assert await home.looked(1) == 0
    assert await home.looked(provider.MENDED_AFTER) > 0
    assert "studio" not in home.hub.faults


async def test_a_number_of_somebody_else_is_a_fault_because_nobody_can_call_back(home: Home):
    home.network.numbers.remove("+33937000000")
    await home.looked()
    assert "callback" in home.hub.faults
    home.network.numbers.add("+33937000000")
    await home.looked(provider.KEPT_FOR)
    assert "callback" not in home.hub.faults
