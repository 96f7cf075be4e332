"""Which SMS go by the hub's own SIM: those the provider has not taken, once each."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.delivery import Delivery, Outcome
from hub.messages import Purpose
from hub.response import Action
from hub.second import APART, HOPELESS, MODEM, PATIENCE, instead, needless, twins, untaken
from tests.moments import at

SMS = Delivery(
    "K7Q2M-1", "K7Q2M", "c1", Action.SMS, Purpose.ALERT, "+33639980001", "fr", "", "text", begun=at(0), due=at(0).mono
)


def made(*deliveries: Delivery, seconds: float, reason: str = "") -> list[Delivery]:
    return twins({d.id: d for d in deliveries}, at(seconds).mono, reason)


def test_what_the_provider_has_not_taken_goes_the_second_way_after_twenty_seconds():
    assert made(SMS, seconds=PATIENCE - 0.1) == []
    (twin,) = made(replace(SMS, tries=4), seconds=PATIENCE)
    assert (twin.id, twin.path, twin.way, twin.tries, twin.due) == ("K7Q2M-2", MODEM, MODEM, 0, at(PATIENCE).mono)
    assert (twin.text, twin.begun) == (SMS.text, SMS.begun), "a person sees one alert"


@pytest.mark.parametrize("reason", sorted(HOPELESS))
def test_where_waiting_helps_nobody_it_goes_at_once(reason):
    assert made(SMS, seconds=0.5, reason=reason) == [], "the provider was not even asked"
    assert len(made(replace(SMS, tries=1), seconds=0.5, reason=reason)) == 1


@pytest.mark.parametrize("reason", ["", "timeout", "20500", "engaged"])
def test_whatever_else_goes_wrong_has_its_twenty_seconds(reason):
    assert made(replace(SMS, tries=2), seconds=10, reason=reason) == []


@pytest.mark.parametrize("outcome", [Outcome.ACCEPTED, Outcome.DELIVERED, Outcome.FAILED, Outcome.UNKNOWN])
def test_what_was_taken_or_refused_for_good_goes_no_second_way(outcome):
    assert made(replace(SMS, outcome=outcome), seconds=99) == []


@pytest.mark.parametrize("channel", [Action.CALL, Action.EMAIL])
def test_only_an_sms_can(channel):
    assert made(replace(SMS, channel=channel), seconds=99) == []


def test_a_text_goes_the_second_way_once_and_a_newer_one_again():
    (twin,) = made(SMS, seconds=30)
    assert made(SMS, twin, seconds=60) == []
    newer = replace(SMS, begun=at(100), text="again")
    (second,) = made(newer, twin, seconds=130)
    assert (second.text, second.id) == ("again", "K7Q2M-3")


def test_she_presses_again_and_again_and_the_twenty_seconds_are_those_of_the_first_text():
    """Each press gives what waits another text: what nobody took for twenty seconds goes all the same."""
    since: dict[str, float] = {}
    first: float | None = None
    for tenth in range(400):
        now = at(tenth / 10).mono
        press = tenth // 110 * 11.0  # seconds; the text of the last one
        waiting = replace(SMS, text=f"again {press}", begun=at(press), due=now, tries=1)
        since = untaken([waiting], since, now)
        if first is None and twins({SMS.id: waiting}, now, "timeout", since):
            first = tenth / 10
    assert first == PATIENCE


def test_a_text_that_waits_for_its_minute_needs_no_second_way():
    waiting = replace(SMS, purpose=Purpose.AGAIN, begun=at(15), due=at(60).mono)
    assert made(waiting, seconds=59) == []
    assert made(waiting, seconds=60 + PATIENCE - 0.1) == []
    assert len(made(waiting, seconds=60 + PATIENCE)) == 1


def test_that_she_pressed_again_goes_once_a_minute_by_the_sim_too():
    sent = replace(SMS, id="K7Q2M-2", path=MODEM, outcome=Outcome.ACCEPTED, due=at(20).mono)
    again = replace(SMS, purpose=Purpose.AGAIN, text="again", begun=at(25), due=at(25).mono, tries=3)
    raised = replace(again, purpose=Purpose.ALERT)
    assert [twin.due for twin in made(again, sent, seconds=50)] == [at(80).mono]
    assert [twin.due for twin in made(raised, sent, seconds=50)] == [at(50).mono], "what is worse goes at once"


def test_it_is_needless_once_the_provider_took_it_unless_it_is_under_way():
    (twin,) = made(SMS, seconds=30)
    taken = {SMS.id: replace(SMS, outcome=Outcome.ACCEPTED), twin.id: twin}
    assert needless(twin, taken)
    assert not needless(replace(twin, tries=1), taken), "an answer can be lost: it has its receipt"
    assert not needless(twin, {SMS.id: SMS, twin.id: twin})
    assert not needless(SMS, taken)


@given(st.lists(st.tuples(st.sampled_from(["c1", "c2"]), st.floats(0, 50), st.sampled_from(Outcome)), max_size=8))
def test_nobody_gets_a_text_twice_by_the_modem(facts):
    known = {
        f"K7Q2M-{n}": replace(
            SMS, id=f"K7Q2M-{n}", contact=contact, begun=at(begun), text=f"{begun:g}", outcome=outcome
        )
        for n, (contact, begun, outcome) in enumerate(facts, start=1)
    }
    for seconds in (0, 30, 60, 90):
        fresh = twins(known, at(seconds).mono, "")
        assert not known.keys() & {d.id for d in fresh}
        known |= {d.id: d for d in fresh}
    sent = [(d.contact, d.text) for d in known.values() if d.path]
    assert len(sent) == len(set(sent))


def test_an_exercise_by_the_sim_sends_one_sms_after_the_other_and_nothing_else_by_it():
    call = replace(SMS, id="K7Q2M-2", channel=Action.CALL)
    second = replace(SMS, id="K7Q2M-3", contact="c2")
    after = instead([SMS, call, second])
    assert [(d.id, d.way, d.due - SMS.due) for d in after] == [
        ("K7Q2M-1", MODEM, 0),
        ("K7Q2M-2", Action.CALL, 0),
        ("K7Q2M-3", MODEM, APART),
    ]
    assert twins({d.id: d for d in after}, at(60).mono, "connection") == [], "it is the second way already"
