"""When a delivery is tried again."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from hub.retry import GIVE_UP, OFFSETS, next_attempt


def test_the_first_minute_is_dense():
    assert OFFSETS[:7] == (0, 2, 4, 8, 15, 30, 60)


def test_each_minute_to_a_quarter_then_each_five_to_a_day():
    assert OFFSETS[6:20] == tuple(range(60, 15 * 60, 60))
    assert OFFSETS[20:23] == (900, 1200, 1500)
    assert OFFSETS[-1] == 24 * 3600
    assert {later - earlier for earlier, later in pairwise(OFFSETS[20:])} == {300}


def test_a_planned_time_that_an_attempt_ran_over_is_left_out():
    assert next_attempt(begun=100.0, now=108.1) == 115.0


def test_it_is_given_up_after_a_day():
    assert next_attempt(0.0, GIVE_UP) is None


@given(st.floats(0, GIVE_UP - 1), st.floats(0.9, 1.1))
def test_the_next_attempt_is_never_in_the_past_and_never_more_than_five_minutes_away(elapsed, stretch):
    planned = next_attempt(0.0, elapsed, stretch)
    assert planned is None or elapsed < planned <= elapsed + 330
    assert planned is not None or elapsed > GIVE_UP * 0.9
