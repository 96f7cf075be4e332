"""The decoder: every byte string is read or refused, and bthome-ble agrees wherever it is right."""

import pytest
from bthome_ble.const import MEAS_TYPES
from hypothesis import given
from hypothesis import strategies as st

from hardware.buttons.adverts.bthome import LENGTHS, Frame, body, gesture, is_bthome, is_sealed, read
from hub.gesture import Gesture
from tests.buttons.adverts.oracle import CODES, read_by_oracle
from tests.buttons.fakebluez.frames import ENCRYPTED, UUID, objects

HELD = Gesture(1, held=True)
codes = st.integers(0, 255)


def decode(payload: bytes) -> Frame | None:
    return read(payload, body(payload)) if is_bthome(payload) else None


def test_the_example_of_the_format() -> None:
    assert decode(bytes.fromhex("44000701643a02")) == Frame(packet=7, battery=100, events=(2,))


def test_each_key_has_an_event() -> None:
    assert decode(objects(1, 0, 0, 4, 0)) == Frame(packet=1, battery=100, events=(0, 0, 4, 0))


def test_an_unknown_object_ends_the_reading_and_what_was_read_stands() -> None:
    assert decode(objects(9, 2) + b"\xee\x3a\x01") == Frame(packet=9, battery=100, events=(2,))


def test_values_that_do_not_concern_a_button_are_passed_over() -> None:
    temperature, voltage = b"\x02\xca\x09", b"\x0c\x02\x0c"
    assert decode(b"\x44\x00\x05" + temperature + voltage + b"\x3a\x01") == Frame(packet=5, events=(1,))


def test_an_address_in_the_advert_is_passed_over() -> None:
    assert decode(b"\x46" + bytes(6) + b"\x00\x05\x3a\x01") == Frame(packet=5, events=(1,))


def test_an_impossible_battery_is_no_battery() -> None:
    assert decode(objects(1, 1, battery=200)) == Frame(packet=1, events=(1,))


def test_a_sealed_advert_is_recognised() -> None:
    assert is_bthome(ENCRYPTED[UUID])
    assert is_sealed(ENCRYPTED[UUID])
    assert not is_sealed(objects(1, 1))


def test_a_frame_is_idle_when_no_key_was_pressed() -> None:
    assert Frame(1, 100, (0, 0)).idle
    assert not Frame(1, 100, (0, 1)).idle


@pytest.mark.parametrize("payload", [b"", b"\x04\x3a\x01", b"\x24\x3a\x01", b"\x64\x3a\x01"])
def test_another_version_is_not_read(payload: bytes) -> None:
    assert decode(payload) is None


@pytest.mark.parametrize(
    ("code", "meant"),
    [
        (0x00, None),
        (0x01, Gesture(1)),
        (0x02, Gesture(2)),
        (0x03, Gesture(3)),
        (0x04, HELD),
        (0x05, Gesture(2, held=True)),
        (0x06, Gesture(3, held=True)),
        (0x07, Gesture(3)),
        (0x80, HELD),
        (0x81, HELD),
        (0xFE, HELD),
        (0xFF, Gesture(3)),
    ],
)
def test_what_a_code_means(code: int, meant: Gesture | None) -> None:
    assert gesture(code) == meant


@given(codes.filter(bool))
def test_no_event_of_a_button_is_ignored(code: int) -> None:
    meant = gesture(code)
    assert meant is not None
    assert meant.presses >= 1


@given(st.binary(max_size=40))
def test_no_bytes_make_it_fail(payload: bytes) -> None:
    frame = decode(payload)
    assert (frame is None) == (payload[:1] == b"" or payload[0] >> 5 != 2)


@given(st.integers(0, 255), st.lists(codes, max_size=6), st.integers(0, 15))
def test_what_is_cut_off_takes_nothing_with_it(packet: int, events: list[int], cut: int) -> None:
    whole = objects(packet, *events)
    frame = decode(whole[: max(1, len(whole) - cut)])
    assert frame is not None
    assert frame.events == tuple(events)[: len(frame.events)]
    assert decode(whole) == Frame(packet, 100, tuple(events))


def test_lengths_are_those_of_the_format() -> None:
    variable = {"raw", "string", "command"}
    expected = {kind: facts.data_length for kind, facts in MEAS_TYPES.items() if facts.data_format not in variable}
    assert {kind: length for kind, length in expected.items() if kind <= 0x3A} == LENGTHS


measured = st.sampled_from(sorted(set(LENGTHS) - {0x00, 0x01, 0x3A}))


@given(
    st.integers(1, 63),
    st.lists(st.sampled_from(sorted({0, *CODES.values()})), min_size=1, max_size=4),
    st.lists(st.tuples(measured, st.binary(min_size=4, max_size=4)), max_size=3),
)
def test_bthome_ble_reads_the_same(packet: int, events: list[int], others: list[tuple[int, bytes]]) -> None:
    between = b"".join(bytes([kind]) + value[: LENGTHS[kind]] for kind, value in sorted(others))
    payload = bytes([0x44, 0x00, packet]) + between + b"".join(bytes([0x3A, code]) for code in events)
    frame = decode(payload)
    assert frame is not None
    assert read_by_oracle(payload) == (frame.packet, [code for code in frame.events if code])
