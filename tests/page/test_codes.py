"""Codes as they are made and typed, and as the daemon compares them."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub import passcode
from hub.page.codes import Code, Codes, Holder, Recipe

CHEAP = (1, 8, 1)
SALT = b"0123456789abcdef"
KEYS = {holder: bytes([n]) * 32 for n, holder in enumerate(Holder)}


def known() -> Codes:
    codes = Codes()
    for holder, key in KEYS.items():
        codes.set(holder, key)
    return codes


def test_a_technicians_code_has_ten_signs_in_two_groups():
    codes = {passcode.generate("technician") for _ in range(200)}
    assert len(codes) == 200
    assert all(re.fullmatch(f"[{passcode.ALPHABET}]{{5}}-[{passcode.ALPHABET}]{{5}}", code) for code in codes)


@pytest.mark.parametrize("role", ["wearer", "duress"])
def test_a_code_of_hers_is_six_digits_that_are_not_like_each_other(role):
    for code in (passcode.generate(role) for _ in range(500)):
        assert re.fullmatch("[0-9]{6}", code)
        assert not re.search(r"(.)\1", code)
        assert len(set(code)) >= 5


@pytest.mark.parametrize("typed", ["K7Q2M-X4TRD", "k7q2mx4trd", " k7q2m x4trd ", "K7Q2M–X4TRD"])
def test_a_code_is_typed_in_any_case_with_or_without_its_dash(typed):
    assert passcode.key(typed, SALT, *CHEAP) == passcode.key("K7Q2MX4TRD", SALT, *CHEAP)


def test_a_key_is_what_argon2id_gives():
    """A code that is in use must not stop being one with another version of the library."""
    assert (
        passcode.key("482913", SALT, *CHEAP).hex() == "66d654653d1b24233472efaa991c8e223bbe7dde76bda6fa66ef8607047d8910"
    )
    assert passcode.key("482913", SALT, *CHEAP) != passcode.key("482913", SALT[::-1], *CHEAP)
    assert passcode.key("482913", SALT, *CHEAP) != passcode.key("482913", SALT, 2, 8, 1)


@given(st.binary(min_size=32, max_size=32))
def test_only_the_right_key_is_anybodys(key):
    assert known().whose(key) == {key: holder for holder, key in KEYS.items()}.get(key)


def test_neither_key_nor_digest_is_shown():
    code = known().set(Holder.WEARER, KEYS[Holder.WEARER])
    assert KEYS[Holder.WEARER] != code.digest
    assert str(code.digest) not in repr(code)


def test_the_salt_is_made_once():
    codes = Codes()
    assert codes.begin() is codes.begin()
    assert Codes().begin().salt != codes.begin().salt


def test_what_the_store_has_goes_before_what_was_made_meanwhile():
    stored = Recipe(SALT), [Code(Holder.WEARER, bytes(32))]
    codes = known()
    codes.begin()
    codes.load(None, [])
    assert Holder.TECHNICIAN in codes  # a store without any keeps what is there
    codes.load(*stored)
    assert (codes.recipe, list(codes)) == (stored[0], stored[1])
