"""What is sealed is read with the button's key, and with no other; bthome-ble reads the same."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hardware.buttons.adverts.bthome import read
from hardware.buttons.adverts.sealed import Lock, counter_of, fits, seal_of
from tests.buttons.adverts.oracle import CODES, read_by_oracle
from tests.buttons.fakebluez.frames import (
    ADDRESS,
    ENCRYPTED,
    ENCRYPTED_ADDRESS,
    KEY,
    PRESS,
    UUID,
    objects,
    seal,
    sealed,
)

EXAMPLE = ENCRYPTED[UUID]
OTHER_KEY = bytes(16)
keys = st.binary(min_size=16, max_size=16)
addresses = st.binary(min_size=6, max_size=6).map(lambda raw: raw.hex(":").upper())
counters = st.integers(0, 2**32 - 1)
inside = st.binary(max_size=20)


def test_the_example_of_the_format() -> None:
    assert Lock(ENCRYPTED_ADDRESS, KEY).open(EXAMPLE) == bytes.fromhex("02ca0903bf13")


def test_the_seal_is_the_counter_and_the_check() -> None:
    assert seal_of(EXAMPLE) == bytes.fromhex("0011223378237214")
    assert counter_of(seal_of(EXAMPLE)) == 0x33221100


def test_an_address_named_in_the_frame_goes_before_the_one_it_came_from() -> None:
    named = seal(5, b"\x3a\x01", address="AA:BB:CC:01:02:03", named=True)
    assert Lock(ADDRESS, KEY).open(named) == b"\x3a\x01"


@pytest.mark.parametrize("length", range(9))
def test_what_is_too_short_for_a_seal_does_not_open(length: int) -> None:
    assert Lock(ADDRESS, KEY).open(b"\x45" + bytes(length)) is None
    assert Lock(ADDRESS, KEY).open(b"\x47" + bytes(6 + length)) is None


def test_a_key_fits_what_it_sealed_for_this_address_only() -> None:
    assert fits(ENCRYPTED_ADDRESS, KEY, EXAMPLE)
    assert not fits(ENCRYPTED_ADDRESS, OTHER_KEY, EXAMPLE)
    assert not fits(ADDRESS, KEY, EXAMPLE)


@pytest.mark.parametrize("key", [b"", KEY[:-1], KEY + b"\x00", KEY * 2])
def test_a_key_of_another_length_fits_nothing(key: bytes) -> None:
    assert not fits(ENCRYPTED_ADDRESS, key, EXAMPLE)


@given(keys, addresses, counters, inside, st.booleans())
def test_what_was_sealed_opens(key: bytes, address: str, counter: int, inside: bytes, named: bool) -> None:
    payload = seal(counter, inside, key=key, address=address, named=named)
    assert Lock(address, key).open(payload) == inside
    assert counter_of(seal_of(payload)) == counter


@given(counters, inside, st.data())
def test_nothing_that_was_changed_on_the_way_opens(counter: int, inside: bytes, data: st.DataObject) -> None:
    payload = bytearray(seal(counter, inside))
    payload[data.draw(st.integers(0, len(payload) - 1))] ^= data.draw(st.sampled_from([1, 4, 16, 128]))
    assert Lock(ADDRESS, KEY).open(bytes(payload)) is None


@given(st.binary(min_size=1, max_size=60), keys)
def test_no_bytes_make_it_fail(payload: bytes, key: bytes) -> None:
    assert Lock(ADDRESS, key).open(payload) is None


@given(keys, addresses, counters, st.integers(0, 255), st.lists(st.sampled_from(sorted(CODES.values())), max_size=4))
def test_bthome_ble_reads_the_same(key: bytes, address: str, counter: int, packet: int, events: list[int]) -> None:
    payload = sealed(counter, packet, *events, key=key, address=address)[UUID]
    opened = Lock(address, key).open(payload)
    assert opened == objects(packet, *events)[1:]
    frame = read(opened)
    assert read_by_oracle(payload, key, address) == (frame.packet, list(frame.events))


def test_bthome_ble_reads_a_frame_that_names_its_address() -> None:
    payload = sealed(1, 7, PRESS, named=True)[UUID]
    assert read_by_oracle(payload, KEY, "AA:BB:CC:01:02:03") == (7, [PRESS])
