"""One press is heard once, however often and however mixed the radio repeats it."""

from hypothesis import given
from hypothesis import strategies as st

from hardware.buttons.adverts.bthome import read
from hardware.buttons.adverts.memory import Memory
from hub.gesture import Gesture
from tests.buttons.fakebluez.frames import BEACON, DOUBLE, HOLD, HOLD_RELEASE, LONG, PRESS, objects

HELD = Gesture(1, held=True)
codes = st.integers(0, 255)


def take(memory: Memory, packet: int | None, *events: int, now: float = 0.0) -> list[Gesture]:
    payload = objects(packet, *events)
    return memory.take(read(payload, 1), payload, now)


def test_a_new_packet_is_a_press_and_its_repetition_is_not() -> None:
    memory = Memory()
    assert take(memory, 7, PRESS) == [Gesture(1)]
    assert take(memory, 7, PRESS, now=3600.0) == []
    assert take(memory, 8, PRESS) == [Gesture(1)]


def test_the_packet_known_from_the_store_is_not_a_press() -> None:
    assert take(Memory(7), 7, LONG) == []


def test_a_packet_id_that_went_back_is_a_press() -> None:
    assert take(Memory(200), 3, DOUBLE) == [Gesture(2)]


def test_the_same_packet_with_another_event_is_a_press() -> None:
    memory = Memory()
    take(memory, 7, PRESS)
    assert take(memory, 7, LONG) == [HELD]


def test_a_beacon_moves_the_packet_id_on() -> None:
    memory = Memory(7)
    assert take(memory, 8, BEACON) == []
    assert take(memory, 7, PRESS) == [Gesture(1)]


def test_without_packet_ids_only_a_changed_advert_is_a_press() -> None:
    memory = Memory()
    heard = [take(memory, None, code) for code in (PRESS, PRESS, BEACON, PRESS)]
    assert heard == [[Gesture(1)], [], [], [Gesture(1)]]


def test_several_keys_give_several_gestures_the_gravest_first() -> None:
    assert take(Memory(), 1, PRESS, BEACON, LONG, DOUBLE) == [HELD, Gesture(2), Gesture(1)]


def test_a_release_after_its_hold_is_nothing() -> None:
    memory = Memory()
    assert take(memory, 1, HOLD) == [HELD]
    assert take(memory, 2, HOLD_RELEASE, now=9.0) == []


def test_a_release_whose_hold_was_missed_is_a_hold() -> None:
    memory = Memory()
    assert take(memory, 1, HOLD_RELEASE) == [HELD]
    assert take(memory, 2, HOLD_RELEASE) == [HELD]


def test_a_second_release_belongs_to_a_hold_that_was_missed() -> None:
    memory = Memory()
    take(memory, 1, HOLD)
    take(memory, 2, HOLD_RELEASE)
    assert take(memory, 3, HOLD_RELEASE) == [HELD]


def test_a_release_long_after_a_hold_belongs_to_another_one() -> None:
    memory = Memory()
    take(memory, 1, HOLD)
    assert take(memory, 2, HOLD_RELEASE, now=60.0) == [HELD]


def test_a_release_belongs_to_the_hold_of_its_own_key() -> None:
    memory = Memory()
    take(memory, 1, HOLD, BEACON)
    assert take(memory, 2, BEACON, HOLD_RELEASE) == [HELD]


def test_a_beacon_during_a_hold_does_not_make_its_release_a_hold() -> None:
    memory = Memory()
    take(memory, 1, HOLD)
    take(memory, 2, BEACON)
    assert take(memory, 3, HOLD_RELEASE) == []


steps_and_repetitions = st.lists(st.tuples(st.integers(1, 255), st.integers(1, 4)), max_size=40)


@given(steps_and_repetitions, st.integers(0, 255))
def test_each_press_counts_once_however_often_it_is_repeated(adverts: list[tuple[int, int]], stored: int) -> None:
    memory, packet, heard = Memory(stored), stored, 0
    for step, repetitions in adverts:
        packet = (packet + step) % 256
        heard += sum(len(take(memory, packet, PRESS, now=60.0 * n)) for n in range(repetitions))
    assert heard == len(adverts)


@given(st.lists(st.tuples(st.integers(0, 255) | st.none(), st.lists(codes, max_size=4))), st.integers(0, 255))
def test_what_was_just_heard_is_never_heard_again(adverts: list[tuple[int | None, list[int]]], stored: int) -> None:
    memory = Memory(stored)
    for packet, events in adverts:
        take(memory, packet, *events)
        assert take(memory, packet, *events) == []


@given(st.lists(st.binary(max_size=20)), st.lists(st.floats(0.0, 1e6)))
def test_no_bytes_make_it_fail_or_hide_the_next_press(payloads: list[bytes], times: list[float]) -> None:
    memory = Memory()
    last: int | None = None
    for payload, now in zip(payloads, times, strict=False):
        frame = read(payload)
        memory.take(frame, payload, now)
        last = frame.packet if frame.packet is not None else last
    assert take(memory, ((last or 0) + 1) % 256, PRESS) == [Gesture(1)]
