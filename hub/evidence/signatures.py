"""Which of the keys that lie in a recording signed what of it."""

from pathlib import Path

from hub.evidence.access import COPIED
from hub.evidence.folder import ACCESS, CHECKPOINT, numbered
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
    return sorted({key for path in [*signed, *folder.glob(COPIED)] if (key := signer_of(path))})
