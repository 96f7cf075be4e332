"""A segment is sealed in memory, before it goes to the disk: age (age-encryption.org/v1), to whoever may hear it later.

The private keys are never on the hub. Anybody may seal to a public key: where a segment comes from, the signature says.
"""

from collections.abc import Callable, Sequence

import pyrage

Seal = Callable[[bytes], bytes]
PLAIN, SEALED = ".flac", ".age"


def seal_to(recipients: Sequence[str]) -> tuple[Seal, str]:
    """What seals a segment, and how its file's name ends. Without recipients (age1…) nothing is sealed.

    Raises ValueError when one of them is no such key.
    """
    if not recipients:
        return bytes, PLAIN
    try:
        keys = [pyrage.x25519.Recipient.from_str(recipient) for recipient in recipients]
    except pyrage.RecipientError as problem:
        raise ValueError("not an age public key") from problem
    return (lambda segment: pyrage.encrypt(segment, keys)), SEALED


def is_recipient(text: str) -> bool:
    """Whether this is an age public key."""
    try:
        seal_to((text,))
    except ValueError:
        return False
    return True


def unseal_with(identities: str) -> Seal:
    """What opens a sealed segment with one of these private keys (AGE-SECRET-KEY-1…, with spaces between). Both raise
    ValueError.
    """
    try:
        keys = [pyrage.x25519.Identity.from_str(identity) for identity in identities.split()]
    except pyrage.IdentityError as problem:
        raise ValueError("not an age private key") from problem

    def unseal(sealed: bytes) -> bytes:
        try:
            return bytes(pyrage.decrypt(sealed, keys))
        except pyrage.DecryptError as problem:
            raise ValueError("cannot be opened with this key") from problem

    return unseal
