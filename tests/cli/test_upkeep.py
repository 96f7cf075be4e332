"""What the timers of the machine have typed."""

import pytest

from tests.cli.conftest import SmallHub, Terminal


@pytest.mark.parametrize(
    ("typed", "answer", "english", "french"),
    [
        ("upkeep", {"done": True, "days": 30}, "What ended more than 30 days ago is deleted.", "est effacé."),
        ("upkeep", {"done": False, "days": 30}, "is being deleted: the card is slow.", "la carte est lente."),
        (
            "remind",
            {"reminded": True},
            "The technicians are being reminded of an exercise.",
            "rappelé aux techniciens.",
        ),
        ("remind", {"reminded": False}, "Nobody has to be reminded of anything now.", "rien à rappeler"),
    ],
)
def test_what_the_timers_type_says_what_came_of_it(
    hub: SmallHub, terminal: Terminal, typed: str, answer: dict[str, object], english: str, french: str
) -> None:
    hub.answers[typed] = answer
    assert english in terminal.type(typed).stdout
    assert french in terminal.type(typed, language="fr").stdout
