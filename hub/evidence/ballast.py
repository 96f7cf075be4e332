"""Room held ready for a card that is full: files of nothing, given up one by one when the disk takes no more.

They lie beside the recordings and are no part of them. The sound gets only some of them: a few lines must still find
room, or what was brought elsewhere is never noted, and so never deleted.
"""

import contextlib
import errno
import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from hub.evidence.write import sync

FOLDER = "ballast"
SIZE = 1024 * 1024  # bytes of each
COUNT = 16
FOR_NOTES = 8  # so many of them are not for sound
FULL = (errno.ENOSPC, errno.EDQUOT)

T = TypeVar("T")


def lay(evidence: Path) -> None:
    """Make what is missing, where twice as much room is free. Raises OSError."""
    folder = evidence.with_name(FOLDER)
    if shutil.disk_usage(evidence.parent).free < 2 * COUNT * SIZE:
        return
    folder.mkdir(mode=0o700, exist_ok=True)
    for number in range(COUNT):
        _allocate(folder / f"{number:02d}")
    sync(folder)


def give_up(evidence: Path, leaving: int = 0) -> bool:
    """One of them, if there are more than `leaving`; whether there was one. Raises OSError."""
    folder = evidence.with_name(FOLDER)
    there = sorted(folder.iterdir()) if folder.is_dir() else []
    if len(there) <= leaving:
        return False
    there[-1].unlink(missing_ok=True)  # another process may have needed it, too
    sync(folder)
    return True


def making_room(act: Callable[[], T], evidence: Path) -> T:
    """Do it; while the disk is full, give up ballast and do it again. Raises OSError."""
    while True:
        try:
            return act()
        except OSError as problem:
            if not (is_full(problem) and give_up(evidence)):
                raise


def is_full(problem: OSError) -> bool:
    """Whether the disk takes no more, as opposed to one that fails."""
    return problem.errno in FULL


def _allocate(path: Path) -> None:
    """With all its blocks: a hole would hold no room."""
    file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        os.posix_fallocate(file, 0, SIZE)
        os.fsync(file)
    except OSError:
        with contextlib.suppress(OSError):
            path.unlink()
        raise
    finally:
        os.close(file)
