"""Nobody answers, or nobody any more: it goes on."""

from dataclasses import replace

import pytest

from hub import pursuit
from hub.delivery import Outcome, Step
from hub.incident import State
from hub.messages import Purpose
from hub.response import Action
from tests.evening import SINGLE, Evening
from tests.hub_fixture import Ask


async def test_those_who_do_not_answer_are_called_again_until_the_last_round(evening: Evening):
    evening.press()
    evening.become(Outcome.DELIVERED)
    for _ in range(pursuit.ROUNDS + 2):
        evening.later(pursuit.ROUND_EVERY)
        evening.become(Outcome.FAILED)
    assert evening.made(Purpose.STILL, evening.anna) == [(evening.anna, Action.CALL)] * (pursuit.ROUNDS - 1)
    assert len(evening.made(Purpose.STILL)) == 3 * (pursuit.ROUNDS - 1)


async def test_whom_the_sms_did_not_reach_gets_it_again_with_the_next_round(evening: Evening):
    evening.press()
    evening.become(Outcome.FAILED)
    evening.later(pursuit.ROUND_EVERY)
    again = evening.made(Purpose.STILL, evening.anna)
    assert sorted(again) == [(evening.anna, Action.CALL), (evening.anna, Action.SMS)]


async def test_a_number_that_was_refused_for_good_is_not_called_again(evening: Evening):
    evening.press()
    for d in evening.hub.book.all():
        if d.contact == evening.lucie:
            evening.hub.book.put(d.step(Step.START).step(Step.REFUSE))
    evening.become(Outcome.FAILED)
    evening.later(pursuit.ROUND_EVERY)
    assert {c for c, _ in evening.made(Purpose.STILL)} == {evening.anna, evening.karim}


async def test_whoever_is_still_talking_is_not_called_a_second_time(evening: Evening):
    evening.press()
    evening.become(Outcome.FAILED)
    talking = next(d for d in evening.hub.book.all() if (d.contact, d.channel) == (evening.anna, Action.CALL))
    evening.hub.book.put(replace(talking, outcome=Outcome.ACCEPTED))
    evening.later(pursuit.ROUND_LONGEST)
    assert (evening.anna, Action.CALL) not in evening.made(Purpose.STILL)
    assert evening.hub.alerting.incident.rounds == 2
    assert (evening.karim, Action.CALL) in evening.made(Purpose.STILL)


async def test_after_ten_minutes_only_the_one_in_charge_is_asked_and_stays_in_charge_with_a_key(evening: Evening):
    incident = evening.press()
    evening.become(Outcome.DELIVERED)
    evening.answers(evening.karim)
    evening.become(Outcome.DELIVERED)
    evening.later(pursuit.LAPSES_AFTER)
    assert evening.made(Purpose.CHECK) == [(evening.karim, Action.CALL)]
    (asked,) = evening.deliveries(Purpose.CHECK)
    assert evening.hub.alerting.wants(asked)
    evening.answers(evening.karim)
    evening.later(pursuit.CHECK_PATIENCE)
    assert evening.hub.alerting.incident.state is State.ACKNOWLEDGED
    assert evening.made(Purpose.LAPSED) == []
    assert len(evening.made(Purpose.YOURS)) == 2, "told once, with the first answer"
    assert await evening.events(incident) == ["opened", "acknowledged", "checked", "acknowledged"]


async def test_without_a_key_within_a_minute_everybody_is_told_again(evening: Evening):
    evening.press()
    evening.become(Outcome.DELIVERED)
    evening.answers(evening.karim)
    evening.become(Outcome.DELIVERED)
    evening.later(pursuit.LAPSES_AFTER)
    evening.become(Outcome.FAILED)
    evening.later(pursuit.CHECK_PATIENCE)
    after = evening.hub.alerting.incident
    assert (after.state, after.by, after.rounds) == (State.ALERTING, "", 1)
    assert len(evening.made(Purpose.LAPSED)) == 9, "three contacts, three channels"
    assert all("Karim" in d.text for d in evening.deliveries(Purpose.LAPSED) if d.channel is Action.EMAIL)
    (asked,) = evening.deliveries(Purpose.CHECK)
    assert not evening.hub.alerting.wants(asked)


async def test_who_took_it_is_not_told_any_more_once_that_lapsed(evening: Evening):
    """The provider was away: what it did not take meanwhile would be wrong now."""
    evening.press()
    evening.become(Outcome.DELIVERED)
    evening.answers(evening.karim)
    taken = evening.deliveries(Purpose.TAKEN)
    assert all(evening.hub.alerting.wants(d) for d in taken)
    evening.later(pursuit.LAPSES_AFTER)
    evening.later(pursuit.CHECK_PATIENCE)
    assert not any(evening.hub.alerting.wants(d) for d in taken)


@pytest.mark.parametrize("outcome", [Outcome.FAILED, Outcome.UNKNOWN])
async def test_whom_an_sms_alone_does_not_reach_is_called_and_nobody_else(evening: Evening, outcome: Outcome):
    evening.press(SINGLE)
    lost = next(d for d in evening.hub.book.all() if d.contact == evening.lucie)
    evening.become(Outcome.DELIVERED)
    evening.hub.book.put(replace(lost, outcome=outcome, accepted_id="SM1"))
    evening.later(1)
    evening.later(1)
    assert evening.made(Purpose.STILL) == [(evening.lucie, Action.CALL), (evening.lucie, Action.EMAIL)]
    evening.become(Outcome.FAILED)
    evening.later(pursuit.ROUND_EVERY)
    assert {c for c, _ in evening.made(Purpose.STILL)} == {evening.lucie}


async def test_a_round_in_which_nobody_can_be_called_is_none(evening: Evening):
    """All of them still ring, as far as anybody knows: the provider answers no questions."""
    evening.press()
    evening.become(Outcome.ACCEPTED)
    evening.later(pursuit.ROUND_LONGEST)
    assert evening.hub.alerting.incident.rounds == 1
    evening.become(Outcome.UNKNOWN)
    for d in evening.hub.book.all():
        evening.hub.book.put(replace(d, outcome=Outcome.UNKNOWN))
    evening.later(1)
    assert evening.hub.alerting.incident.rounds == 2


async def test_whoever_picked_up_late_can_still_press_a_key(evening: Evening):
    evening.press()
    evening.become(Outcome.DELIVERED)
    evening.answers(evening.karim)
    evening.later(pursuit.LAPSES_AFTER)
    evening.become(Outcome.ACCEPTED)
    evening.later(pursuit.CHECK_PATIENCE)
    assert evening.hub.alerting.incident.by == evening.karim, "listening"
    evening.later(pursuit.ROUND_LONGEST - pursuit.CHECK_PATIENCE)
    assert evening.hub.alerting.incident.by == ""


async def test_a_further_press_cuts_nobody_off_who_listens(evening: Evening):
    evening.press()
    evening.become(Outcome.ACCEPTED)
    evening.moves_on(30)
    evening.press()
    assert {channel for _, channel in evening.made(Purpose.AGAIN)} == {Action.SMS, Action.EMAIL}
    evening.over()
    evening.moves_on(30)
    evening.press()
    assert (evening.anna, Action.CALL) in evening.made(Purpose.AGAIN)


async def test_a_contact_added_while_nobody_answers_belongs_to_the_next_round(evening: Evening, ask: Ask):
    evening.press()
    evening.become(Outcome.FAILED)
    added = (await ask("contact add", name="Paul", phone="0639980004", email="paul@example.org"))["contact"]["id"]
    evening.later(pursuit.ROUND_EVERY)
    assert {channel for _, channel in evening.made(Purpose.STILL, added)} == {Action.CALL, Action.SMS, Action.EMAIL}


async def test_a_prevention_waits_for_its_rounds_of_calls_before_it_closes(evening: Evening):
    incident = evening.press(SINGLE)
    lost = next(d for d in evening.hub.book.all() if d.contact == evening.lucie)
    evening.become(Outcome.DELIVERED)
    evening.hub.book.put(replace(lost, outcome=Outcome.FAILED, accepted_id="SM1"))
    evening.later(60)
    evening.become(Outcome.FAILED)
    evening.hub.alerting.tick()
    assert evening.hub.alerting.incident is not None
    for _ in range(pursuit.ROUNDS):
        evening.later(pursuit.ROUND_EVERY)
        evening.become(Outcome.FAILED)
    evening.hub.alerting.tick()
    assert evening.hub.alerting.incident is None, incident.id
