"""Properties and stories of the gesture recogniser."""

from itertools import accumulate

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.gesture import Edge, Gesture, GestureRecognizer, Kind, Timing

durations = st.floats(0.01, 5.0)
taps = st.lists(st.tuples(durations, durations), max_size=12).map(
    lambda pairs: _edges([seconds for pair in pairs for seconds in pair])
)

any_edges = st.lists(st.tuples(durations, st.sampled_from([Edge.PRESSED, Edge.RELEASED])), max_size=24).map(
    lambda steps: list(zip(accumulate(pause for pause, _ in steps), (edge for _, edge in steps), strict=True))
)


def _edges(pauses: list[float]) -> list[tuple[float, Edge]]:
    """Presses and releases in turn, the first after pauses[0]."""
    now, edges = 0.0, []
    for index, pause in enumerate(pauses):
        now += pause
        edges.append((now, Edge.RELEASED if index % 2 else Edge.PRESSED))
    return edges


def replay(edges: list[tuple[float, Edge]], ticks: list[float] = ()) -> list[Gesture]:
    recognizer, gestures = GestureRecognizer(), []
    moments = sorted([*edges, *((tick, None) for tick in ticks)], key=lambda moment: moment[0])
    for now, edge in moments:
        gestures += recognizer.tick(now) if edge is None else recognizer.feed(edge, now)
    while recognizer.deadline is not None:
        gestures += recognizer.tick(recognizer.deadline)
    return gestures


def test_one_press_is_single_once_the_pause_is_over():
    recognizer = GestureRecognizer(Timing(hold_after=1.0, pause=0.6))
    assert recognizer.feed(Edge.PRESSED, 0.0) == []
    assert recognizer.feed(Edge.RELEASED, 0.1) == []
    assert recognizer.tick(0.69) == []
    assert recognizer.tick(0.7) == [Gesture(1)]


def test_a_hold_is_reported_while_the_button_is_still_down():
    recognizer = GestureRecognizer()
    recognizer.feed(Edge.PRESSED, 5.0)
    assert recognizer.tick(6.0) == [Gesture(1, held=True)]
    assert recognizer.feed(Edge.RELEASED, 9.0) == []


def test_a_press_whose_release_was_lost_does_not_swallow_the_next():
    recognizer = GestureRecognizer()
    recognizer.feed(Edge.PRESSED, 0.0)
    recognizer.tick(1.0)
    recognizer.feed(Edge.PRESSED, 20.0)
    assert recognizer.feed(Edge.RELEASED, 20.2) == []
    assert recognizer.tick(21.0) == [Gesture(1)]


def test_two_presses_are_a_double_though_the_release_between_them_was_lost():
    assert replay([(0.0, Edge.PRESSED), (0.5, Edge.PRESSED), (0.7, Edge.RELEASED)]) == [Gesture(2)]


def test_a_press_after_a_lost_release_is_timed_from_its_own_beginning():
    recognizer = GestureRecognizer(Timing(hold_after=1.0, pause=0.6))
    recognizer.feed(Edge.PRESSED, 0.0)
    recognizer.feed(Edge.PRESSED, 0.8)
    assert recognizer.tick(1.7) == []
    assert recognizer.tick(1.8) == [Gesture(2, held=True)]


@pytest.mark.parametrize(
    ("gesture", "kind"),
    [
        (Gesture(1), Kind.SINGLE),
        (Gesture(2), Kind.DOUBLE),
        (Gesture(3), Kind.MANY),
        (Gesture(7), Kind.MANY),
        (Gesture(2, held=True), Kind.HOLD),
    ],
)
def test_every_gesture_has_a_kind(gesture, kind):
    assert gesture.kind is kind


@given(any_edges)
def test_every_press_ends_up_in_exactly_one_gesture(edges):
    pressed = sum(edge is Edge.PRESSED for _, edge in edges)
    assert sum(gesture.presses for gesture in replay(edges)) == pressed


@given(any_edges, st.lists(st.floats(0.0, 60.0)))
def test_extra_wakeups_change_nothing(edges, ticks):
    assert replay(edges, ticks) == replay(edges)


@given(any_edges)
def test_releases_repeated_by_the_radio_change_nothing(edges):
    doubled = [moment for edge in edges for moment in (edge, *([edge] if edge[1] is Edge.RELEASED else []))]
    assert replay(doubled) == replay(edges)


@given(taps, st.data())
def test_a_release_that_was_lost_makes_no_gesture_lower(edges, data):
    """A series stays one series: nothing is told as fewer presses than it was."""
    quick = [(index * 0.1, edge) for index, (_, edge) in enumerate(edges)]
    heard = [moment for moment in quick if moment[1] is Edge.PRESSED or data.draw(st.booleans())]
    assert [gesture.presses for gesture in replay(heard)] == [gesture.presses for gesture in replay(quick)]
