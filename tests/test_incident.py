"""The life of an incident: every rule of what a press does, then properties over any life at all."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub import incident
from hub.errors import IllegalTransition
from hub.incident import TRANSITIONS, End, Event, Incident, State
from hub.response import Level
from tests.moments import at

levels = st.sampled_from(Level)
kinds = st.sampled_from([End.REAL, End.FALSE_ALARM, End.TEST, End.DURESS])


def opened(level: Level = Level.PREVENTION, **more: object) -> Incident:
    return Incident("K7Q2M", level, opened=at(0), pressed=at(0), **more)


def test_a_press_within_ten_seconds_joins():
    after, event = incident.press(opened(Level.RESCUE), Level.PREVENTION, at(9.9))
    assert event is Event.JOINED
    assert after.level is Level.RESCUE


def test_ten_seconds_count_from_the_last_press():
    joined, _ = incident.press(opened(), Level.PREVENTION, at(8))
    assert incident.press(joined, Level.PREVENTION, at(17))[1] is Event.JOINED
    assert incident.press(joined, Level.PREVENTION, at(18))[1] is Event.REPEATED


def test_a_higher_level_raises_at_once():
    after, event = incident.press(opened(), Level.ALARM, at(0.2))
    assert (event, after.level) == (Event.RAISED, Level.ALARM)


def test_a_later_press_sends_again_and_wakes_an_acknowledged_incident():
    after, event = incident.press(incident.acknowledge(opened(Level.RESCUE), "c1", at(20)), Level.PREVENTION, at(60))
    assert (event, after.state, after.level) == (Event.REPEATED, State.ALERTING, Level.RESCUE)


def test_a_prevention_closes_when_its_deliveries_have_ended_but_not_while_texts_are_merged():
    assert opened().deadline(delivered=True) == at(60).mono


def test_a_prevention_closes_after_an_hour_at_the_latest():
    assert opened().deadline(delivered=False) == at(3600).mono


@pytest.mark.parametrize("level", [Level.RESCUE, Level.ALARM])
def test_rescue_and_alarm_end_only_by_a_person(level):
    assert opened(level).deadline(delivered=True) is None
    assert opened(level).deadline(delivered=False) is None


def test_a_drill_closes_by_itself_whatever_its_level():
    assert opened(Level.ALARM, drill=True).deadline(delivered=True) is not None


def test_duress_looks_like_an_end_and_leaves_it_open_for_good():
    after, event = incident.end(opened(), End.DURESS, at(30))
    assert event is Event.THREATENED
    assert after.open
    assert after.threatened
    assert after.deadline(delivered=True) is None


@pytest.mark.parametrize("kind", [End.REAL, End.FALSE_ALARM, End.TEST])
def test_an_end_is_remembered_with_its_kind(kind):
    after, event = incident.end(opened(Level.ALARM), kind, at(30))
    assert (event, after.state, after.kind, after.ended) == (Event.ENDED, State.RESOLVED, kind, at(30))


def test_what_has_ended_cannot_be_pressed_acknowledged_or_ended_again():
    over, _ = incident.end(opened(), End.REAL, at(1))
    for command in (
        lambda: incident.press(over, Level.ALARM, at(2)),
        lambda: incident.acknowledge(over, "c1", at(2)),
        lambda: incident.end(over, End.REAL, at(2)),
        lambda: incident.end(over, End.DURESS, at(2)),
    ):
        with pytest.raises(IllegalTransition):
            command()


def test_the_first_to_take_charge_stays_in_charge():
    first = incident.acknowledge(opened(), "c1", at(20))
    assert (first.state, first.by, first.taken) == (State.ACKNOWLEDGED, "c1", at(20))
    assert incident.acknowledge(first, "c2", at(21)) == first
    asked = incident.check(first, at(620))
    assert incident.acknowledge(asked, "c2", at(630)).by == "c2", "the first one does not answer any more"


def test_whoever_is_asked_and_still_is_in_charge_is_asked_again_later():
    asked = incident.check(incident.acknowledge(opened(), "c1", at(20)), at(620))
    assert asked.checked == at(620)
    still = incident.acknowledge(asked, "c1", at(640))
    assert (still.state, still.by, still.taken, still.checked) == (State.ACKNOWLEDGED, "c1", at(640), None)


def test_an_acknowledgement_lapses_and_everybody_is_called_from_the_start():
    after = incident.lapse(incident.acknowledge(opened(rounds=4), "c1", at(20)), at(700))
    assert (after.state, after.by, after.taken, after.rounds, after.called) == (State.ALERTING, "", None, 1, at(700))


@pytest.mark.parametrize("kind", [End.DURESS, None])
def test_a_new_alert_leaves_nobody_in_charge(kind):
    charged = incident.acknowledge(opened(Level.RESCUE), "c1", at(20))
    after, _ = incident.end(charged, kind, at(60)) if kind else incident.press(charged, Level.RESCUE, at(60))
    assert (after.state, after.by, after.rounds, after.called) == (State.ALERTING, "", 1, at(60))


def test_a_press_that_only_joins_leaves_who_is_in_charge():
    charged = incident.acknowledge(opened(Level.RESCUE), "c1", at(5))
    assert incident.press(charged, Level.RESCUE, at(6))[0].by == "c1"


def test_nobody_is_called_again_or_asked_out_of_turn():
    with pytest.raises(IllegalTransition):
        incident.check(opened(), at(1))
    with pytest.raises(IllegalTransition):
        incident.call_again(incident.acknowledge(opened(), "c1", at(20)), at(100))


def test_nothing_leads_out_of_resolved():
    assert all(state is not State.RESOLVED for state, _ in TRANSITIONS)


@given(levels, st.lists(st.tuples(levels, st.floats(0, 100))))
def test_no_series_of_presses_ever_lowers_or_ends_anything(first, presses):
    current, now = opened(first), 0.0
    for level, pause in presses:
        now += pause
        after, _ = incident.press(current, level, at(now))
        assert after.open
        assert after.level == max(current.level, level)
        current = after


@given(st.lists(st.one_of(st.tuples(levels, st.floats(0, 100)), kinds), max_size=20))
def test_it_is_open_exactly_until_a_person_ends_it(life):
    current, now = opened(), 0.0
    for step in life:
        if isinstance(step, End):
            current, _ = incident.end(current, step, at(now))
        else:
            now += step[1]
            current, _ = incident.press(current, step[0], at(now))
        if not current.open:
            assert current.kind is step
            return
    assert current.open
