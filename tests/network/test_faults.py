"""Everything that can go wrong on the way to Twilio, as its real client meets it."""

import asyncio
import time

import pytest
import requests
from twilio.base.exceptions import TwilioRestException

from hardware.simulated.network import Fault, Kind, Service, Sort, TelephoneNetwork

from .conftest import ANNA, BEN, Ask, asker, call, text

# kind, what the client raises, whether the text was accepted all the same
BROKEN = [
    (Kind.ERROR, TwilioRestException, False),
    (Kind.ERROR_AFTER, TwilioRestException, True),
    (Kind.HANG, requests.ReadTimeout, False),
    (Kind.LOST_REPLY, requests.ConnectionError, True),
    (Kind.RESET, requests.ConnectionError, False),
    (Kind.RESET_AFTER, requests.ConnectionError, True),
    (Kind.GARBAGE, ValueError, False),
]


@pytest.mark.parametrize(("kind", "error", "accepted"), BROKEN)
async def test_a_request_meets_its_fault_and_the_next_one_does_not(
    network: TelephoneNetwork, kind: Kind, error: type[Exception], accepted: bool
) -> None:
    network.faults.add(Fault(Service.TWILIO, kind, count=1))
    with pytest.raises(error):
        await asker(network, timeout=0.3)(text())
    assert len(network.phones.texting.accepted) == accepted
    assert network.requests[0].fault is kind
    await asker(network)(text())
    assert len(network.phones.texting.accepted) == accepted + 1


def test_every_kind_of_fault_but_slowness_is_tried_here() -> None:
    assert {kind for kind, _, _ in BROKEN} == set(Kind) - {Kind.SLOW}


async def test_a_slow_request_takes_its_time_and_then_works(network: TelephoneNetwork, ask: Ask) -> None:
    network.faults.add(Fault(Service.TWILIO, Kind.SLOW, seconds=0.3))
    start = time.monotonic()
    await ask(text())
    assert time.monotonic() - start >= 0.3
    assert len(network.phones.texting.accepted) == 1


async def test_a_slow_request_is_worked_off_although_its_client_gave_up(network: TelephoneNetwork) -> None:
    network.faults.add(Fault(Service.TWILIO, Kind.SLOW, seconds=0.3))
    with pytest.raises(requests.ReadTimeout):
        await asker(network, timeout=0.1)(text())
    assert not network.phones.texting.accepted
    await network.until(lambda: network.phones.texting.accepted)


@pytest.mark.parametrize(("status", "code"), [(429, 20429), (500, 20500), (401, 20003), (503, 20503)])
async def test_an_error_has_the_usual_code_of_its_status(
    network: TelephoneNetwork, ask: Ask, status: int, code: int
) -> None:
    network.faults.add(Fault(Service.TWILIO, Kind.ERROR, status=status))
    with pytest.raises(TwilioRestException) as refused:
        await ask(text())
    assert (refused.value.status, refused.value.code) == (status, code)


async def test_a_fault_may_be_for_one_kind_of_delivery_and_one_number(network: TelephoneNetwork, ask: Ask) -> None:
    network.faults.add(Fault(Service.TWILIO, Kind.ERROR, only=Sort.CALL, number=ANNA))
    network.faults.add(Fault(Service.SMTP, Kind.ERROR))
    await ask(text(ANNA))
    await ask(call(BEN))
    await ask(lambda client: client.messages.list(to=ANNA))
    with pytest.raises(TwilioRestException):
        await ask(call(ANNA))


async def test_a_fault_that_is_cleared_is_met_no_more(network: TelephoneNetwork, ask: Ask) -> None:
    network.faults.add(Fault(Service.TWILIO, Kind.ERROR))
    network.faults.clear()
    await ask(text())


async def test_the_network_closes_at_once_while_requests_hang() -> None:
    async with TelephoneNetwork() as network:
        network.faults.add(Fault(Service.TWILIO, Kind.HANG))
        asking = asyncio.ensure_future(asker(network)(text()))
        await network.until(lambda: network.requests)
        start = time.monotonic()
    assert time.monotonic() - start < 2
    with pytest.raises(requests.ConnectionError):
        await asking
