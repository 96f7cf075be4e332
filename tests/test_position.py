"""Whether the hub was carried away, which measurement is believed, and when there is news."""

from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.model import Position, Source
from hub.position import CERTAIN, EVERY, FAR, KEPT, Told, best, distance, due, far, moved, sensible
from tests.moments import at

QUIMPER, BREST, PARIS = (47.9960, -4.1024), (48.3904, -4.4861), (48.8566, 2.3522)
places = st.tuples(st.floats(-90, 90), st.floats(-180, 180))
times = st.floats(0, 2 * KEPT)


def there(place: tuple[float, float], radius: float = 20.0, seconds: float = 0.0) -> Position:
    return Position(*place, radius, at(seconds), Source.GNSS)


def north(metres: float) -> tuple[float, float]:
    """So far from home."""
    return QUIMPER[0] + metres / 111_195, QUIMPER[1]


positions = st.builds(there, places, st.floats(0, 1e5), times)


@pytest.mark.parametrize(("one", "other", "km"), [(QUIMPER, BREST, 52.3), (QUIMPER, PARIS, 486.6), (BREST, BREST, 0)])
def test_distances_are_those_of_the_map(one: tuple[float, float], other: tuple[float, float], km: float) -> None:
    assert distance(one, other) / 1000 == pytest.approx(km, rel=0.005, abs=0.001)


@given(places, places)
def test_there_and_back_is_as_far_and_nothing_is_further_than_half_around_the_earth(one, other) -> None:
    assert 0 <= distance(one, other) <= 20_015_115
    assert distance(one, other) == pytest.approx(distance(other, one), abs=1e-3)


@given(places, st.floats(0, 89))
def test_two_places_on_one_meridian_are_as_far_apart_as_their_latitudes(place, degrees: float) -> None:
    other = (place[0] - degrees if place[0] > 0 else place[0] + degrees, place[1])
    assert distance(place, other) == pytest.approx(degrees * 111_195, rel=1e-4, abs=0.1)


@pytest.mark.parametrize(
    ("metres", "radius", "away"),
    [(5000, 20, True), (330, 20, True), (310, 20, False), (5000, 4800, False), (0, 1, False)],
)
def test_it_has_moved_when_the_whole_circle_is_too_far_from_home(metres: float, radius: float, away: bool) -> None:
    assert moved(QUIMPER, there(north(metres), radius), at(0).mono) is away


@given(places, positions)
def test_a_less_exact_measurement_never_makes_it_move(home, position: Position) -> None:
    if not far(home, position):
        assert not far(home, replace(position, radius=position.radius + 1))


@given(positions)
def test_where_nobody_said_where_the_home_is_nothing_moves(position: Position) -> None:
    assert not moved(None, position, position.at.mono)


@given(places)
def test_a_hub_at_home_has_not_moved(home) -> None:
    assert not moved(home, there(home, radius=0.0), at(0).mono)
    assert FAR == 300.0


@pytest.mark.parametrize(("seconds", "away"), [(0, True), (CERTAIN, True), (CERTAIN + 1, False)])
def test_where_it_was_long_ago_does_not_prove_that_it_is_there_still(seconds: float, away: bool) -> None:
    assert moved(QUIMPER, there(north(1000)), at(seconds).mono) is away


@pytest.mark.parametrize(("seconds", "radius", "news"), [(CERTAIN, 1500, False), (601, 1500, True), (601, 600, False)])
def test_that_it_may_be_home_again_is_news_once_nothing_certain_speaks_against_it(
    seconds: float, radius: float, news: bool
) -> None:
    """A cell a kilometre from home, in whose circle it was found before."""
    before, now = told(there(north(1000))), there(north(1000), radius, seconds)
    assert due(before, now, at(seconds).mono, QUIMPER) is news
    assert not due(Told("K7Q2M", now, at(seconds)), replace(now, at=at(2000)), at(2000).mono, QUIMPER), "once"


@pytest.mark.parametrize(("seconds", "believed"), [(50, 15.0), (60, 2000.0)])
def test_the_smaller_circle_is_believed_until_a_car_may_have_left_it(seconds: float, believed: float) -> None:
    found = best([there(QUIMPER, 15), there(QUIMPER, 2000, seconds)], at(100).mono)
    assert found is not None
    assert found.radius == believed


@given(st.lists(positions), times)
def test_the_one_that_is_believed_is_one_of_them_and_not_too_old(known: list[Position], seconds: float) -> None:
    found = best(known, at(seconds).mono)
    fresh = [one for one in known if at(seconds).mono - one.at.mono <= KEPT]
    assert (found in fresh) if fresh else found is None


@pytest.mark.parametrize("wrong", [(91.0, 0.0, 1.0), (float("nan"), 0.0, 1.0), (0.0, 181.0, 1.0), (0.0, 0.0, -1.0)])
@pytest.mark.parametrize("radius", [None, float("nan"), float("inf")])
def test_what_is_no_position_is_not_believed(wrong: tuple[float, float, float], radius: float | None) -> None:
    position = there(wrong[:2], wrong[2]) if radius is None else there((0.0, 0.0), radius)
    assert not sensible(position)
    assert best([position], at(0).mono) is None


def told(position: Position, seconds: float = 0.0) -> Told:
    return Told("K7Q2M", position, at(seconds))


def test_the_first_one_is_told_at_once() -> None:
    assert due(None, there(BREST), at(0).mono, QUIMPER)


def test_a_further_one_waits_for_its_minute() -> None:
    first, second = told(there(BREST)), there(PARIS, seconds=30)
    assert not due(first, second, at(EVERY - 1).mono, QUIMPER)
    assert due(first, second, at(EVERY).mono, QUIMPER)


@pytest.mark.parametrize(("metres", "radius", "news"), [(0, 20, False), (39, 20, False), (41, 20, True), (0, 9, True)])
def test_only_what_says_something_new_is_told(metres: float, radius: float, news: bool) -> None:
    first = told(there(QUIMPER, 20))
    assert due(first, there(north(metres), radius, seconds=100), at(100).mono, QUIMPER) is news


@given(positions, st.lists(positions, max_size=30), st.lists(st.floats(0, 40), max_size=30))
def test_nobody_is_told_more_often_than_once_a_minute(
    first: Position, later: list[Position], pauses: list[float]
) -> None:
    """A look each few seconds, wherever the hub is by then."""
    last, clock, said = told(first), 0.0, [0.0]
    for position, pause in zip(later, pauses, strict=False):
        clock += pause
        if due(last, replace(position, at=at(clock)), at(clock).mono, QUIMPER):
            last = told(replace(position, at=at(clock)), clock)
            said.append(clock)
    assert all(later - earlier > EVERY - 1e-6 for earlier, later in pairwise(said))


@given(positions, st.floats(0, 1e5))
def test_a_hub_that_lies_still_is_told_once(position: Position, seconds: float) -> None:
    again = replace(position, at=at(position.at.mono + seconds))
    assert not due(told(position), again, at(seconds).mono, QUIMPER)
