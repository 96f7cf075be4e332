"""Calls on the built-in telephone network."""

from dataclasses import replace
from xml.etree import ElementTree

import pytest

from hardware.simulated.network import Behaviour, TelephoneNetwork
from hub.channels.call import Call, spoken
from hub.channels.studio import Studio
from hub.channels.twilio import TwilioLine
from hub.ports import Progress, Receipt
from tests.channels.conftest import ANNA, SMS

LONG = replace(SMS, text="Léa. " * 350)  # under way for most of a second


@pytest.mark.parametrize(("language", "accent"), [("fr", "fr-FR"), ("en", "en-GB")])
async def test_a_call_says_the_text_twice_in_the_contacts_language(
    network: TelephoneNetwork, line: TwilioLine, language: str, accent: str
) -> None:
    sid = await Call(line, Studio(line)).send(replace(SMS, language=language))
    await network.until(lambda: network.phones[ANNA].calls)
    (call,) = network.phones[ANNA].calls
    assert (call.id, call.text, call.language) == (sid, f"{SMS.text}\n{SMS.text}", accent)
    assert call.sender == "+33937000000"


async def test_a_receipt_follows_a_call(network: TelephoneNetwork, line: TwilioLine) -> None:
    network.phones.behave(ANNA, Behaviour.BY_HAND)
    sid = await Call(line, Studio(line)).send(LONG)
    assert (await Call(line, Studio(line)).receipt(sid)).progress in (Progress.WAITING, Progress.RINGING)
    await network.until(lambda: network.phones[ANNA].calls)
    assert await Call(line, Studio(line)).receipt(sid) == Receipt(Progress.RINGING)
    network.phones.pick_up(sid)
    assert await Call(line, Studio(line)).receipt(sid) == Receipt(Progress.TALKING)
    network.phones.hang_up(sid)
    assert await Call(line, Studio(line)).receipt(sid) == Receipt(Progress.DELIVERED)


@pytest.mark.parametrize(("behaviour", "code"), [(Behaviour.IGNORES, "no-answer"), (Behaviour.OUT_OF_REACH, "failed")])
async def test_a_receipt_says_why_nobody_was_reached(
    network: TelephoneNetwork, line: TwilioLine, behaviour: Behaviour, code: str
) -> None:
    network.phones.behave(ANNA, behaviour)
    sid = await Call(line, Studio(line)).send(SMS)
    await network.until(lambda: network.phones.calling.accepted[sid].over)
    assert await Call(line, Studio(line)).receipt(sid) == Receipt(Progress.UNDELIVERED, code)


async def test_a_call_that_rings_is_withdrawn(network: TelephoneNetwork, line: TwilioLine) -> None:
    network.phones.behave(ANNA, Behaviour.BY_HAND)
    sid = await Call(line, Studio(line)).send(SMS)
    await network.until(lambda: network.phones[ANNA].calls)
    await Call(line, Studio(line)).withdraw(sid)
    assert await Call(line, Studio(line)).receipt(sid) == Receipt(Progress.UNDELIVERED, "canceled")


async def test_nobody_who_listens_is_cut_off(network: TelephoneNetwork, line: TwilioLine) -> None:
    network.phones.behave(ANNA, Behaviour.BY_HAND)
    sid = await Call(line, Studio(line)).send(LONG)
    await network.until(lambda: network.phones[ANNA].calls)
    network.phones.pick_up(sid)
    await Call(line, Studio(line)).withdraw(sid)
    assert await Call(line, Studio(line)).receipt(sid) == Receipt(Progress.TALKING)


def test_the_text_cannot_break_out_of_what_is_spoken() -> None:
    text = '</Say><Dial>17</Dial> "L\'œil" & Co'
    document = ElementTree.fromstring(spoken(text, "fr"))
    assert [element.tag for element in document] == ["Pause", "Say", "Pause", "Say"]
    assert [say.text for say in document.iter("Say")] == [text, text]


def test_a_text_too_long_to_be_said_twice_is_said_once() -> None:
    assert spoken("a" * 1800, "fr").count("<Say") == 2
    assert spoken("a" * 2000, "fr").count("<Say") == 1
