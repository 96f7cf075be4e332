"""Where the sound is in the picture of a recording, and what is missing."""

import re
from datetime import UTC, datetime, timedelta

import pytest

from hub.evidence.picture import LEFT, SECOND, Stretch, picture

RATE = 100
START = datetime(2025, 1, 1, 12, tzinfo=UTC)


def stretch(mono: float, clock: float) -> Stretch:
    """One second, when the hub's clock was `clock` s away from its first one."""
    return Stretch.of((START + timedelta(seconds=clock)).isoformat(), mono, b"\1\2" * RATE, RATE, 1)


def gap(start: float, end: float, **facts: object) -> dict[str, object]:
    moments = (START + timedelta(seconds=seconds) for seconds in (start, end))
    return dict(zip(("from", "to"), (at.isoformat() for at in moments), strict=True)) | {"why": "why not"} | facts


def sounds(svg: str) -> list[float]:
    """In seconds from the left."""
    return [(float(x) - LEFT) / SECOND for x in re.findall(r'<path d="M([0-9.]+) ', svg)][-3:]


def boxes(svg: str) -> list[tuple[float, float]]:
    found = re.findall(r'<rect x="([0-9.]+)" y="[0-9.]+" width="([0-9.]+)"', svg)
    return [((float(x) - LEFT) / SECOND, float(width) / SECOND) for x, width in found]


@pytest.mark.parametrize("set_by", [-86400.0, -1.5, 0.0, 86400.0])
def test_a_clock_that_is_set_in_between_moves_nothing(set_by: float) -> None:
    svg = picture("K7Q2M-1", [stretch(500, 0), stretch(501, 1), stretch(502, 2 + set_by)], [])
    assert sounds(svg) == [0, 1, 2]


def test_after_it_was_set_the_minutes_are_those_of_the_new_time() -> None:
    svg = picture("K7Q2M-1", [stretch(500, 0), stretch(530, 3600), stretch(570, 3640)], [])
    assert re.findall(r"[0-9]{2}:[0-9]{2}:[0-9]{2}", svg) == ["12:00:00", "13:00:30"]


def test_a_gap_is_where_it_was_however_the_clock_was_set() -> None:
    missing = gap(4000, 4002, mono=[503, 505])
    assert boxes(picture("K7Q2M-1", [stretch(500, 0), stretch(505, 4005)], [missing])) == [(3, 2)]


def test_a_gap_before_the_first_sound_is_in_it() -> None:
    svg = picture("K7Q2M-1", [stretch(500, 0), stretch(501, 1), stretch(502, 2)], [gap(-4, 0, mono=[496, 500])])
    assert (boxes(svg), sounds(svg)) == ([(0, 4)], [4, 5, 6])


@pytest.mark.parametrize("facts", [{}, {"mono": "none"}, {"mono": [float("nan"), float("inf")]}])
def test_a_gap_of_another_clock_is_placed_by_the_time_of_day(facts: dict[str, object]) -> None:
    assert boxes(picture("K7Q2M-1", [stretch(500, 0), stretch(505, 5)], [gap(3, 5, **facts)])) == [(3, 2)]
    assert boxes(picture("K7Q2M-1", [stretch(500, 0)], [gap(-100, 0, **facts)])) == []
