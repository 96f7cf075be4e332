"""Which files of a recording are off-site: one line in `offsite.jsonl` for each that the store has acknowledged.

It is no part of the recording and under no signature: what has no line goes again.
"""

import contextlib
import json
import os
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

from hub.evidence.ballast import making_room
from hub.evidence.folder import DELETED, NAME, stamp

MARKS = "offsite.jsonl"
# What was made in the same tick of the file system: the key, then sound, what happened, and what vouches for it.
KINDS = (".pub", ".flac", ".age", ".json", ".sums", ".sig", ".tsr")


@dataclass(frozen=True, slots=True)
class Mark:
    """The store has this file. `version`: its id there; None: exactly this was there already, an answer was lost."""

    file: str
    sha256: str
    version: str | None
    at: str

    @classmethod
    def now(cls, file: str, sha256: str, version: str | None) -> "Mark":
        return cls(file, sha256, version, stamp(datetime.now(UTC)))


class Marks:
    """Those of one folder. `files`: the names that have one; `unwritten`: lines that are not on the disk yet."""

    def __init__(self, folder: Path) -> None:
        """What cannot be read is none: then it goes again, and the store knows it already."""
        self._path = folder / MARKS
        self.unwritten: list[bytes] = []
        written = b""
        with contextlib.suppress(OSError):
            written = self._path.read_bytes()
        self._torn = bool(written) and not written.endswith(b"\n")  # the power went in the middle of a line
        self.files = {name for line in written.splitlines() if (name := _file(line))}

    def add(self, marks: Iterable[Mark]) -> None:
        """Write them down, with those that could not be written before. Raises OSError; they hold all the same."""
        for mark in marks:
            self.files.add(mark.file)
            self.unwritten.append(json.dumps(asdict(mark)).encode() + b"\n")
        if self.unwritten:
            making_room(self._append, self._path.parent.parent)
            self.unwritten.clear()

    def _append(self) -> None:
        lines = (b"\n" if self._torn else b"") + b"".join(self.unwritten)
        file = os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600)
        try:
            self._torn = True
            while lines:
                lines = lines[os.write(file, lines) :]
            self._torn = False
            os.fsync(file)
        finally:
            os.close(file)


def _file(line: bytes) -> str:
    try:
        match json.loads(line):
            case {"file": str(name), "sha256": str()}:
                return name
    except (ValueError, RecursionError):
        pass
    return ""


def folders(evidence: Path) -> list[Path]:
    """What goes off-site: the recordings, the one begun last first, and the notes. Raises OSError."""
    if not evidence.is_dir():
        return []
    there = [path for path in evidence.iterdir() if path.name == DELETED or NAME.fullmatch(path.name)]
    return sorted((path for path in there if path.is_dir()), key=_began, reverse=True)


def _began(folder: Path) -> tuple[int, str]:
    """One that cannot be asked comes last."""
    first = folder / "e000000.json"
    with contextlib.suppress(OSError):
        return (first if first.exists() else folder).stat().st_mtime_ns, folder.name
    return 0, folder.name


def waiting(folder: Path, marked: set[str]) -> list[Path]:
    """What has no mark, in the order in which it was made. Raises OSError.

    A signature waits for what it signs: until that is there, another may take its place.
    """
    with os.scandir(folder) as found:
        there = {entry.name for entry in found if entry.is_file()}
    early = {name for name in there if name.endswith(".sig") and name.removesuffix(".sig") not in there}
    names = there - early - marked - {MARKS}
    return sorted((folder / name for name in names if not name.endswith(".part")), key=_made)


def _made(path: Path) -> tuple[int, int, str]:
    kind = KINDS.index(path.suffix) if path.suffix in KINDS else len(KINDS)
    return path.stat().st_mtime_ns, kind, path.name


def is_offsite(folder: Path) -> bool:
    """Whether all of it is. Raises OSError."""
    return not waiting(folder, Marks(folder).files)
