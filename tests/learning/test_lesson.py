"""The lesson itself: what it asks, how long it waits, what it does when somebody does something else."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.gesture import Kind
from hub.learning.finding import find
from hub.learning.lesson import ORDER, Lesson, Phase
from hub.profile import LINK, Signal
from tests.learning.devices import ADVERT, CHAR, CLICKS, Device, Pupil, by_clicks, by_edges, by_value, taught

S, D, H = Kind.SINGLE, Kind.DOUBLE, Kind.HOLD
LINKED, ADVERTS_ONLY = b"\x01", b"\x00"


def asking(link: bytes = LINKED) -> Lesson:
    """A lesson that asks for its first gesture."""
    lesson = Lesson(0.0)
    lesson.hear(Signal(LINK, link, 1.0))
    lesson.tick(1.0 + 3.0 + (5.0 if link == LINKED else 9.0))
    assert lesson.asked is S
    return lesson


def do(lesson: Lesson, value: bytes, at: float, source: str = CHAR) -> float:
    """One signal; when the gesture is over."""
    lesson.hear(Signal(source, value, at))
    assert lesson.deadline is not None
    over = lesson.deadline
    lesson.tick(over)
    return over


@pytest.mark.parametrize("bits", range(1, 5))
@pytest.mark.parametrize("steps", [(1, 1, 1), (1, 2, 1), (2, 4, 2), (1, 2, 3), (2, 4, 1), (1, 3, 1)])
def test_no_short_counter_goes_with_the_order_of_the_gestures(bits: int, steps: tuple[int, int, int]):
    count, seen = 0, {S: set(), D: set(), H: set()}
    for kind in ORDER:
        count += steps[(S, D, H).index(kind)]
        seen[kind].add(count % 2**bits)
    assert not any(
        len(own) == 1 and all(not own & seen[k] for k in seen if k is not kind) for kind, own in seen.items()
    )


def test_each_gesture_is_asked_for_three_times_and_never_twice_running():
    assert sorted(ORDER) == sorted([S, D, H] * 3)
    assert all(one is not next_ for one, next_ in pairwise(ORDER))


def test_a_device_that_is_not_there_is_said_not_to_be():
    lesson = Lesson(0.0)
    lesson.tick(89.0)
    assert lesson.phase is Phase.LOOKING
    lesson.tick(90.0)
    assert (lesson.phase, lesson.failure, lesson.linked) == (Phase.FAILED, "not_heard", None)


def test_nothing_is_asked_before_the_device_was_heard_at_rest():
    lesson = Lesson(0.0)
    lesson.hear(Signal(LINK, LINKED, 1.0))
    lesson.tick(8.9)
    assert (lesson.phase, lesson.asked, lesson.linked) == (Phase.RESTING, None, True)
    lesson.tick(9.0)
    assert lesson.asked is S


def test_rest_is_longer_where_the_device_says_ever_new_things():
    lesson = Lesson(0.0)
    lesson.hear(Signal(LINK, LINKED, 0.0))
    for second in range(4, 60):
        lesson.hear(Signal(CHAR, bytes(second), float(second)))
    assert lesson.phase is Phase.ASKING
    (rest, *_) = lesson.evidence
    assert (rest.asked, rest.until) == (None, 40.0)


def test_a_press_is_heard_at_once_and_over_when_it_was_quiet():
    lesson = asking()
    lesson.hear(Signal(CHAR, b"\x01", 20.0))
    assert lesson.heard
    lesson.tick(21.9)
    assert (lesson.heard, lesson.done) == (True, 0)
    lesson.tick(22.0)
    assert (lesson.heard, lesson.done, lesson.asked) == (False, 1, D)


def test_a_hold_is_not_over_before_the_finger_is_lifted():
    lesson = asking()
    now = do(lesson, b"\x02", do(lesson, b"\x01", 10.0) + 1)
    lesson.hear(Signal(CHAR, b"\x01", now + 1))
    lesson.hear(Signal(CHAR, b"\x00", now + 5))
    lesson.tick(now + 6.9)
    assert lesson.asked is H
    lesson.tick(now + 7.0)
    assert [signal.value for signal in lesson.evidence[-1].signals] == [b"\x01", b"\x00"]


def test_a_press_that_does_not_come_is_asked_for_again_and_then_gone_without():
    lesson = asking()
    start = 9.0
    lesson.tick(start + 20.0)
    assert (lesson.hint, lesson.asked, lesson.done) == ("again", S, 0)
    lesson.tick(start + 40.0)
    assert lesson.asked is S
    lesson.tick(start + 60.0)
    assert (lesson.asked, lesson.done) == (D, 1)


def test_what_was_gone_without_once_is_waited_for_only_once_more():
    lesson = asking()
    now = do(lesson, b"\x01", 10.0)
    now = do(lesson, b"\x02", now + 1)
    assert lesson.asked is H
    lesson.tick(now + 60.0)
    now = do(lesson, b"\x02", now + 61.0)
    assert lesson.asked is H
    lesson.tick(now + 20.0)
    assert (lesson.asked, lesson.done) == (S, 5)


@pytest.mark.parametrize(("link", "failure"), [(LINKED, "says_nothing"), (ADVERTS_ONLY, "never_changes")])
def test_when_no_gesture_was_heard_the_lesson_is_over(link: bytes, failure: str):
    lesson = asking(link)
    lesson.tick(13.0 + 3 * 60.0)
    assert lesson.failure == failure


def test_an_advert_heard_again_is_no_press():
    lesson = asking(ADVERTS_ONLY)
    lesson.hear(Signal(ADVERT, b"\x01", 20.0))
    lesson.hear(Signal(ADVERT, b"\x01", 21.5))
    lesson.tick(22.0)
    assert lesson.done == 1
    lesson.hear(Signal(ADVERT, b"\x01", 23.0))
    assert not lesson.heard


def test_a_notification_said_again_is_a_press():
    lesson = asking()
    do(lesson, b"\x01", 20.0)
    lesson.hear(Signal(CHAR, b"\x01", 23.0))
    assert lesson.heard


def test_what_the_device_says_at_every_connection_is_no_press():
    greeting = Device(by_value(b"\x01", b"\x02", b"\x03"))
    lesson = Lesson(0.0)
    lesson.hear(Signal(LINK, LINKED, 0.5))
    lesson.hear(Signal(CHAR, b"\x02", 0.4))  # the last press, told to whoever connects
    finding = Pupil(greeting).learn(lesson).finding
    assert finding is not None
    assert D not in finding.tells


def test_the_press_that_woke_the_device_up_is_not_rest():
    lesson = Lesson(0.0)
    lesson.hear(Signal(LINK, LINKED, 0.0))
    lesson.hear(Signal(CHAR, b"\x01", 1.5))
    finding = Pupil(Device(by_value(b"\x01", b"\x02", b"\x03"))).learn(lesson).finding
    assert finding is not None
    assert finding.tells == (S, D, H)


def test_the_last_gesture_can_be_done_again():
    lesson = asking()
    now = do(lesson, b"\x03", 20.0)
    lesson.undo(now + 1)
    assert (lesson.asked, lesson.done) == (S, 0)
    do(lesson, b"\x01", now + 2)
    assert [span.signals[0].value for span in lesson.evidence if span.asked] == [b"\x01"]


def test_there_is_nothing_to_undo_at_the_beginning_and_at_the_end():
    lesson = asking()
    lesson.undo(10.0)
    assert lesson.done == 0
    lesson.fail("too_long")
    lesson.undo(11.0)
    assert lesson.ended


@pytest.mark.parametrize("wrong", range(9))
def test_one_gesture_done_wrong_is_asked_for_again(wrong: int):
    instead = {S: D, D: S, H: S}
    pupil = Pupil(Device(by_value(b"\x01", b"\x02", b"\x03")), clumsy={wrong: instead[ORDER[wrong]]})
    lesson = pupil.learn()
    assert lesson.finding is not None
    assert (lesson.finding.tells, lesson.of) == ((S, D, H), 11)


def test_whoever_does_it_wrong_again_and_again_is_asked_once_more_and_then_told():
    pupil = Pupil(Device(by_value(b"\x01", b"\x02", b"\x03")), clumsy={4: D, 9: D, 12: D})  # a hold each time
    lesson = pupil.learn()
    assert (lesson.of, lesson.ended) == (11, True)


@pytest.mark.parametrize("wrong", range(9))
def test_one_wrong_click_too_many_is_asked_for_again(wrong: int):
    pupil = Pupil(Device(by_edges(lambda: b"\x01", lambda: b"\x00")), clumsy={wrong: D if ORDER[wrong] is S else S})
    finding = pupil.learn().finding
    assert finding is not None
    assert finding.tells == (S, D, H)


def test_a_lesson_ends_by_itself():
    lesson = asking()
    for now in range(20, 2000):
        lesson.hear(Signal(CHAR, bytes([now % 256]), float(now)))
        if lesson.phase is Phase.WEIGHING:
            break
    lesson.tick(5000.0)
    assert (lesson.phase, lesson.failure) == (Phase.FAILED, "too_long")


def test_a_device_that_never_stops_fills_no_memory():
    lesson = asking()
    for n in range(5000):
        lesson.hear(Signal(CHAR, n.to_bytes(2, "big"), 20.0 + n / 1000))
    assert sum(len(span.signals) for span in lesson.evidence) <= 500


def test_a_press_while_the_silence_is_proved_spoils_the_proof():
    lesson = asking()
    now = 10.0
    for kind in ORDER:
        now = do(lesson, {S: b"\x01", D: b"\x02", H: b"\x03"}[kind], now + 1)
    lesson.weigh(find(lesson.evidence), now)
    assert lesson.phase is Phase.PROVING
    lesson.hear(Signal(CHAR, b"\x01", now + 1))
    lesson.tick(now + 10)
    lesson.weigh(find(lesson.evidence), now + 10)
    assert lesson.finding is not None
    assert S not in lesson.finding.tells


def test_any_new_value_is_a_press_only_after_a_minute_of_silence():
    count = iter(range(99))
    lesson = Pupil(Device(by_clicks(lambda: b"\x07" + bytes([next(count)])))).learn()
    assert lesson.phase is Phase.FOUND
    *_, proof = [span for span in lesson.evidence if span.asked is None]
    last = max(span.until for span in lesson.evidence if span.asked)
    assert proof.until - last > 65.0


def test_slow_people_have_time():
    assert Pupil(Device(by_value(b"\x01", b"\x02", b"\x03")), after=18.0).learn().phase is Phase.FOUND
    assert taught(Device(by_value(b"\x01", b"\x02", b"\x03"))).tells == (S, D, H)
    assert CLICKS[D][1] < 0.6


signals = st.lists(
    st.builds(
        Signal,
        st.sampled_from([CHAR, ADVERT, LINK, "maker:0001"]),
        st.binary(max_size=3),
        st.floats(0.0, 300.0),
    ),
    max_size=60,
).map(lambda some: sorted(some, key=lambda signal: signal.at))


def listened(heard: list[Signal], ticks: list[float]) -> Lesson:
    lesson = Lesson(0.0)
    moments = sorted([*((s.at, s) for s in heard), *((t, None) for t in ticks)], key=lambda moment: moment[0])
    for at, signal in moments:
        if signal is None:
            lesson.tick(at)
        else:
            lesson.hear(signal)
        if lesson.phase is Phase.WEIGHING:
            return lesson
    lesson.tick(300.0)
    return lesson


@given(signals, st.lists(st.floats(0.0, 300.0), max_size=20))
def test_extra_wakeups_change_nothing(heard: list[Signal], ticks: list[float]):
    few, many = listened(heard, []), listened(heard, ticks)
    assert (few.phase, few.done, few.failure, few.evidence) == (many.phase, many.done, many.failure, many.evidence)


@given(signals)
def test_a_lesson_ends_whatever_is_heard(heard: list[Signal]):
    lesson = listened(heard, [])
    if lesson.phase is Phase.WEIGHING:
        lesson.weigh(find(lesson.evidence), 300.0)
    lesson.tick(1000.0)
    assert lesson.ended
