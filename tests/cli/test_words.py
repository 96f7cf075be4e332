"""Every event of an incident and every purpose of a message has a word in each language."""

import pytest

from hub.cli import words
from hub.incident import Event
from hub.messages import Purpose
from hub.page.codes import Holder
from hub.page.visits import What


@pytest.mark.parametrize("language", ["fr", "en"])
def test_every_event_of_an_incident_has_a_word(language: str) -> None:
    for event in [*Event, "opened", "drill", "unreached", "wrong_code", "moved"]:
        assert words.sentences(language)[f"event_{event}"]


@pytest.mark.parametrize("language", ["fr", "en"])
def test_every_purpose_of_a_message_has_a_word(language: str) -> None:
    for purpose in Purpose:
        assert words.sentences(language)[f"purpose_{purpose}"]


@pytest.mark.parametrize("language", ["fr", "en"])
def test_every_visit_and_every_code_has_a_word(language: str) -> None:
    for key in (*(f"visit_{what}" for what in What), *(f"role_{holder}" for holder in Holder)):
        assert words.sentences(language)[key]
