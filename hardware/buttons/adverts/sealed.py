"""Sealed BTHome v2 adverts (AES-128-CCM): from bytes and a key to the objects inside.

    info [address] ciphertext counter mic      counter: 4 bytes, little endian; mic: 4 bytes

The last eight bytes are the frame's *seal*: without the key nobody can make another one that holds.
"""

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESCCM

from hardware.buttons.adverts.bthome import body

KEY_LENGTH = 16
_COUNTER, _MIC = 4, 4
_SEAL = _COUNTER + _MIC
_UUID = b"\xd2\xfc"


class Lock:
    """One button's key. `address` is the one it advertises with, unless a frame names another."""

    def __init__(self, address: str, key: bytes) -> None:
        self._cipher = AESCCM(key, tag_length=_MIC)
        self._address = bytes.fromhex(address.replace(":", ""))

    def open(self, payload: bytes) -> bytes | None:
        """What was sealed; None when this key did not seal it for this button."""
        start = body(payload)
        if len(payload) < start + _SEAL:
            return None
        address = payload[start - 1 : 0 : -1] if start > 1 else self._address  # little endian in the frame
        nonce = address + _UUID + payload[:1] + payload[-_SEAL:-_MIC]
        try:
            return self._cipher.decrypt(nonce, payload[start:-_SEAL] + payload[-_MIC:], None)
        except InvalidTag:
            return None


def seal_of(payload: bytes) -> bytes:
    """Counter and MIC."""
    return payload[-_SEAL:]


def counter_of(seal: bytes) -> int:
    """It rises with each frame, until the battery is changed."""
    return int.from_bytes(seal[:_COUNTER], "little")


def fits(address: str, key: bytes, payload: bytes) -> bool:
    """Whether this key opens this frame; of a key that is none, no."""
    return len(key) == KEY_LENGTH and Lock(address, key).open(payload) is not None
