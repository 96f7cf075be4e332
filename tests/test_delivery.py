"""A delivery's outcomes: three words that are never mixed up, and no way around the table."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.delivery import TRANSITIONS, Delivery, Outcome, Step, reached
from hub.errors import IllegalTransition
from hub.messages import Purpose
from hub.response import Action
from tests.moments import at

QUEUED = Delivery("K7Q2M-1", "K7Q2M", "c1", Action.SMS, Purpose.ALERT, "+33639980001", "fr", "", "text", at(0), 1000.0)


def after(*steps: Step) -> Delivery:
    delivery = QUEUED
    for step in steps:
        delivery = delivery.step(step)
    return delivery


def test_accepted_is_not_delivered():
    accepted = after(Step.START, Step.ACCEPT)
    assert accepted.outcome is Outcome.ACCEPTED
    assert not accepted.pending
    assert accepted.step(Step.DELIVER).outcome is Outcome.DELIVERED


def test_a_crash_in_the_middle_queues_it_again():
    assert after(Step.START, Step.RESTART).outcome is Outcome.QUEUED


def test_tries_are_counted_when_they_begin():
    assert after(Step.START, Step.FAIL, Step.START).tries == 2


def test_a_request_that_may_be_on_its_way_cannot_be_stopped_or_replaced():
    for step in (Step.STOP, Step.REPLACE):
        with pytest.raises(IllegalTransition):
            after(Step.START, step)


@given(st.lists(st.sampled_from(Step)))
def test_whatever_is_tried_only_the_table_leads_on(steps):
    delivery = QUEUED
    for step in steps:
        allowed = TRANSITIONS.get((delivery.outcome, step))
        if allowed is None:
            with pytest.raises(IllegalTransition):
                delivery.step(step)
        else:
            delivery = delivery.step(step)
            assert delivery.outcome is allowed


@pytest.mark.parametrize(
    ("delivery", "told"),
    [
        (QUEUED, False),
        (after(Step.START), True),
        (after(Step.START, Step.FAIL), True),  # the answer may have been lost, not the message
        (after(Step.START, Step.ACCEPT), True),
        (after(Step.START, Step.REFUSE), False),
        (replace(QUEUED, contact="c2", tries=1), False),
    ],
)
def test_the_all_clear_follows_whatever_may_have_reached_somebody(delivery, told):
    assert reached({delivery.id: delivery}, "c1") is told
