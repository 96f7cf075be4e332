"""Calls on the built-in telephone network."""

from dataclasses import replace
from xml.etree import ElementTree

import pytest

from hardware.simulated.network import TelephoneNetwork
from hub.channels.call import Call, spoken
from hub.channels.twilio import TwilioLine
from tests.channels.conftest import ANNA, SMS


@pytest.mark.parametrize(("language", "accent"), [("fr", "fr-FR"), ("en", "en-GB")])
async def test_a_call_says_the_text_twice_in_the_contacts_language(
    network: TelephoneNetwork, line: TwilioLine, language: str, accent: str
) -> None:
    sid = await Call(line).send(replace(SMS, language=language))
    await network.until(lambda: network.phones[ANNA].calls)
    (call,) = network.phones[ANNA].calls
    assert (call.id, call.text, call.language) == (sid, f"{SMS.text}\n{SMS.text}", accent)
    assert call.sender == "+33937000000"


def test_the_text_cannot_break_out_of_what_is_spoken() -> None:
    text = '</Say><Dial>17</Dial> "L\'œil" & Co'
    document = ElementTree.fromstring(spoken(text, "fr"))
    assert [element.tag for element in document] == ["Pause", "Say", "Pause", "Say"]
    assert [say.text for say in document.iter("Say")] == [text, text]


def test_a_text_too_long_to_be_said_twice_is_said_once() -> None:
    assert spoken("a" * 1800, "fr").count("<Say") == 2
    assert spoken("a" * 2000, "fr").count("<Say") == 1
