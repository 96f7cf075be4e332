"""File systems that can be filled, and taken read-only."""

import contextlib
import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path


@contextlib.contextmanager
def small_disk(folder: Path, size: str) -> Iterator[Path]:
    """A real one of its own at `folder`, of `size` ("2m")."""
    folder.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", folder], check=True)
    try:
        yield folder
    finally:
        subprocess.run(["umount", "-l", folder], check=True)


def remount(folder: Path, how: str) -> None:
    """`how`: "ro" or "rw"."""
    subprocess.run(["mount", "-o", f"remount,{how}", folder], check=True)


def fill(folder: Path) -> Path:
    """Until nothing more goes in; returns the file that is in the way."""
    filler = folder / "filler"
    with contextlib.suppress(OSError), filler.open("wb") as lines:
        with contextlib.suppress(OSError):  # most of it at once
            os.posix_fallocate(lines.fileno(), 0, shutil.disk_usage(folder).free * 9 // 10)
        lines.seek(0, os.SEEK_END)
        while True:
            lines.write(bytes(4096))
            lines.flush()
    return filler


@contextlib.contextmanager
def card(folder: Path, megabytes: int, inodes: int = 8192) -> Iterator[Path]:
    """As a memory card has it: ext4 at `folder`, without a part that is root's."""
    image = folder.with_suffix(".img")
    with image.open("wb") as file:
        file.truncate(megabytes * 1024 * 1024)
    subprocess.run(["mkfs.ext4", "-q", "-m", "0", "-N", str(inodes), image], check=True)
    folder.mkdir()
    subprocess.run(["mount", "-o", "loop", image, folder], check=True)
    try:
        yield folder
    finally:
        subprocess.run(["umount", "-l", folder], check=True)
        image.unlink()
