"""The window: closed, opened by somebody at the hub, over after an hour at the latest."""

from hypothesis import given
from hypothesis import strategies as st

from hub.page.window import LASTS, LONGEST, Window

steps = st.lists(st.tuples(st.floats(0.0, 1200.0), st.sampled_from(["use", "look"])), max_size=60)


def test_it_is_closed_until_it_is_opened_and_again_after_its_time():
    window = Window()
    assert not window.is_open(0.0)
    window.open(0.0)
    assert [window.is_open(now) for now in (0.0, LASTS - 1, LASTS)] == [True, True, False]


def test_use_prolongs_it():
    window = Window()
    window.open(0.0)
    window.use(LASTS - 1)
    assert [window.is_open(now) for now in (LASTS, 2 * LASTS - 2, 2 * LASTS)] == [True, True, False]


def test_a_use_after_its_end_opens_nothing():
    window = Window()
    window.open(0.0)
    window.use(LASTS)
    assert not window.is_open(LASTS)
    window.use(LASTS + 1)
    assert not window.is_open(LASTS + 1)


@given(steps)
def test_nothing_keeps_it_open_for_more_than_an_hour(steps):
    window, now = Window(), 0.0
    window.open(now)
    for pause, what in steps:
        now += pause
        if what == "use":
            window.use(now)
        else:
            window.ended(now)
        assert not (now >= LONGEST and window.is_open(now))
        assert not (pause >= LASTS and window.is_open(now))


def test_that_it_ended_is_said_once():
    window = Window()
    window.open(0.0)
    assert [window.ended(now) for now in (1.0, LASTS, LASTS)] == [False, True, False]
    window.open(5000.0)
    window.close()
    assert not window.ended(9999.0)


def test_a_hub_that_is_not_set_up_is_open_without_end():
    window = Window(fresh=True)
    assert window.is_open(1e9)
    window.open(0.0)
    assert not window.ended(LASTS)
    assert window.is_open(LASTS)
