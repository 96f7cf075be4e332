"""Codes are made, never chosen, and only what argon2id makes of them is ever told."""

import re

import pytest

from hub import passcode

SALT = bytes(16)


def test_a_technicians_code_is_two_groups_of_five_signs_that_cannot_be_mistaken():
    assert all(
        re.fullmatch(f"[{passcode.ALPHABET}]{{5}}-[{passcode.ALPHABET}]{{5}}", code) for code in made("technician")
    )


@pytest.mark.parametrize("role", ["wearer", "duress"])
def test_her_codes_are_six_digits_without_one_twice_in_a_row(role):
    assert all(re.fullmatch(r"(?:(\d)(?!\1)){6}", code) for code in made(role))


def test_no_two_codes_are_the_same():
    assert len(set(made("technician"))) == 200


@pytest.mark.parametrize("typed", ["K7Q2M-X4TRD", "k7q2mx4trd", " K7Q2M X4TRD "])
def test_how_it_was_typed_does_not_matter(typed):
    assert passcode.key(typed, SALT, 1, 64, 1) == passcode.key("K7Q2M-X4TRD", SALT, 1, 64, 1)


def test_another_code_and_another_salt_make_another_key():
    keys = {passcode.key(code, salt, 1, 64, 1) for code in ("481593", "481594") for salt in (SALT, b"x" * 16)}
    assert len(keys) == 4
    assert {len(key) for key in keys} == {32}


def made(role: str) -> list[str]:
    return [passcode.generate(role) for _ in range(200)]
