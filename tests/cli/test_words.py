"""Every event of an incident has a word in each language."""

import pytest

from hub.cli import words
from hub.incident import Event


@pytest.mark.parametrize("language", ["fr", "en"])
def test_every_event_of_an_incident_has_a_word(language: str) -> None:
    for event in [*Event, "opened", "drill"]:
        assert words.sentences(language)[f"event_{event}"]
