"""What is missing without a word is found, and what is only late is not."""

import itertools
from collections.abc import Iterable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.evidence.lateness import PATIENCE_SECONDS, TOLERANCE_SECONDS, Lateness, Missing

RATE, BLOCK = 1000, 100
SETTLED = round(2 * PATIENCE_SECONDS * RATE / BLOCK)  # blocks after which every loss has shown

jitters = st.floats(0.0, TOLERANCE_SECONDS / 2)
delays = st.lists(st.one_of(jitters, st.floats(0.0, 3.0)), min_size=60, max_size=60)
drifts = st.floats(-0.0002, 0.0002)


def stream(lost: Iterable[float], late: Iterable[float], drift: float = 0.0) -> list[Missing]:
    """Blocks, each with what is lost before it, and what disturbs its time."""
    lateness, heard, found = Lateness(RATE), 5000.0, []
    for missing, disturbed in zip(lost, late, strict=True):
        heard += missing
        found += lateness.feed(heard + disturbed, BLOCK)
        heard += BLOCK / RATE * (1 + drift)
    return found


@given(delays, drifts)
def test_blocks_that_catch_up_now_and_then_are_not_missing(late: list[float], drift: float) -> None:
    patience = round(PATIENCE_SECONDS * RATE / BLOCK)
    late = [0.0 if number % patience == 0 else each for number, each in enumerate(late)]
    assert stream([0.0] * len(late), late, drift) == []


@pytest.mark.parametrize("drift", [-0.0002, 0.0002])
def test_clocks_that_do_not_run_alike_are_no_gap(drift: float) -> None:
    late = [0.0, 0.03, 0.01] * 5000  # 25 minutes, in which the clocks part by twice what is tolerated
    assert stream([0.0] * len(late), late, drift) == []


@given(st.integers(1, 99), st.floats(0.0, 3.0), st.lists(jitters, min_size=100, max_size=100))
def test_one_block_that_seems_early_makes_no_gap(number: int, early: float, late: list[float]) -> None:
    late[number] = -early
    assert stream([0.0] * 100, late) == []


def test_a_block_that_was_a_little_late_hides_no_loss() -> None:
    lost = [0.0] * 30 + [0.2] + [0.0] * SETTLED
    [gap] = stream(lost, [0.0, 0.1, *[0.0] * (len(lost) - 2)])
    assert gap == Missing(pytest.approx(5003.0), pytest.approx(5003.2), 0)


def test_where_blocks_were_late_as_well_it_is_said_what_was_heard_there() -> None:
    lost = [0.0] * 30 + [0.5] + [0.0] * SETTLED
    late = [0.0] * 30 + [0.9, 0.8, 0.4] + [0.0] * (len(lost) - 33)
    assert stream(lost, late) == [Missing(pytest.approx(5003.0), pytest.approx(5003.8), 3 * BLOCK)]


big = st.floats(2 * TOLERANCE_SECONDS, 5.0)


@given(
    st.lists(st.tuples(st.integers(SETTLED, 2 * SETTLED), big), min_size=1, max_size=5),
    st.lists(jitters, min_size=20, max_size=20),
)
def test_every_loss_is_found_where_it_was_and_as_long_as_it_was(
    story: list[tuple[int, float]], late: list[float]
) -> None:
    lost = [each for blocks, missing in story for each in [missing, *[0.0] * blocks]]
    lost = [0.0] * 10 + lost
    found = stream(lost, (late * len(lost))[: len(lost)])
    places = [number for number, missing in enumerate(lost) if missing]
    assert len(found) == len(places)
    for gap, place in zip(found, places, strict=True):
        began = 5000 + place * BLOCK / RATE + sum(lost[:place])
        assert gap.start - TOLERANCE_SECONDS <= began + 0.001
        assert began + lost[place] <= gap.end + gap.got / RATE + TOLERANCE_SECONDS
        assert (gap.end - gap.start) - gap.got / RATE == pytest.approx(lost[place], abs=TOLERANCE_SECONDS)


@given(st.lists(st.sampled_from([0.0, 0.0, 0.0, 0.2, 0.3, 2.0]), max_size=100))
def test_losses_in_quick_succession_are_found_to_the_last_sample(lost: list[float]) -> None:
    lost = [0.0, *lost, *[0.0] * (2 * SETTLED + 100 * len(lost))]
    found = stream(lost, [0.0] * len(lost))
    missing = sum((gap.end - gap.start) - gap.got / RATE for gap in found)
    assert missing == pytest.approx(sum(lost), abs=0.001)
    assert all(a.end <= b.start + 0.001 for a, b in itertools.pairwise(found))
