"""The key this hub signs its recordings with: Ed25519, made at the first start of the recorder."""

import contextlib
import hashlib
import re
from collections.abc import Collection
from pathlib import Path

from cryptography.exceptions import InternalError, InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
    load_pem_public_key,
)

from hub.evidence.write import write

NAME = "recorder.key"
DAMAGED = "recorder.damaged"  # what was there before, and could not be read
PUBLIC = "hub.pub"  # in each recording: the key it was begun with
PUBLICS = "hub*.pub"  # all of them
OTHERS = re.compile(r"hub-[0-9a-f]{8}\.pub")  # and those that signed more of it, after the hub's key was replaced
ASKED = re.compile(r"[0-9a-f]{16,64}")  # as much of a fingerprint as somebody typed
UNREAD = (
    TypeError,
    UnsupportedAlgorithm,
    InternalError,
)  # a password; one bit of its kind, or of its length, was changed


class Signer:
    """`public`: PEM, as openssl reads it."""

    def __init__(self, key: Ed25519PrivateKey) -> None:
        self._key = key
        self.public = key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)

    def sign(self, content: bytes) -> bytes:
        """64 bytes, as `openssl pkeyutl -verify -rawin` takes them."""
        return self._key.sign(content)


def signer(folder: Path) -> Signer:
    """The key in this folder; made when there is none. A damaged one is set aside, for nothing else can be signed with
    it. Raises OSError.
    """
    path = folder / NAME
    try:
        return Signer(_private(path.read_bytes()))
    except FileNotFoundError:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except ValueError:
        path.rename(folder / DAMAGED)
    key = Ed25519PrivateKey.generate()
    write(folder, NAME, key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    return Signer(key)


def existing(folder: Path) -> Signer:
    """The key in this folder. Raises OSError; FileNotFoundError also when what is there is no key."""
    try:
        return Signer(_private((folder / NAME).read_bytes()))
    except ValueError as problem:
        raise FileNotFoundError(str(problem)) from problem


def genuine(public: bytes, content: bytes, signature: bytes) -> bool:
    """Whether the owner of this key (PEM) signed this content."""
    with contextlib.suppress(InvalidSignature, ValueError):
        _public(public).verify(signature, content)
        return True
    return False


def fingerprint(public: bytes) -> str:
    """SHA-256 of the key as DER, in groups that can be read out. Raises ValueError."""
    der = _public(public).public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    digest = hashlib.sha256(der).hexdigest()
    return " ".join(digest[i : i + 8] for i in range(0, len(digest), 8))


def place_of(public: bytes, recording: Path) -> Path:
    """Where this key lies in a recording, or belongs. Raises OSError, ValueError."""
    own = recording / PUBLIC
    if not own.exists() or own.read_bytes() == public:
        return own
    return recording / f"hub-{fingerprint(public)[:8]}.pub"


def typed_fingerprint(text: str) -> str:
    """A fingerprint, or its first 16 digits or more, as somebody copied it from the sheet. Raises ValueError."""
    digits = "".join(text.split()).lower()
    if not ASKED.fullmatch(digits):
        raise ValueError("not a fingerprint")
    return digits


def is_given(public: bytes, trusted: Collection[str]) -> bool:
    """Whether this key (PEM) is one of those whose fingerprints, from `typed_fingerprint`, were given."""
    try:
        digits = fingerprint(public).replace(" ", "")
    except ValueError:
        return False
    return any(digits.startswith(one) for one in trusted)


def _private(pem: bytes) -> Ed25519PrivateKey:
    try:
        key = load_pem_private_key(pem, None)
    except UNREAD as problem:
        raise ValueError("no key that can be read") from problem
    if not isinstance(key, Ed25519PrivateKey):
        raise ValueError("another kind of key")
    return key


def _public(pem: bytes) -> Ed25519PublicKey:
    try:
        key = load_pem_public_key(pem)
    except UNREAD as problem:
        raise ValueError("no key that can be read") from problem
    if not isinstance(key, Ed25519PublicKey):
        raise ValueError("another kind of key")
    return key
