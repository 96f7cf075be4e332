"""SMS on the built-in telephone network."""

import asyncio
from dataclasses import replace

import pytest

from hardware.simulated.network import Behaviour, Fault, Kind, Service, Sort, TelephoneNetwork
from hardware.simulated.network.texting import SmsState
from hub.channels import sms
from hub.channels.sms import Sms
from hub.channels.twilio import TwilioLine
from hub.errors import DeliveryError
from hub.ports import Message, Progress, Receipt
from hub.retry import OFFSETS
from tests.channels.conftest import ANNA, SMS

AGAIN = replace(SMS, again=True)


async def test_an_sms_arrives_as_it_was_written(network: TelephoneNetwork, line: TwilioLine) -> None:
    sid = await Sms(line).send(SMS)
    await network.until(lambda: network.phones[ANNA].messages)
    (message,) = network.phones[ANNA].messages
    assert (message.id, message.text, message.sender) == (sid, SMS.text, "Centre")


async def test_an_sms_that_cannot_leave_expires(network: TelephoneNetwork, line: TwilioLine) -> None:
    await Sms(line).send(SMS)
    assert network.requests[0].form["ValidityPeriod"] == "600"


async def persist(channel: Sms, message: Message = SMS) -> str:
    """Try until it is accepted, as the hub does."""
    for _ in range(10):
        try:
            return await channel.send(message)
        except DeliveryError:
            message = replace(message, again=True)
    raise AssertionError("never accepted")


def accepted(network: TelephoneNetwork) -> list[str]:
    return [sms.id for sms in network.phones.texting.accepted.values()]


@pytest.mark.usefixtures("impatient")
@pytest.mark.parametrize("kind", Kind)
async def test_whatever_goes_wrong_she_is_told_once(network: TelephoneNetwork, line: TwilioLine, kind: Kind) -> None:
    network.faults.add(Fault(Service.TWILIO, kind, seconds=0.5, only=Sort.SMS, count=1))
    sid = await persist(Sms(line))
    assert accepted(network) == [sid]


@pytest.mark.usefixtures("impatient")
@pytest.mark.parametrize("kind", [Kind.ERROR_AFTER, Kind.LOST_REPLY, Kind.RESET_AFTER])
async def test_a_provider_that_lies_to_every_question_is_told_once(
    network: TelephoneNetwork, line: TwilioLine, kind: Kind
) -> None:
    network.faults.add(Fault(Service.TWILIO, kind))
    channel = Sms(line)
    with pytest.raises(AssertionError, match="never"):
        await persist(channel)
    network.faults.clear()
    assert [await persist(channel, AGAIN)] == accepted(network)


async def test_a_text_leaves_though_lists_are_dead(network: TelephoneNetwork, line: TwilioLine) -> None:
    network.faults.add(Fault(Service.TWILIO, Kind.ERROR, only=Sort.POLL, number=ANNA))
    channel = Sms(line)
    for _ in range(sms.DOUBTS - 1):
        with pytest.raises(DeliveryError):
            await channel.send(AGAIN)
    assert [await channel.send(AGAIN)] == accepted(network)


@pytest.mark.parametrize("questions", range(1, 6))
async def test_a_provider_that_is_well_again_between_two_questions_tells_her_once(
    network: TelephoneNetwork, line: TwilioLine, questions: int
) -> None:
    network.faults.add(Fault(Service.TWILIO, Kind.ERROR_AFTER, count=1))
    network.faults.add(Fault(Service.TWILIO, Kind.ERROR, count=questions))
    assert [await persist(Sms(line))] == accepted(network)


async def test_a_text_leaves_in_the_end_though_every_question_is_refused(
    network: TelephoneNetwork, line: TwilioLine
) -> None:
    channel = Sms(line)
    questions = 2 * sms.TOO_MANY_DOUBTS - sms.DOUBTS  # a list each time, and whether anybody is there
    network.faults.add(Fault(Service.TWILIO, Kind.ERROR, count=questions))
    for _ in range(sms.TOO_MANY_DOUBTS - 1):
        with pytest.raises(DeliveryError):
            await channel.send(AGAIN)
    assert [await channel.send(AGAIN)] == accepted(network)


def test_ten_minutes_of_refused_questions_are_no_reason_to_send_twice() -> None:
    assert 0.9 * OFFSETS[sms.TOO_MANY_DOUBTS] > 600


async def test_another_text_to_the_same_number_is_another_sms(network: TelephoneNetwork, line: TwilioLine) -> None:
    first = await Sms(line).send(SMS)
    second = await Sms(line).send(replace(AGAIN, text=SMS.text.replace("20:14", "20:15")))
    assert accepted(network) == [first, second]


async def test_the_sentence_of_a_trial_account_does_not_hide_an_sms(
    network: TelephoneNetwork, line: TwilioLine
) -> None:
    marked = await Sms(line).send(replace(SMS, text=f"Sent from your Twilio trial account - {SMS.text}"))
    assert await Sms(line).send(AGAIN) == marked


async def test_an_sms_that_failed_is_sent_again(network: TelephoneNetwork, line: TwilioLine) -> None:
    network.phones.behave(ANNA, Behaviour.OUT_OF_REACH)
    lost = await Sms(line).send(SMS)
    network.phones.texting.accepted[lost].state = SmsState.UNDELIVERED
    assert await Sms(line).send(AGAIN) != lost


async def test_a_receipt_says_when_the_telephone_has_it(network: TelephoneNetwork, line: TwilioLine) -> None:
    network.phones.behave(ANNA, Behaviour.OUT_OF_REACH)
    sid = await Sms(line).send(SMS)
    assert await Sms(line).receipt(sid) == Receipt(Progress.WAITING)
    await network.until(lambda: network.phones.texting.accepted[sid].state == "sent")
    assert await Sms(line).receipt(sid) == Receipt(Progress.WAITING)
    network.phones.behave(ANNA, Behaviour.ANSWERS)
    assert await Sms(line).receipt(sid) == Receipt(Progress.DELIVERED)


async def test_a_receipt_says_why_not(network: TelephoneNetwork, line: TwilioLine) -> None:
    network.phones.behave(ANNA, Behaviour.OUT_OF_REACH)
    sid = await Sms(line).send(SMS)
    message = network.phones.texting.accepted[sid]
    message.state, message.error = SmsState.UNDELIVERED, 30003
    assert await Sms(line).receipt(sid) == Receipt(Progress.UNDELIVERED, "30003")


@pytest.mark.usefixtures("impatient")
async def test_questions_that_hang_never_hold_up_a_text(network: TelephoneNetwork, line: TwilioLine) -> None:
    sid = await Sms(line).send(SMS)
    network.faults.add(Fault(Service.TWILIO, Kind.HANG, count=4))
    hanging = [asyncio.create_task(Sms(line).receipt(sid)) for _ in range(16)]
    await network.until(lambda: len(network.requests) >= 5)
    assert await Sms(line).send(AGAIN) == sid
    await asyncio.gather(*hanging, return_exceptions=True)
