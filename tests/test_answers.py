"""What counts as a person's answer, and what does not."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.answers import WRONG_CODES, Answer, Said, Way, agrees, answers, ends
from hub.incident import Incident
from hub.response import Level
from tests.moments import at

OPEN = Incident("K7Q2M", Level.RESCUE, opened=at(0), pressed=at(0), code="0417")


@pytest.mark.parametrize("text", ["1", " 1 ", "oui", "OK", "Ok\n", "K7Q2M", "j'arrive, #k7q2m", "REF K7Q2M."])
def test_an_sms_that_says_yes_or_holds_the_reference_counts(text):
    assert agrees(text, "K7Q2M")


@pytest.mark.parametrize(
    "text",
    ["", "11", "1 ?", "ok je regarde", "oui mais pas moi", "non", "OK.", "qui êtes-vous ?", "K7Q2N", "K7Q2", "XK7Q2M"],
)
def test_any_other_sms_does_not(text):
    assert not agrees(text, "K7Q2M")


def test_a_call_gives_one_answer_for_each_thing_that_was_said():
    assert answers(Said("FN1", "K7Q2M", "c1", Way.CALL, taken=False), OPEN, at(30)) == []
    first, second = answers(Said("FN1", "K7Q2M", "c1", Way.CALL, taken=True, over="0417"), OPEN, at(30))
    assert first == Answer("FN1", "1", "K7Q2M", "c1", at(30), Way.CALL, 30.0, drill=False)
    assert (first.charge, second.charge) == (True, False)
    assert ends(second, OPEN, [first])


def test_a_code_that_was_guessed_at_too_often_ends_nothing_any_more():
    wrong = [_typed(f"{n:04}") for n in range(WRONG_CODES)]
    assert ends(_typed("0417"), OPEN, wrong[1:])
    assert not ends(_typed("0417"), OPEN, wrong)


def test_an_incident_without_a_code_is_ended_by_none():
    assert not ends(_typed(""), replace(OPEN, code=""), [])


@given(st.text(alphabet="0123456789*#", max_size=6))
def test_only_the_code_ends_it(typed):
    assert ends(_typed(typed), OPEN, []) == (typed == OPEN.code)


def _typed(digits: str) -> Answer:
    return Answer("FN1", f"9{digits}", "K7Q2M", "c1", at(30), Way.CALL, 30.0, drill=False)
