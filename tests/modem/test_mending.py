"""The ladder: what is tried for a modem that does not answer, and when."""

from hypothesis import given
from hypothesis import strategies as st

from hardware.modem.mending import RUNGS, Ladder, Step


def climb(ladder: Ladder, start: int, seconds: int) -> list[tuple[int, Step]]:
    """What is tried, and when, while nothing answers."""
    tried = [(now, ladder.failed(float(now))) for now in range(start, start + seconds)]
    return [(now, step) for now, step in tried if step is not Step.WAIT]


def test_gentle_steps_come_first_and_each_only_once() -> None:
    assert climb(Ladder(), 1000, 900) == [(1010, Step.SWITCH), (1060, Step.RESTART)]


def test_it_starts_from_the_bottom_when_nothing_helped() -> None:
    assert climb(Ladder(again=300.0), 0, 400) == [
        (10, Step.SWITCH),
        (60, Step.RESTART),
        (310, Step.SWITCH),
        (360, Step.RESTART),
    ]


def test_an_answer_ends_it() -> None:
    ladder = Ladder()
    climb(ladder, 0, 50)
    ladder.answered()
    assert climb(ladder, 100, 20) == [(110, Step.SWITCH)]


@given(st.lists(st.floats(0.0, 1e6)).map(sorted))
def test_nothing_is_asked_for_more_often_than_the_ladder_has_rungs(times: list[float]) -> None:
    ladder = Ladder(again=float("inf"))
    steps = [step for now in times if (step := ladder.failed(now)) is not Step.WAIT]
    assert steps == [step for _, step in RUNGS][: len(steps)]
