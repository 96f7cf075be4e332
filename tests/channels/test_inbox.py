"""Who calls the hub's number, or writes to it."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import pytest

from hardware.simulated.network import Behaviour, Fault, Kind, Service, Sort, TelephoneNetwork
from hub.channels.call import Call
from hub.channels.inbox import Inbox
from hub.channels.studio import Studio
from hub.channels.twilio import TwilioLine
from hub.ports import How, Incoming
from tests.channels.conftest import ANNA, SMS

OWN = "+33937000000"


@pytest.fixture
def inbox(line: TwilioLine, flow: Studio) -> Inbox:
    return Inbox(line, flow)


@pytest.fixture
def since() -> datetime:
    return datetime.now(UTC) - timedelta(seconds=2)


def shown(found: Sequence[Incoming]) -> list[tuple[str, How, str, bool, str]]:
    return [(one.sender, one.how, one.text, one.taken, one.over) for one in found]


@pytest.mark.parametrize(
    ("keys", "taken", "over"), [(("1",), True, ""), (("1", "9", "0411"), True, "0411"), ((), False, "")]
)
async def test_a_call_back_offers_the_same_keys(
    network: TelephoneNetwork, inbox: Inbox, since: datetime, keys: tuple[str, ...], taken: bool, over: str
) -> None:
    network.phones.keys(ANNA, *keys)
    back = network.phones.dial(ANNA, OWN)
    await network.until(lambda: back.over)
    assert shown(await inbox.incoming(since)) == [(ANNA, How.CALLBACK, "", taken, over)]
    assert "Lilas" not in back.text


async def test_a_key_is_known_while_the_call_back_goes_on(
    network: TelephoneNetwork, inbox: Inbox, since: datetime
) -> None:
    network.phones.behave(ANNA, Behaviour.BY_HAND)
    back = network.phones.dial(ANNA, OWN)
    await network.until(lambda: "press 1" in back.text)
    network.phones.key(back.id, "1")
    await network.until(lambda: "noté" in back.text)
    assert [one.taken for one in await inbox.incoming(since)] == [True]


async def test_a_call_back_that_is_over_is_asked_about_once(
    network: TelephoneNetwork, inbox: Inbox, since: datetime
) -> None:
    back = network.phones.dial(ANNA, OWN)
    await network.until(lambda: back.over)
    first = await inbox.incoming(since)
    before = len(network.requests)
    assert await inbox.incoming(since) == first
    assert len(network.requests) == before + 1


async def test_an_alert_call_is_no_call_back(
    network: TelephoneNetwork, line: TwilioLine, flow: Studio, since: datetime
) -> None:
    await Call(line, flow).send(SMS)
    await network.until(lambda: network.phones[ANNA].calls and network.phones[ANNA].calls[0].over)
    assert await Inbox(line, flow).incoming(since) == []
    assert await Inbox(line, again(flow, line)).incoming(since) == []


async def test_a_key_in_a_call_whose_answer_was_lost_counts(
    network: TelephoneNetwork, line: TwilioLine, flow: Studio, inbox: Inbox, since: datetime
) -> None:
    network.phones.behave(ANNA, Behaviour.TAKES_CHARGE)
    network.faults.add(Fault(Service.TWILIO, Kind.LOST_REPLY, only=Sort.EXECUTION, count=1))
    network.faults.add(Fault(Service.TWILIO, Kind.RESET, only=Sort.POLL, count=1))
    assert (await Call(line, flow).send(SMS)).startswith("CA")
    await network.until(lambda: network.phones[ANNA].calls and network.phones[ANNA].calls[0].over)
    assert shown(await inbox.incoming(since)) == [(ANNA, How.CALLBACK, "", True, "")]


def again(flow: Studio, line: TwilioLine) -> Studio:
    """As after a restart."""
    anew = Studio(line)
    anew.recall(flow.flow, flow.digest)
    return anew


@pytest.mark.parametrize("hours", [0, 2])
async def test_an_sms_to_the_hubs_number_is_read(
    network: TelephoneNetwork, line: TwilioLine, flow: Studio, since: datetime, hours: int
) -> None:
    line.account = replace(line.account, sender=OWN)
    network.phones.reply(ANNA, OWN, "Oui K7Q2M")
    zone = timezone(timedelta(hours=hours))
    assert shown(await Inbox(line, flow).incoming(since.astimezone(zone))) == [(ANNA, How.SMS, "Oui K7Q2M", False, "")]
    assert await Inbox(line, flow).incoming(since + timedelta(hours=1)) == []


async def test_nobody_can_write_to_a_name(network: TelephoneNetwork, inbox: Inbox, since: datetime) -> None:
    before = len(network.requests)
    await inbox.incoming(since)
    assert not any("Messages" in request.path for request in network.requests[before:])


async def test_what_is_known_of_one_way_is_heard_while_the_other_does_not_answer(
    network: TelephoneNetwork, line: TwilioLine, flow: Studio, since: datetime
) -> None:
    """Without Studio calls have no keys: an SMS is the only answer there is."""
    line.account = replace(line.account, sender=OWN)
    network.phones.reply(ANNA, OWN, "Oui")
    del network.executions.flows[flow.flow]
    assert shown(await Inbox(line, flow).incoming(since)) == [(ANNA, How.SMS, "Oui", False, "")]
