"""What recordings there are: listed, copied out, checked. The folder is the truth, there is no table."""

import contextlib
import errno
import math
import os
import shutil
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from hub.errors import Refusal
from hub.evidence.access import COPIED, Access
from hub.evidence.exporting import Tell
from hub.evidence.folder import CHECKPOINT, NAME, contents, digest, events, numbered, promised, segments, stamp
from hub.evidence.write import put_folder, write

PAGES = ("README.txt", "LISEZMOI.txt", "verify.sh")
INCIDENT = "incident.json"


def _nobody(_copied: int, _files: int) -> None:
    """Who is told how far an export is, where nobody asked."""


@dataclass(frozen=True, slots=True)
class RecordingFacts:
    """One line of `hub evidence list`. `id` is "<incident>-<k>"."""

    id: str
    incident: str
    segments: int
    seconds: float
    bytes: int
    started_at: str


def recordings(folder: Path) -> list[RecordingFacts]:
    """Return all recordings, oldest first. Reads the disk: not for the daemon's loop."""
    if not folder.is_dir():
        return []
    found = [_facts(path) for path in folder.iterdir() if path.is_dir() and NAME.fullmatch(path.name)]
    return sorted(found, key=lambda facts: (facts.started_at, facts.id))


def path_of(folder: Path, recording: str) -> Path:
    """Where a recording lies. Raises Refusal."""
    path = folder / recording
    if not NAME.fullmatch(recording) or not path.is_dir():
        raise Refusal("unknown_recording", id=recording)
    return path


def export(source: Path, destination: Path, incident: bytes, access: Access, tell: Tell = _nobody) -> list[Path]:
    """Copy a recording into a new folder in `destination`, with what explains and checks it; return the copies.

    `incident`: JSON, as the store has it; `tell` hears how far it is. What an earlier try left is removed. May take
    minutes. Raises Refusal; then there is no copy.
    """
    whole, target = destination / source.name, destination / f"{source.name}.part"
    _make_room(source, whole, target)
    try:
        copies = _copies(source, target, tell)
        write(target, INCIDENT, incident)
        access.sign(target, COPIED, _unlisted(target))
        put_folder(target, whole)
    except OSError as problem:
        raise _refusal(problem, source, destination) from problem
    finally:
        shutil.rmtree(target, ignore_errors=True)  # a whole copy has its name by now
    return [whole / name for name in (*copies, INCIDENT, COPIED)]


def _make_room(source: Path, whole: Path, target: Path) -> None:
    """An empty folder with enough room. What does not fit is better said now than after minutes."""
    try:
        if whole.exists():
            raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), whole)
        shutil.rmtree(target, ignore_errors=True)
        if shutil.disk_usage(target.parent).free < _size(source):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        target.mkdir(mode=0o700)
    except OSError as problem:
        raise _refusal(problem, source, target.parent) from problem


def _refusal(problem: OSError, source: Path, destination: Path) -> Refusal:
    if isinstance(problem, FileExistsError):
        return Refusal("export_exists", id=source.name, folder=str(destination))
    if problem.errno in (errno.ENOSPC, errno.EDQUOT):
        megabytes = math.ceil(_size(source) / 1e6)
        return Refusal("folder_full", folder=str(destination), id=source.name, megabytes=megabytes)
    return Refusal("folder_unusable", folder=str(destination), problem=problem.strerror or "")


def _size(folder: Path) -> int:
    return sum(file.st_size for _, file in contents(folder))


def _copies(source: Path, target: Path, tell: Tell) -> list[str]:
    paths = [*_content(source), *(Path(__file__).with_name("export") / page for page in PAGES)]
    for number, path in enumerate(paths):
        tell(number, len(paths))
        _copy(path, target / path.name)
    return [path.name for path in paths]


def _copy(path: Path, copy: Path) -> None:
    """On the disk before the next one begins: behind what a slow stick has not taken, the hub's own writes would wait.

    Nor is either kept in the memory, where it would take the place of what the hub needs.
    """
    content = _read(path)
    with copy.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
        os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)
    with contextlib.suppress(OSError):  # a stick may refuse it
        os.utime(copy, ns=(path.stat().st_atime_ns, path.stat().st_mtime_ns))


def _read(path: Path) -> bytes:
    """Raises Refusal: it is not the stick that is to blame."""
    try:
        with path.open("rb") as file:
            content = file.read()
            os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)
            return content
    except OSError as problem:
        raise Refusal("recording_unread", file=path.name, problem=problem.strerror or "") from problem


def _unlisted(folder: Path) -> bytes:
    """SHA-256 of what no list in it names, as sha256sum prints it."""
    listed = {name for path in numbered(folder, CHECKPOINT).values() for name in promised(path)}
    others = [path for path in sorted(folder.iterdir()) if path.name not in listed]
    return "".join(f"{digest(path.read_bytes())}  {path.name}\n" for path in others).encode()


def _facts(folder: Path) -> RecordingFacts:
    incident, _, _ = folder.name.rpartition("-")
    found = segments(folder)
    noted, seconds = _last_noted(folder)
    size = sum(path.stat().st_size for path in found.values())
    return RecordingFacts(
        folder.name, incident, len(found), round(seconds + len(found) - noted, 1), size, _started_at(folder)
    )


def _last_noted(folder: Path) -> tuple[int, float]:
    """Return segments and seconds as the last event had them; every segment since lasts one second."""
    for event in reversed(events(folder)):
        match event:
            case {"segments": int(count), "seconds": int() | float() as seconds}:
                return count, float(seconds)
    return 0, 0.0


def _started_at(folder: Path) -> str:
    for event in events(folder)[:1]:
        if "at" in event:
            return str(event["at"])
    return stamp(datetime.fromtimestamp(folder.stat().st_mtime, UTC))


def _content(folder: Path) -> list[Path]:
    return sorted(path for path, _ in contents(folder))
