"""A button that lets us wait for nothing is tried ever more rarely, until it was away."""

from hypothesis import given
from hypothesis import strategies as st

from hardware.buttons.connected.rest import Pace, Rest

PACE = Pace()


def in_vain(rest: Rest, attempts: int, now: float = 1000.0) -> None:
    """The last one of them ends `now`, after its time."""
    for _ in range(attempts):
        rest.tried()
        rest.ended(now - PACE.connect, now)


@given(st.integers(1, 5000))
def test_however_often_it_was_in_vain_there_is_a_pause(attempts: int) -> None:
    rest = Rest(PACE)
    in_vain(rest, attempts)
    assert rest.heard(1000.0) == min(PACE.most, PACE.first * 2 ** min(attempts - 1, 10))


@given(st.lists(st.floats(0, PACE.away, exclude_max=True), min_size=1, max_size=20))
def test_a_button_that_is_heard_all_the_time_has_its_whole_pause(gaps: list[float]) -> None:
    rest, now = Rest(PACE), 1024.0
    in_vain(rest, 9, now)
    for gap in gaps:
        if now + gap - now >= PACE.away:
            continue
        now += gap
        assert rest.heard(now) == max(0.0, 1024.0 + PACE.most - now)


@given(st.integers(1, 5000), st.floats(PACE.away, 1e6))
def test_a_button_that_comes_back_is_not_to_wait(attempts: int, silence: float) -> None:
    rest = Rest(PACE)
    in_vain(rest, attempts, 1024.0)
    assert rest.heard(1024.0 + silence) == 0.0
    in_vain(rest, 1, 2e6)
    assert rest.heard(2e6) == PACE.first


def test_a_link_that_stood_ends_the_pauses() -> None:
    rest = Rest(PACE)
    in_vain(rest, 9)
    rest.tried()
    rest.proven()
    rest.ended(1000.0, 2000.0)
    assert rest.heard(2000.0) == 0.0


def test_attempts_that_fail_at_once_are_not_counted() -> None:
    rest = Rest(PACE)
    for _ in range(9):
        rest.tried()
        rest.ended(1000.0, 1000.25)
    assert rest.heard(1000.25) == PACE.first - 0.25
