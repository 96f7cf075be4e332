"""The notes of what was deleted: each is signed and names the one before, so one that is taken away is missed."""

import contextlib
import json
from collections.abc import Iterator, Sequence
from pathlib import Path

from hub.evidence.folder import digest
from hub.evidence.keys import genuine


def unnamed(notes: Path) -> dict[str, str]:
    """SHA-256 by name of those that no other names: the last, and all from before they named each other.

    Raises OSError.
    """
    found = _found(notes)
    named = {name for content in found.values() for name in _named(content)}
    return {name: digest(content) for name, content in found.items() if name not in named}


def flaws(notes: Path, keys: Sequence[bytes]) -> Iterator[tuple[str, str]]:
    """What is wrong with which file, as in `hub.evidence.verify.Flaw`; `keys`: public ones of this hub, PEM."""
    found = _found(notes)
    missing = {path.name.removesuffix(".sig") for path in notes.glob("*.json.sig")} - found.keys()
    for name, content in found.items():
        signature = notes / f"{name}.sig"
        if not signature.exists():
            yield "unsigned_checkpoint", name
        elif not any(genuine(key, content, signature.read_bytes()) for key in keys):
            yield "signature", name
        named = _named(content)
        missing |= named.keys() - found.keys()
        if any(digest(found[before]) != sum for before, sum in named.items() if before in found):
            yield "chain", name
    for name in sorted(missing):
        yield "missing", name


def _found(notes: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(notes.glob("*.json"))}


def _named(content: bytes) -> dict[str, str]:
    with contextlib.suppress(ValueError, RecursionError):
        match json.loads(content):
            case {"prev": {**named}}:
                return {str(name): str(sum) for name, sum in named.items()}
    return {}
