"""Which of the keys that lie in a recording signed what of it."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from hub.evidence.access import COPIED
from hub.evidence.folder import ACCESS, CHECKPOINT, events, numbered
from hub.evidence.keys import OTHERS, PUBLIC, genuine


def read(path: Path) -> bytes:
    """b"" when it is not there."""
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return b""


def others(folder: Path) -> list[Path]:
    """The keys beside the first one."""
    return sorted(path for path in folder.iterdir() if OTHERS.fullmatch(path.name))


def signer_of(path: Path) -> Path | None:
    """The key in the same folder that signed this file, the one it was begun with first."""
    content, signature = path.read_bytes(), read(path.with_name(f"{path.name}.sig"))
    keys = [path.with_name(PUBLIC), *others(path.parent)]
    return next((key for key in keys if genuine(read(key), content, signature)), None)


def signers(folder: Path) -> list[Path]:
    """The keys that signed anything of a recording, in the order of their names."""
    signed = [path for kind in (CHECKPOINT, ACCESS) for path in numbered(folder, kind).values()]
    return sorted({key for _, key in _signed([*signed, *folder.glob(COPIED)])})


def out_of_turn(folder: Path) -> Iterator[str]:
    """What was signed with a key when another one should have: a recording is begun with the first, and what comes
    after another one is not signed with that again.

    One that was cut off before its first signature has a single one, which the next start made: with the key of then.
    """
    lists = list(numbered(folder, CHECKPOINT).values())
    closed_later = any(event.get("what") == "recovered" for event in events(folder))
    for path, key in _signed(lists)[:1]:
        if key.name != PUBLIC and not (closed_later and path == lists[-1]):
            yield path.name
    for files in (lists, [*numbered(folder, ACCESS).values(), *folder.glob(COPIED)]):
        replaced = False
        for path, key in _signed(files):
            if replaced and key.name == PUBLIC:
                yield path.name
            replaced = replaced or key.name != PUBLIC


def _signed(files: Sequence[Path]) -> list[tuple[Path, Path]]:
    """Those that a key signed which is there, and by which."""
    return [(path, key) for path in files if (key := signer_of(path))]
