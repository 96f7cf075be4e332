"""What recordings there are: listed, copied out, checked. The folder is the truth, there is no table."""

import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from hub.errors import Refusal
from hub.evidence.access import COPIED, Access
from hub.evidence.folder import CHECKPOINT, NAME, digest, events, numbered, promised, segments, stamp

PAGES = ("README.txt", "LISEZMOI.txt", "verify.sh")
INCIDENT = "incident.json"


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


def export(source: Path, destination: Path, incident: bytes, access: Access) -> list[Path]:
    """Copy a recording into a new folder in `destination`, with what explains and checks it; return the copies.

    `incident`: JSON, as the store has it. Raises Refusal.
    """
    whole, target = destination / source.name, destination / f"{source.name}.part"
    try:
        if whole.exists():
            raise FileExistsError(whole)
        shutil.rmtree(target, ignore_errors=True)
        target.mkdir(mode=0o700)
    except OSError as problem:
        raise Refusal("folder_unusable", folder=str(destination)) from problem
    try:
        copies = [Path(shutil.copy2(path, target)) for path in _content(source)]
        added = [*_added(target, incident)]
        listed = {name for path in numbered(target, CHECKPOINT).values() for name in promised(path)}
        others = [path for path in sorted(target.iterdir()) if path.name not in listed]
        sums = "".join(f"{digest(path.read_bytes())}  {path.name}\n" for path in others)
        access.sign(target, COPIED, sums.encode())
        target.rename(whole)
    except OSError as problem:
        shutil.rmtree(target, ignore_errors=True)
        raise Refusal("folder_unusable", folder=str(destination)) from problem
    os.sync()  # whoever pulls the stick out now has it all
    return [whole / path.name for path in (*copies, *added, target / COPIED)]


def _added(target: Path, incident: bytes) -> Iterator[Path]:
    for page in PAGES:
        yield Path(shutil.copy(Path(__file__).with_name("export") / page, target))
    (target / INCIDENT).write_bytes(incident)
    yield target / INCIDENT


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
    return sorted(path for path in folder.iterdir() if path.suffix != ".part")
