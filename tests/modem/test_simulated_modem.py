"""The modem of the demo: its SMS and those of the provider come to the same telephones."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress
from pathlib import Path

import pytest

from hardware.simulated.modem import SIM, TROUBLES, SimulatedModem
from hardware.simulated.network import QUICK, TelephoneNetwork
from hardware.simulated.network.control import ControlSocket
from hub.errors import DeliveryError, Refusal
from hub.ports import Incoming, ModemView, Progress, Receipt

ANNA = "+33639980001"


@pytest.fixture
async def network(tmp_path: Path) -> AsyncIterator[TelephoneNetwork]:
    async with TelephoneNetwork(timing=QUICK) as network, ControlSocket(network, tmp_path / "network.sock"):
        yield network


class Plugged(SimulatedModem):
    """What it heard, while it is looked after."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder / "network.sock")
        self.heard: list[Incoming] = []

    async def until_well(self) -> None:
        async with asyncio.timeout(10):
            while self.view.trouble:
                await asyncio.sleep(0.01)

    async def until_heard(self) -> None:
        async with asyncio.timeout(10):
            while not self.heard:
                await asyncio.sleep(0.01)


@pytest.fixture
async def modem(network: TelephoneNetwork, tmp_path: Path) -> AsyncIterator[Plugged]:
    plugged = Plugged(tmp_path)
    listening = asyncio.create_task(plugged.listen(plugged.heard.append))
    await plugged.until_well()
    yield plugged
    listening.cancel()
    with suppress(asyncio.CancelledError):
        await listening


async def test_an_sms_comes_from_the_sim_and_the_providers_account_knows_nothing_of_it(
    modem: Plugged, network: TelephoneNetwork
) -> None:
    id = await modem.send(ANNA, "Hé")
    await network.until(lambda: network.phones[ANNA].messages)
    assert [(sms.sender, sms.text) for sms in network.phones[ANNA].messages] == [(SIM, "Hé")]
    assert await modem.receipt(id) == Receipt(Progress.DELIVERED)
    assert not network.phones.texting.accepted


async def test_a_telephone_that_is_out_of_reach_has_it_when_it_is_back(
    modem: Plugged, network: TelephoneNetwork
) -> None:
    network.phones.behave(ANNA, "out_of_reach")
    id = await modem.send(ANNA, "Hé")
    await network.until(lambda: network.phones.mobile.accepted[id].state == "sent")
    assert await modem.receipt(id) == Receipt(Progress.WAITING)
    network.phones.behave(ANNA, "by_hand")
    assert network.phones[ANNA].texts == ["Hé"]
    assert await modem.receipt(id) == Receipt(Progress.DELIVERED)


async def test_an_answer_to_the_sim_is_heard_once(modem: Plugged, network: TelephoneNetwork) -> None:
    network.phones.write(ANNA, SIM, "OK")
    await modem.until_heard()
    assert [(one.sender, one.text, one.at.tzinfo is not None) for one in modem.heard] == [(ANNA, "OK", True)]
    assert network.phones[SIM].messages == []


async def test_a_modem_that_was_pulled_out_sends_nothing_and_hears_later(
    modem: Plugged, network: TelephoneNetwork
) -> None:
    assert modem.simulate({"trouble": "absent"}) == {"trouble": "absent", "number": SIM}
    network.phones.write(ANNA, SIM, "OK")
    assert modem.view == ModemView(trouble="absent")
    with pytest.raises(DeliveryError):
        await modem.send(ANNA, "Hé")
    assert modem.heard == []
    modem.simulate({"trouble": ""})
    await modem.until_heard()
    assert len(modem.heard) == 1


@pytest.mark.parametrize("trouble", TROUBLES)
async def test_each_trouble_is_told_and_is_over_when_it_is_said(modem: Plugged, trouble: str) -> None:
    modem.simulate({"trouble": trouble})
    view = modem.view
    assert (view.trouble, view.registered, view.answering) == (trouble, trouble == "silent", trouble == "no_network")
    with pytest.raises(DeliveryError) as failed:
        await modem.send(ANNA, "Hé")
    assert (failed.value.code, failed.value.permanent) == (trouble, False)
    assert modem.simulate({})["trouble"] == trouble
    modem.simulate({"trouble": ""})
    assert modem.view == ModemView(True, True, True, "Simulation", "LTE", 80, True)


def test_a_trouble_there_is_not_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Refusal):
        SimulatedModem(tmp_path).simulate({"trouble": "fire"})


async def test_without_a_telephone_network_it_has_none_either(tmp_path: Path) -> None:
    modem = SimulatedModem(tmp_path / "nothing.sock")
    assert modem.view.trouble == "no_network"
    with pytest.raises(DeliveryError) as failed:
        await modem.send(ANNA, "Hé")
    assert failed.value.code == "no_network"
    assert await modem.receipt("SM1") is None


@pytest.mark.parametrize("number", ["17", "112", "+33 1 12", "114"])
async def test_no_emergency_number_is_ever_written_to(modem: Plugged, number: str) -> None:
    with pytest.raises(DeliveryError) as refused:
        await modem.send(number, "Test")
    assert (refused.value.code, refused.value.permanent) == ("emergency_number", True)
