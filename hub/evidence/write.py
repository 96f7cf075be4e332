"""Files that are whole or not there: what `write` returned from survives a power cut."""

import contextlib
import os
from pathlib import Path


def write(folder: Path, name: str, content: bytes) -> None:
    """Put a whole file into the folder. Raises OSError; then there is none, and it can be tried again."""
    part = folder / f"{name}.part"
    try:
        _fill(part, content)
        part.rename(folder / name)
        sync(folder)
    except OSError:
        with contextlib.suppress(OSError):
            part.unlink(missing_ok=True)
        raise


def make_folder(folder: Path) -> None:
    """Make one new folder that only its owner may look into. Raises FileExistsError, OSError."""
    folder.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    folder.mkdir(mode=0o700)
    sync(folder.parent)


def put_folder(part: Path, folder: Path) -> None:
    """Give a folder, whose files are all on the disk, its name. Raises OSError."""
    sync(part)
    part.rename(folder)
    sync(folder.parent)


def _fill(path: Path, content: bytes) -> None:
    file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
    try:
        while content:
            content = content[os.write(file, content) :]
        os.fsync(file)
    finally:
        os.close(file)


def sync(folder: Path) -> None:
    """What was put into it, or taken out, onto the disk. Raises OSError."""
    file = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(file)
    finally:
        os.close(file)
