"""The codes that open the page: made here, never chosen, and made slow to guess.

The command line and the page's process do that: the daemon never sees a code, and never waits for argon2.
"""

import secrets
from itertools import pairwise

ALPHABET = "23456789BCDFGHJKMNPQRSTVWXYZ"  # no vowels (no words), nothing that is mistaken for another
GROUP = 5  # signs; a technician's code has two groups
DIGITS = 6
DIFFERENT = 5  # of the digits, at least: neither 121212 nor 777777
KEY_BYTES = 32


def generate(role: str) -> str:
    """A new code of a role: "technician" gets K7Q2M-X4TRD, "wearer" and "duress" get six digits."""
    if role == "technician":
        return "-".join("".join(secrets.choice(ALPHABET) for _ in range(GROUP)) for _ in range(2))
    return next(code for _ in iter(int, 1) if _is_plain(code := f"{secrets.randbelow(10**DIGITS):0{DIGITS}}"))


def key(code: str, salt: bytes, passes: int, memory: int, lanes: int) -> bytes:
    """The 32 bytes that the hub compares. `code` in any case, with or without dash and spaces; `memory` in KiB."""
    from argon2.low_level import Type, hash_secret_raw

    return hash_secret_raw(_plain(code).encode(), salt, passes, memory, lanes, KEY_BYTES, Type.ID)


def _plain(code: str) -> str:
    return "".join(sign for sign in code.upper() if sign.isalnum())


def _is_plain(code: str) -> bool:
    """No digit twice in a row, and few of them twice at all: it is dictated, and typed in a hurry."""
    return len(set(code)) >= DIFFERENT and all(one != other for one, other in pairwise(code))
