"""When people are called again: the rules, then a property over any time."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub import incident
from hub.delivery import Delivery, Outcome
from hub.incident import Incident
from hub.messages import Purpose
from hub.pursuit import CHECK_PATIENCE, LAPSES_AFTER, ROUND_EVERY, ROUND_LONGEST, ROUNDS, Turn, turn, upcoming
from hub.response import Action, Level
from tests.moments import at

OPEN = Incident("K7Q2M", Level.RESCUE, opened=at(0), pressed=at(0), rounds=1, called=at(0))


def call(outcome: Outcome, contact: str = "c1", begun: float = 0, channel: Action = Action.CALL) -> Delivery:
    return Delivery(
        f"K7Q2M-{contact}-{begun}", "K7Q2M", contact, channel, Purpose.ALERT, "+33612345678", "fr", "", "text",
        begun=at(begun), due=at(begun).mono, outcome=outcome,
    )  # fmt: skip


def test_those_who_did_not_answer_are_called_again_once_their_telephones_have_rung_out():
    calls = [call(Outcome.FAILED), call(Outcome.DELIVERED, "c2")]
    assert turn(OPEN, calls, at(ROUND_EVERY - 0.1).mono) is None
    assert turn(OPEN, calls, at(ROUND_EVERY).mono) is Turn.CALL_AGAIN


def test_a_call_that_still_rings_holds_the_next_round_up_only_so_long():
    calls = [call(Outcome.FAILED), call(Outcome.ACCEPTED, "c2")]
    assert turn(OPEN, calls, at(ROUND_EVERY).mono) is None
    assert turn(OPEN, calls, at(ROUND_LONGEST).mono) is Turn.CALL_AGAIN


@pytest.mark.parametrize("pending", [Outcome.QUEUED, Outcome.SENDING])
def test_no_round_is_used_up_while_no_provider_takes_a_call(pending):
    assert upcoming(OPEN, [call(pending), call(pending, "c2")]) is None


def test_a_call_that_left_late_has_its_time_to_ring():
    """The provider was away for ten minutes."""
    late = replace(call(Outcome.FAILED), due=at(600).mono)
    assert upcoming(OPEN, [late]) == (at(600 + ROUND_EVERY).mono, Turn.CALL_AGAIN)


def test_after_the_last_round_nobody_is_called_any_more():
    assert upcoming(replace(OPEN, rounds=ROUNDS), [call(Outcome.FAILED)]) is None


@pytest.mark.parametrize("incident", [replace(OPEN, drill=True), incident.end(OPEN, incident.End.REAL, at(1))[0]])
def test_an_exercise_and_what_is_over_pursue_nobody(incident):
    assert upcoming(incident, [call(Outcome.FAILED)]) is None


def test_where_only_texts_were_sent_nobody_is_called():
    assert upcoming(OPEN, [call(Outcome.FAILED, channel=Action.SMS)]) is None


def test_whoever_is_in_charge_is_asked_and_then_everybody_is_told_again():
    charged = incident.acknowledge(OPEN, "c1", at(30))
    assert upcoming(charged, [call(Outcome.DELIVERED)]) == (at(30 + LAPSES_AFTER).mono, Turn.CHECK)
    asked = incident.check(charged, at(700))
    assert upcoming(asked, [call(Outcome.DELIVERED)]) == (at(700 + CHECK_PATIENCE).mono, Turn.LAPSE)


@given(st.floats(0, 5000), st.floats(0, 5000), st.sampled_from(Outcome))
def test_what_is_due_stays_due_until_it_is_done(first, later, outcome):
    calls = [call(outcome), call(Outcome.FAILED, "c2")]
    due = turn(OPEN, calls, at(first).mono)
    assert due is None or turn(OPEN, calls, at(first + later).mono) is due
