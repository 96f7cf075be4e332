"""Who gets what at each event of an incident's life."""

from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub import escalation
from hub.delivery import Delivery, Outcome, Step
from hub.escalation import PURPOSES, Round
from hub.incident import Event, Incident
from hub.messages import Purpose
from hub.model import Contact, Home, Position, Source
from hub.response import CHANNELS, Action, Level
from tests.moments import at

HOME = Home("Marie", "12 rue des Lilas, 29000 Quimper", (47.996, -4.1024))
ANNA = Contact("c1", "Anna", "+33639980001", "anna@example.org")
KARIM = Contact("c2", "Karim", "+33639980002", "", "en")
ALL = frozenset(CHANNELS)
TEXTS = frozenset({Action.SMS})
AWAY = Position(47.9106, -4.2011, 20.0, at(0), Source.GNSS)


def incident(level: Level = Level.RESCUE) -> Incident:
    return Incident("K7Q2M", level, opened=at(0), pressed=at(0))


def made(event, channels=ALL, now=0.0, existing=(), contacts=(ANNA, KARIM)) -> list[Delivery]:
    this = Round(incident(), PURPOSES[event], channels, at(now))
    return escalation.deliveries(this, HOME, contacts, {d.id: d for d in existing})


def accepted(deliveries: list[Delivery]) -> list[Delivery]:
    return [d.step(Step.START).step(Step.ACCEPT) for d in deliveries]


def over(deliveries: list[Delivery]) -> list[Delivery]:
    return [d.step(Step.DELIVER) for d in deliveries]


def test_everybody_gets_everything_at_once():
    deliveries = made(None)
    assert {(d.contact, d.channel) for d in deliveries} == {
        ("c1", Action.CALL), ("c1", Action.SMS), ("c1", Action.EMAIL), ("c2", Action.CALL), ("c2", Action.SMS),
    }  # fmt: skip
    assert {d.due for d in deliveries} == {at(0).mono}


def test_each_contact_is_told_in_their_own_language():
    texts = {d.contact: d.text for d in made(None, TEXTS)}
    assert texts["c1"].startswith("SECOURS")
    assert texts["c2"].startswith("RESCUE")


def test_a_raise_is_sent_at_once_however_fresh_the_last_text():
    first = accepted(made(None, TEXTS))
    assert {d.due for d in made(Event.RAISED, now=1.0, existing=first)} == {at(1).mono}


def test_a_text_that_failed_meanwhile_never_arrives_after_a_newer_one():
    (old,) = [d.step(Step.START) for d in made(None, TEXTS, contacts=[ANNA])]
    (new,) = made(Event.RAISED, TEXTS, now=1.0, existing=[old], contacts=[ANNA])
    old = old.step(Step.FAIL, due=at(2).mono)
    tried = new.step(Step.START)
    for newer in (new, tried, tried.step(Step.ACCEPT), tried.step(Step.FAIL, due=at(3).mono)):
        both = {d.id: d for d in (old, newer)}
        assert escalation.superseded(old, both)
        assert not escalation.superseded(newer, both)


def test_a_newer_text_that_waits_or_was_refused_holds_no_older_one_up():
    (old,) = [d.step(Step.START) for d in made(None, TEXTS, contacts=[ANNA])]
    (new,) = made(Event.REPEATED, TEXTS, now=20.0, existing=[old], contacts=[ANNA])
    old = old.step(Step.FAIL, due=at(22).mono)
    for newer in (new, new.step(Step.START).step(Step.REFUSE), replace(new, channel=Action.CALL, due=0.0)):
        assert not escalation.superseded(old, {d.id: d for d in (old, newer)})


def test_who_took_it_takes_no_alert_s_place_but_an_alert_takes_its():
    (alert,) = [d.step(Step.START) for d in made(None, TEXTS, contacts=[ANNA])]
    this = Round(incident(), Purpose.TAKEN, frozenset(), at(5))
    (taken,) = escalation.deliveries(this, HOME, [ANNA], {alert.id: alert})
    sent = {d.id: d for d in (alert.step(Step.FAIL, due=at(6).mono), taken.step(Step.START).step(Step.ACCEPT))}
    assert not escalation.superseded(sent[alert.id], sent)
    (newer,) = accepted(made(Event.RAISED, TEXTS, now=9.0, existing=[alert], contacts=[ANNA]))
    assert escalation.superseded(taken, {d.id: d for d in (taken, replace(newer, id="K7Q2M-9"))})


def test_pressed_again_waits_for_the_minute_of_the_last_text_but_calls_at_once():
    first = over(accepted(made(None)))
    due = {(d.contact, d.channel): d.due for d in made(Event.REPEATED, now=20.0, existing=first)}
    assert due["c1", Action.SMS] == at(60).mono
    assert due["c1", Action.CALL] == at(20).mono


def test_the_newest_text_takes_the_place_of_the_one_that_waits():
    first = accepted(made(None, TEXTS, contacts=[ANNA]))
    (waiting,) = made(Event.REPEATED, TEXTS, now=20.0, existing=first, contacts=[ANNA])
    (newest,) = made(Event.REPEATED, TEXTS, now=120.0, existing=[*first, waiting], contacts=[ANNA])
    assert newest.id == waiting.id
    assert newest.text != waiting.text


def test_a_text_the_provider_never_took_is_replaced_and_tried_at_once():
    (failing,) = [d.step(Step.START).step(Step.FAIL, due=at(300).mono) for d in made(None, TEXTS, contacts=[ANNA])]
    (again,) = made(Event.REPEATED, TEXTS, now=120.0, existing=[failing], contacts=[ANNA])
    assert (again.id, again.due) == (failing.id, at(120).mono)
    assert again.tries == 1, "an answer may have been lost: the all-clear must follow"


def test_a_single_press_after_a_rescue_still_sends_everything_again():
    assert {d.channel for d in made(Event.REPEATED, TEXTS, now=99.0, existing=over(accepted(made(None))))} == ALL


def test_the_all_clear_goes_in_writing_to_those_who_may_have_been_reached():
    reached = accepted(made(None, contacts=[ANNA]))
    refused = [d.step(Step.START).step(Step.REFUSE) for d in _renamed(made(None, contacts=[KARIM]))]
    clear = made(Event.ENDED, frozenset(), now=30.0, existing=[*reached, *refused])
    assert {(d.contact, d.channel) for d in clear} == {("c1", Action.SMS), ("c1", Action.EMAIL)}
    assert {d.purpose for d in clear} == {Purpose.ALL_CLEAR}


def _renamed(deliveries: list[Delivery]) -> list[Delivery]:
    return [replace(d, id=f"K7Q2M-{90 + n}") for n, d in enumerate(deliveries)]


def test_duress_tells_everybody_over_every_channel_used():
    told = made(Event.THREATENED, frozenset(), now=30.0, existing=accepted(made(None)))
    assert {d.purpose for d in told} == {Purpose.UNDER_THREAT}
    assert {d.channel for d in told} == ALL


def test_an_end_takes_back_what_was_not_sent():
    waiting, *sent = made(None)
    existing = {d.id: d for d in [waiting, *(d.step(Step.START) for d in sent)]}
    assert [(d.id, d.outcome) for d in escalation.all_stopped(existing)] == [(waiting.id, Outcome.FAILED)]


events = st.sampled_from([Event.RAISED, Event.REPEATED, Event.THREATENED])
fates = st.lists(st.sampled_from(["queued", "sending", "accepted"]), min_size=30, max_size=30)


@given(st.lists(st.tuples(events, st.floats(0, 90), fates), max_size=8))
def test_no_two_texts_wait_for_one_contact_and_no_number_is_given_twice(rounds):
    book, now = {d.id: d for d in made(None)}, 0.0
    for event, pause, fate in rounds:
        now += pause
        book = {d.id: _fated(d, f, now) for d, f in zip(book.values(), fate * 3, strict=False)}
        fresh = made(event, now=now, existing=book.values())
        assert len({d.id for d in fresh}) == len(fresh)
        assert all(book[d.id].outcome is Outcome.QUEUED for d in fresh if d.id in book)
        book |= {d.id: d for d in fresh}
        waiting = [(d.contact, d.channel) for d in book.values() if d.outcome is Outcome.QUEUED]
        assert len(waiting) == len(set(waiting))


def _fated(delivery: Delivery, fate: str, now: float) -> Delivery:
    if delivery.outcome is not Outcome.QUEUED or fate == "queued":
        return delivery
    sending = delivery.step(Step.START, due=at(now).mono)
    return sending if fate == "sending" else sending.step(Step.ACCEPT)


@given(st.lists(st.floats(0, 200), min_size=1, max_size=10))
def test_a_contact_gets_one_text_a_minute_and_the_last_one_is_the_newest(pauses):
    book, now, sent = {}, 0.0, []
    for number, pause in enumerate([0.0, *pauses]):
        now += pause
        book, sent = _send_due(book, sent, now)
        event = None if number == 0 else Event.REPEATED
        book |= {d.id: d for d in made(event, TEXTS, now=now, existing=book.values(), contacts=[ANNA])}
    book, sent = _send_due(book, sent, now + 1000)
    assert all(later - earlier >= 59.999 for earlier, later in pairwise(sent))
    assert max(d.begun.mono for d in book.values()) == at(now).mono


def _send_due(book, sent, now):
    due = sorted(
        (d for d in book.values() if d.outcome is Outcome.QUEUED and d.due <= at(now).mono), key=lambda d: d.due
    )
    sent = [*sent, *(d.due for d in due)]
    return book | {d.id: d.step(Step.START, due=d.due).step(Step.ACCEPT) for d in due}, sent


def test_where_the_hub_is_goes_beside_the_alert_and_to_everybody_in_writing():
    this = Round(incident(), Purpose.MOVED, frozenset(), at(5), elsewhere=AWAY)
    first = made(None)
    updates = escalation.deliveries(this, HOME, [ANNA, KARIM], {d.id: d for d in first})
    assert [(d.contact, d.channel) for d in updates] == [("c1", Action.SMS), ("c1", Action.EMAIL), ("c2", Action.SMS)]
    assert not {d.id for d in updates} & {d.id for d in first}
    assert {d.due for d in updates} == {at(5).mono}
    assert all("47.91060" in d.text and "12 rue des Lilas" in d.text for d in updates)


@pytest.mark.parametrize("purpose", Purpose)
def test_where_the_hub_is_takes_the_place_of_an_older_place_and_of_nothing_else(purpose: Purpose):
    (old,) = [d.step(Step.START) for d in made(None, TEXTS, contacts=[ANNA])]
    old = replace(old, purpose=purpose)
    place = replace(old, id="K7Q2M-9", purpose=Purpose.MOVED, begun=at(9))
    assert escalation.superseded(old, {d.id: d for d in (old, place)}) is (purpose is Purpose.MOVED)
    newer = replace(old, id="K7Q2M-8", begun=at(10))
    assert escalation.superseded(place, {d.id: d for d in (place, newer)}) is (purpose is Purpose.MOVED)


def test_an_alert_that_waits_keeps_its_own_text_when_the_hub_moves():
    waiting = made(None, TEXTS, contacts=[ANNA])
    this = Round(incident(), Purpose.MOVED, frozenset(), at(5), elsewhere=AWAY)
    (update,) = escalation.deliveries(this, HOME, [ANNA], {d.id: d for d in waiting})
    assert update.id != waiting[0].id
    (again,) = made(Event.REPEATED, TEXTS, now=100.0, existing=[*waiting, update], contacts=[ANNA])
    assert again.id == waiting[0].id, "the alert that still waits takes the newer text, the place stays"
