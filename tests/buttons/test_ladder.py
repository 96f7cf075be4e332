"""What is tried when the radio hears nothing."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from hardware.buttons.ladder import RUNGS, Ladder, Step

PACE, PAUSE, AGAIN = 5.0, 60.0, 900.0
RECOVERIES = (Step.ADAPTER, Step.BLUETOOTHD)

Event = tuple[float, bool]  # seconds since the last one, and whether an advert was heard
events = st.lists(st.tuples(st.floats(0.0, 2 * AGAIN), st.booleans()), max_size=80)
short_events = st.lists(st.tuples(st.floats(0.0, 2 * PAUSE), st.booleans()), max_size=80)


def climb(happened: list[Event]) -> list[tuple[float, Step]]:
    """What the ladder says, and when."""
    ladder, now, steps = Ladder(PACE, PAUSE, AGAIN), 0.0, []
    for seconds, heard in happened:
        now += seconds
        if heard:
            ladder.heard()
        else:
            steps.append((now, ladder.failed(now)))
    return steps


def beyond_a_scan(happened: list[Event]) -> list[tuple[float, Step]]:
    return [(at, step) for at, step in climb(happened) if step is not Step.SCAN]


def test_a_radio_that_fell_silent_is_helped_by_ever_stronger_means():
    steps = [step for _, step in climb([(60.0, False)] * 6)]
    assert steps == [Step.SCAN, Step.ADAPTER, Step.SCAN, Step.SCAN, Step.BLUETOOTHD, Step.TELL]


def test_a_bluetoothd_that_restarts_within_seconds_is_left_alone():
    assert beyond_a_scan([(0.2, False)] * 20) == []


def test_a_radio_that_fails_at_once_is_given_time_between_two_recoveries():
    assert [(round(at), step) for at, step in beyond_a_scan([(0.25, False)] * 4 * 200)] == [
        (5, Step.ADAPTER),
        (65, Step.BLUETOOTHD),
        (125, Step.TELL),
    ]


def test_an_advert_ends_it():
    assert beyond_a_scan([(60.0, False), (60.0, True)] * 10) == []


def test_after_a_while_it_starts_again():
    happened = [(60.0, False)] * 6 + [(AGAIN, False), (60.0, False)]
    assert [step for _, step in beyond_a_scan(happened)][-2:] == [Step.TELL, Step.ADAPTER]


@given(events | short_events)
def test_no_two_steps_come_faster_than_the_first_can_work(happened):
    steps = beyond_a_scan(happened)
    assert all(later - earlier >= PAUSE for (earlier, _), (later, _) in pairwise(steps))


@given(events | short_events)
def test_bluetoothd_is_restarted_only_after_the_adapter_and_nobody_is_told_before_both(happened):
    ladder, now, since = Ladder(PACE, PAUSE, AGAIN), 0.0, []
    for seconds, heard in happened:
        now += seconds
        if heard:
            ladder.heard()
            since = []
            continue
        step = ladder.failed(now)
        if step is not Step.SCAN:
            since = [*since, step] if since[-1:] != [Step.TELL] else [step]
            assert since == [one for _, one in RUNGS][: len(since)]


@given(st.lists(st.floats(0.0, 3600.0), max_size=60))
def test_the_first_failure_after_an_advert_is_answered_by_a_new_scanner(waits):
    assert beyond_a_scan([(wait, heard) for wait in waits for heard in (True, False)]) == []


@given(st.floats(0.5, 60.0))
def test_a_radio_that_stays_deaf_is_told_and_tried_again(every):
    steps = beyond_a_scan([(every, False)] * int(3 * AGAIN / every))
    first = [step for _, step in steps][:4]
    assert first == [Step.ADAPTER, Step.BLUETOOTHD, Step.TELL, Step.ADAPTER]
    assert steps[2][0] <= 6 * PAUSE + 2 * every
