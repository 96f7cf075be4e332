"""File systems that can be filled, and taken read-only."""

import contextlib
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
        while True:
            lines.write(bytes(4096))
            lines.flush()
    return filler
