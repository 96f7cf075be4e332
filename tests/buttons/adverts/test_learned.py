"""A learned button that speaks in adverts: a value that changed is a signal, and its rules say what it means."""

from zlib import crc32

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hardware.buttons.adverts.advert import Advert
from hardware.buttons.adverts.hearing import Hearing
from hardware.buttons.adverts.learned import LearnedButton
from hub.gesture import Edge, Gesture
from hub.model import Button
from hub.ports import Press
from hub.profile import Meaning, Rule

ADDRESS = "C0:00:00:00:00:01"
UUID = "0000feed-0000-1000-8000-00805f9b34fb"
SERVICE, MAKER = f"service:{UUID}", "maker:0ba9"
IDLE, ONE, TWO = b"\x00\x00", b"\x07\x01", b"\x07\x02"
RULES = (Rule(SERVICE, Meaning.SINGLE, None, ONE), Rule(SERVICE, Meaning.DOUBLE, 1, b"\x02"))


def learned(*rules: Rule, counter: int | None = None) -> LearnedButton:
    return LearnedButton(Button("b1", ADDRESS, protocol="learned", rules=rules or RULES, counter=counter))


def says(button: LearnedButton, value: bytes | None, made: bytes | None = None, at: float = 0.0) -> list[object]:
    service = {} if value is None else {UUID: value}
    maker = {} if made is None else {0x0BA9: made}
    reading = button.take(Advert(ADDRESS, at, service_data=service, maker=maker))
    return [press.action for press in reading.presses]


def test_a_value_means_what_its_rule_says() -> None:
    button = learned()
    assert [says(button, value) for value in (IDLE, ONE, TWO)] == [[], [Gesture(1)], [Gesture(2)]]


def test_a_value_that_did_not_change_is_no_new_signal() -> None:
    button = learned()
    assert [says(button, value) for value in (ONE, ONE, IDLE, ONE)] == [[Gesture(1)], [], [], [Gesture(1)]]


def test_a_value_that_changed_outside_the_rule_is_a_new_signal() -> None:
    button = learned()
    assert [says(button, bytes([count, 2])) for count in (1, 2, 2)] == [[Gesture(2)], [Gesture(2)], []]


def test_an_advert_without_the_value_is_no_change() -> None:
    button = learned()
    assert [says(button, value) for value in (ONE, None, ONE)] == [[Gesture(1)], [], []]


def test_what_the_maker_adds_is_a_source_of_its_own() -> None:
    button = learned(Rule(MAKER, Meaning.HOLD, 0, b"\x09"), *RULES)
    assert says(button, ONE, b"\x09") == [Gesture(1), Gesture(1, held=True)]
    assert says(button, ONE, b"\x09\x01") == [Gesture(1, held=True)]


def test_a_click_is_pressed_and_released_at_once() -> None:
    button = learned(Rule(SERVICE, Meaning.CLICK))
    reading = button.take(Advert(ADDRESS, 4.0, service_data={UUID: ONE}))
    assert [(press.action, press.heard_at) for press in reading.presses] == [(Edge.PRESSED, 4.0), (Edge.RELEASED, 4.0)]


def test_a_press_and_its_release_are_edges() -> None:
    button = learned(Rule(SERVICE, Meaning.PRESSED, None, ONE), Rule(SERVICE, Meaning.RELEASED, None, IDLE))
    assert [says(button, value) for value in (ONE, IDLE)] == [[Edge.PRESSED], [Edge.RELEASED]]


def test_the_value_of_the_last_press_is_not_heard_again_after_a_restart() -> None:
    (press,) = learned().take(Advert(ADDRESS, 0.0, service_data={UUID: ONE})).presses
    assert press.counter == crc32(ONE, crc32(SERVICE.encode()))
    button = learned(counter=press.counter)
    assert [says(button, value) for value in (ONE, IDLE, ONE)] == [[], [], [Gesture(1)]]


def test_the_value_of_the_last_press_is_heard_when_another_came_before_it() -> None:
    button = learned(counter=crc32(ONE, crc32(SERVICE.encode())))
    assert [says(button, value) for value in (IDLE, ONE)] == [[], [Gesture(1)]]


def test_a_signal_that_means_nothing_is_a_beacon() -> None:
    button = learned()
    takes = [button.take(Advert(ADDRESS, 0.0, service_data={UUID: value})).beacon for value in (IDLE, IDLE, ONE)]
    assert takes == [True, False, False]


@pytest.mark.parametrize("source", ["maker:", "maker:beef!", "maker:BEEFS", "char:a/b", "link", ""])
def test_a_source_that_is_no_advert_is_not_heard(source: str) -> None:
    assert says(learned(Rule(source, Meaning.HOLD)), ONE, ONE) == []


values = st.none() | st.binary(max_size=4)
rules = st.builds(
    Rule,
    st.sampled_from([SERVICE, MAKER]) | st.text(max_size=12),
    st.sampled_from(list(Meaning)),
    st.none() | st.integers(0, 5),
    st.none() | st.binary(max_size=3),
)


@given(st.lists(rules, max_size=5), st.lists(st.tuples(values, values)))
def test_no_bytes_make_it_fail_or_say_twice_what_was_just_said(
    rules: list[Rule], adverts: list[tuple[bytes | None, bytes | None]]
) -> None:
    button = LearnedButton(Button("b1", ADDRESS, protocol="learned", rules=tuple(rules)))
    for value, made in adverts:
        says(button, value, made)
        assert says(button, value, made) == []


@given(st.lists(st.sampled_from([IDLE, ONE, TWO])))
def test_each_change_to_a_press_is_one_press(values: list[bytes]) -> None:
    button = learned()
    changes = [now for before, now in zip([None, *values], values, strict=False) if now != before]
    assert sum(len(says(button, value)) for value in values) == sum(value != IDLE for value in changes)


@pytest.mark.parametrize(("at", "presses"), [(59.0, 0), (61.0, 1), (90_000.0, 1)])
def test_soon_after_a_start_bluez_may_repeat_the_last_press_and_later_it_is_another(at: float, presses: int) -> None:
    (before,) = learned().take(Advert(ADDRESS, 1.0, service_data={UUID: ONE})).presses
    hearing, heard = Hearing(), list[Press]()
    hearing.begin(0.0)
    hearing.watch([Button("b1", ADDRESS, protocol="learned", rules=RULES, counter=before.counter)])
    hearing.take(Advert(ADDRESS, at, service_data={UUID: ONE}), heard.append)
    assert len(heard) == presses
