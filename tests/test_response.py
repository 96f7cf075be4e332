"""The table of gestures, as data that can be changed but not made dangerous."""

import pytest

from hub.errors import Refusal
from hub.gesture import Kind
from hub.response import DEFAULT, Action, Level, chosen, with_actions

TOLD_ALL = {Action.SMS, Action.CALL, Action.EMAIL}


def changed(kind: Kind, actions: list[str]):
    return with_actions(DEFAULT, {kind: chosen(actions)})


def test_a_single_press_sends_texts_and_is_silent():
    assert DEFAULT[Kind.SINGLE].level is Level.PREVENTION
    assert DEFAULT[Kind.SINGLE].actions == {Action.SMS}


def test_a_double_press_calls_texts_and_mails_and_is_silent():
    assert DEFAULT[Kind.DOUBLE].level is Level.RESCUE
    assert DEFAULT[Kind.DOUBLE].actions == TOLD_ALL


def test_a_hold_also_sounds_the_siren_and_records():
    assert DEFAULT[Kind.HOLD].level is Level.ALARM
    assert DEFAULT[Kind.HOLD].actions == TOLD_ALL | {Action.SIREN, Action.RECORD}


def test_three_or_more_presses_are_a_rescue_at_least():
    assert DEFAULT[Kind.MANY].level >= Level.RESCUE
    assert DEFAULT[Kind.MANY].actions >= TOLD_ALL


def test_where_he_lives_too_a_hold_records_without_a_siren():
    table = changed(Kind.HOLD, ["sms", "call", "email", "record"])
    assert table[Kind.HOLD].level is Level.ALARM
    assert Action.SIREN not in table[Kind.HOLD].actions
    assert table[Kind.DOUBLE] == DEFAULT[Kind.DOUBLE]


@pytest.mark.parametrize("actions", [[], ["siren"], ["siren", "record"]])
def test_a_gesture_that_tells_nobody_is_refused(actions):
    with pytest.raises(Refusal, match="response_tells_nobody"):
        changed(Kind.HOLD, actions)


def test_three_or_more_presses_raise_an_alarm_once_they_record_or_sound():
    table = changed(Kind.MANY, ["sms", "siren"])
    assert table[Kind.MANY].level is Level.ALARM
    assert table[Kind.MANY].actions == TOLD_ALL | {Action.SIREN}, "and still do what a double does"


def test_what_a_double_does_three_presses_do_too():
    table = changed(Kind.DOUBLE, ["sms", "call", "email", "record"])
    assert Action.RECORD in table[Kind.MANY].actions


def test_an_unknown_action_is_refused():
    with pytest.raises(Refusal, match="unknown_action"):
        changed(Kind.SINGLE, ["sms", "smoke"])
