"""The three codes of a hub, as far as the daemon knows them: a digest of a key that only the right code gives.

The page's process makes the key (argon2id), so that the daemon never waits for it; whoever reads the store would have
to make one for each guess.
"""

import hmac
import secrets
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from hashlib import sha256

SALT_BYTES = 16


class Holder(StrEnum):
    """Whose code it is. DURESS is the wearer's second one, for when she is made to type it."""

    TECHNICIAN = "technician"
    WEARER = "wearer"
    DURESS = "duress"


@dataclass(frozen=True, slots=True)
class Recipe:
    """How a key is made from a code: argon2id with this salt, one for all codes of a hub; `memory` in KiB."""

    salt: bytes
    passes: int = 2
    memory: int = 19456
    lanes: int = 1


@dataclass(frozen=True, slots=True)
class Code:
    """`digest`: SHA-256 of the key."""

    holder: Holder
    digest: bytes = field(repr=False)


class Codes:
    """`recipe` is made once, and stays."""

    def __init__(self) -> None:
        self.recipe: Recipe | None = None
        self._digests: dict[Holder, bytes] = {}

    def __contains__(self, holder: object) -> bool:
        return holder in self._digests

    def __bool__(self) -> bool:
        return bool(self._digests)

    def __iter__(self) -> Iterator[Code]:
        return iter([Code(holder, digest) for holder, digest in self._digests.items()])

    def load(self, recipe: Recipe | None, codes: Iterable[Code]) -> None:
        """What the store has goes before what was made while it could not be read: keys fit one salt only."""
        known = {code.holder: code.digest for code in codes}
        if recipe is not None and (known or self.recipe is None):
            self.recipe, self._digests = recipe, known

    def begin(self) -> Recipe:
        """The recipe, made now if there is none."""
        self.recipe = self.recipe or Recipe(secrets.token_bytes(SALT_BYTES))
        return self.recipe

    def whose(self, key: bytes) -> Holder | None:
        """Which code gives this key. All of them are compared, each in the same time, whatever the first says."""
        digest = sha256(key).digest()
        fits = {holder: hmac.compare_digest(digest, known) for holder, known in self._digests.items()}
        return next((holder for holder, fit in fits.items() if fit), None)

    def set(self, holder: Holder, key: bytes) -> Code:
        code = Code(holder, sha256(key).digest())
        self._digests[holder] = code.digest
        return code
