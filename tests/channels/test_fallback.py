"""A call when Studio refuses, hangs or lies: without keys, but at once, and never twice."""

import time

import pytest

from hardware.simulated.network import Behaviour, Fault, Kind, Service, Sort, TelephoneNetwork
from hub.channels import call
from hub.channels.call import Call
from hub.channels.studio import Studio
from hub.channels.twilio import TwilioLine
from tests.channels.conftest import ALERT, ANNA


@pytest.mark.parametrize("kind", [Kind.ERROR, Kind.RESET, Kind.GARBAGE])
async def test_a_refused_flow_is_a_plain_call_within_a_second(
    network: TelephoneNetwork, channel: Call, kind: Kind
) -> None:
    network.faults.add(Fault(Service.TWILIO, kind, only=Sort.EXECUTION))
    begun = time.monotonic()
    id = await channel.send(ALERT)
    assert time.monotonic() - begun < 1
    assert id.startswith("CA")
    assert network.phones.calling.accepted[id].text == f"{ALERT.text}\n{ALERT.text}"


async def test_a_flow_that_hangs_is_a_plain_call_in_time(
    network: TelephoneNetwork, channel: Call, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(call, "FLOW_PATIENCE", 0.3)
    monkeypatch.setattr("hub.channels.twilio.INSIDE", (0.6, 0.6))
    network.faults.add(Fault(Service.TWILIO, Kind.HANG, only=Sort.EXECUTION))
    assert (await channel.send(ALERT)).startswith("CA")


async def test_a_flow_that_somebody_deleted_is_a_plain_call(network: TelephoneNetwork, channel: Call) -> None:
    network.executions.flows.clear()
    assert (await channel.send(ALERT)).startswith("CA")


@pytest.mark.parametrize("kind", [Kind.ERROR_AFTER, Kind.LOST_REPLY, Kind.RESET_AFTER])
async def test_a_call_that_rings_though_nobody_said_so_is_not_made_twice(
    network: TelephoneNetwork, channel: Call, kind: Kind
) -> None:
    network.phones.behave(ANNA, Behaviour.BY_HAND)
    network.faults.add(Fault(Service.TWILIO, kind, only=Sort.EXECUTION, count=1))
    assert (await channel.send(ALERT)).startswith("FN")
    await network.until(lambda: network.phones[ANNA].calls)
    assert len(network.phones.calling.accepted) == 1


async def test_nobody_asks_for_a_flow_that_is_not_known(network: TelephoneNetwork, line: TwilioLine) -> None:
    assert (await Call(line, Studio(line)).send(ALERT)).startswith("CA")
    assert len(network.requests) == 1


async def test_what_goes_wrong_names_nobody(
    network: TelephoneNetwork, channel: Call, caplog: pytest.LogCaptureFixture
) -> None:
    network.faults.add(Fault(Service.TWILIO, Kind.ERROR, only=Sort.EXECUTION))
    await channel.send(ALERT)
    assert "without keys" in caplog.text
    assert ANNA[1:] not in caplog.text
