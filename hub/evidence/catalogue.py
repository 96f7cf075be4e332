"""What recordings there are: listed, copied out, checked. The folder is the truth, there is no table."""

import os
import shutil
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from hub.errors import Refusal
from hub.evidence.folder import NAME, events, segments, stamp


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


def export(folder: Path, recording: str, destination: Path) -> list[Path]:
    """Copy a recording into a new folder in `destination`; return the copies. Raises Refusal."""
    source, target = folder / recording, destination / recording
    if not NAME.fullmatch(recording) or not source.is_dir():
        raise Refusal("unknown_recording", id=recording)
    try:
        target.mkdir(mode=0o700)
    except OSError as problem:
        raise Refusal("folder_unusable", folder=str(destination)) from problem
    try:
        copies = [Path(shutil.copy2(path, target)) for path in _content(source)]
    except OSError as problem:
        shutil.rmtree(target, ignore_errors=True)
        raise Refusal("folder_unusable", folder=str(destination)) from problem
    os.sync()  # whoever pulls the stick out now has it all
    return copies


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
