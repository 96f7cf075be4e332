"""Tries: three at once, then ever more slowly, thirteen in a window, whatever else happens."""

from hypothesis import given
from hypothesis import strategies as st

from hub.page.tries import FORGOTTEN_AFTER, FREE, LONGEST_WAIT, MOST, SPAN, Tries
from tests.moments import at

INFINITE = float("inf")


def tried(times: int, seconds: float = 0.0, tries: Tries | None = None) -> Tries:
    tries = tries or Tries()
    for _ in range(times):
        tries = tries.one_more(at(seconds))
    return tries


def wait(tries: Tries, seconds: float) -> float:
    return tries.wait(at(seconds).mono)


def test_three_are_free_and_then_the_pause_doubles():
    assert [wait(tried(n), 0.0) for n in range(8)] == [0, 0, 0, 2, 4, 8, 16, 32]
    assert [wait(tried(5), seconds) for seconds in (7.0, 8.0)] == [1.0, 0.0]


def test_a_pause_is_five_minutes_at_most_and_there_are_thirteen_in_a_window():
    assert wait(tried(12), 0.0) == LONGEST_WAIT
    assert wait(tried(13), 50_000.0) == INFINITE


def test_another_window_brings_tries_but_no_free_ones():
    again = tried(13).in_new_window(at(1000))
    assert wait(again, 299.0) == 1.0
    assert wait(again, 300.0) == 0.0


def test_a_new_hub_has_another_window_each_quarter_of_an_hour():
    tries = tried(13)
    assert wait(tries.refreshed(at(SPAN - 1)), SPAN - 1) == INFINITE
    assert wait(tries.refreshed(at(SPAN)), SPAN) == 0.0


def test_a_day_without_a_try_forgets():
    tries = tried(13)
    assert wait(tries, FORGOTTEN_AFTER - 1) == INFINITE
    assert wait(tries, FORGOTTEN_AFTER) == 0.0
    assert wait(tried(2, FORGOTTEN_AFTER, tries), FORGOTTEN_AFTER) == 0.0


events = st.lists(st.tuples(st.sampled_from(["wait", "pause", "window"]), st.floats(0.0, 4000.0)), max_size=80)


@given(events)
def test_whoever_tries_as_fast_as_it_goes_gets_a_few_hundred_tries_a_day(events):
    """Opening the window over and over brings nothing but the thirteen of each."""
    tries, now, made = Tries(), 0.0, 0
    for what, pause in events:
        if what == "window":
            tries = tries.in_new_window(at(now))
        now += pause if what == "pause" else min(wait(tries, now), 10_000.0)
        while wait(tries, now) == 0.0 and now < FORGOTTEN_AFTER:
            tries, made = tries.one_more(at(now)), made + 1
        if now < FORGOTTEN_AFTER:
            assert made <= FREE + 8 + now / LONGEST_WAIT + 1
        assert tries.here <= MOST
