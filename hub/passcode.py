"""The codes that open the page: made here, never chosen by a person, and what is kept of them."""

import secrets
from itertools import pairwise

from argon2.low_level import Type, hash_secret_raw

ALPHABET = "23456789BCDFGHJKMNPQRSTVWXYZ"  # no vowels (no words), nothing that is mistaken for another
KEY_BYTES = 32


def generate(role: str) -> str:
    """K7Q2M-X4TRD for a technician; six digits for the wearer and for duress, no digit twice in a row."""
    if role == "technician":
        signs = "".join(secrets.choice(ALPHABET) for _ in range(10))
        return f"{signs[:5]}-{signs[5:]}"
    while True:
        digits = f"{secrets.randbelow(10**6):06}"
        if all(one != other for one, other in pairwise(digits)):
            return digits


def key(code: str, salt: bytes, passes: int, memory: int, lanes: int) -> bytes:
    """argon2id of what was typed, in any case, with or without the dash. `memory`: KiB."""
    typed = "".join(sign for sign in code.upper() if sign.isalnum())
    return hash_secret_raw(typed.encode(), salt, passes, memory, lanes, KEY_BYTES, Type.ID)
