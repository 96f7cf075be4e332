"""What a call says, read out of its TwiML."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st
from twilio.twiml.voice_response import VoiceResponse

from hardware.simulated.network.twiml import Speech, speech


def test_every_say_is_a_line_and_the_first_one_gives_the_language() -> None:
    response = VoiceResponse()
    response.say("Ceci n'est pas un exercice & c'est grave", language="fr-FR")
    response.pause(length=1)
    response.say("Twice", language="en-GB")
    assert speech(str(response)) == Speech("Ceci n'est pas un exercice & c'est grave\nTwice", "fr-FR")


@pytest.mark.parametrize("twiml", ["", "hello", "<Response>", "<Other/>"])
def test_what_is_no_twiml_is_an_error(twiml: str) -> None:
    with pytest.raises(ValueError, match=r"not a <Response>|line 1|no element"):
        speech(twiml)


@given(st.text())
def test_any_text_is_twiml_or_a_value_error(twiml: str) -> None:
    with suppress(ValueError):
        assert isinstance(speech(twiml), Speech)
