"""The notes of what was deleted: each is signed and names the one before, so one that is taken away is missed."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from hub.evidence.folder import digest, named
from hub.evidence.keys import genuine

PREV = "prev"


def unnamed(notes: Path) -> dict[str, str]:
    """SHA-256 by name of those that no other names: the last, and all from before they named each other.

    Raises OSError.
    """
    found = _found(notes)
    before = {name for content in found.values() for name in named(content, PREV)}
    return {name: digest(content) for name, content in found.items() if name not in before}


def flaws(notes: Path, known: Sequence[bytes], keys: Sequence[bytes]) -> Iterator[tuple[str, str, bytes]]:
    """What is wrong with which file, as in `hub.evidence.verify.Flaw`, and with which other key it was signed.

    `known`: the keys (PEM) that count, `keys`: all that are there.
    """
    found = _found(notes)
    missing: set[str] = set()
    for name, content in found.items():
        signature = notes / f"{name}.sig"
        if not signature.exists():
            yield "unsigned_checkpoint", name, b""
        elif not (signers := [key for key in [*known, *keys] if genuine(key, content, signature.read_bytes())]):
            yield "signature", name, b""
        elif signers[0] not in known:
            yield "other_key", name, signers[0]
        before = named(content, PREV)
        missing |= before.keys() - found.keys()
        if any(digest(found[one]) != sum for one, sum in before.items() if one in found):
            yield "chain", name, b""
    for name in sorted(missing):
        yield "missing", name, b""


def _found(notes: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(notes.glob("*.json"))}
