"""The folder of one recording: numbered segments, and a log of when it began, what is missing, why it ended.

The log is written anew each time, so that a power cut leaves the old one or the new one.
"""

import contextlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from hub.evidence.seal import SUFFIX
from hub.evidence.write import make_folder, write

LOG = "log.jsonl"
NAME = re.compile(r"(?P<incident>[A-Za-z0-9]{1,32})-(?P<k>[0-9]{1,6})")
SEGMENT = re.compile(r"(?P<number>[0-9]{6})\.(?:flac|age)")


def stamp(at: datetime) -> str:
    """Return the time as ISO 8601 with Z, to the millisecond."""
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def segments(folder: Path) -> dict[int, Path]:
    """Return the segments by number, in order."""
    found = ((SEGMENT.fullmatch(path.name), path) for path in folder.iterdir())
    return dict(sorted((int(match["number"]), path) for match, path in found if match))


def log_of(folder: Path) -> list[dict[str, object]]:
    """Return the lines of the log that can be read."""
    try:
        log = (folder / LOG).read_text("utf-8", "replace")
    except OSError:
        return []
    lines: list[object] = []
    for line in log.splitlines():
        with contextlib.suppress(ValueError, RecursionError):
            lines.append(json.loads(line))
    return [line for line in lines if isinstance(line, dict)]


def recordings_of(evidence: Path, incident: str) -> dict[int, Path]:
    """Return the folders of this incident's recordings by k, in order."""
    try:
        found = [(NAME.fullmatch(path.name), path) for path in evidence.iterdir()]
    except FileNotFoundError:
        return {}
    return dict(sorted((int(match["k"]), path) for match, path in found if match and match["incident"] == incident))


@dataclass(slots=True)
class RecordingFolder:
    """A recording being written. Each method raises OSError and can be called again with the same values."""

    path: Path
    k: int
    segments: int = 0
    samples: int = 0
    _log: list[str] = field(default_factory=list)

    def add(self, sealed: bytes, samples: int) -> None:
        """Put the next segment in place."""
        write(self.path, f"{self.segments:06d}{SUFFIX}", sealed)
        self.segments += 1
        self.samples += samples

    def note(self, *lines: Mapping[str, object]) -> None:
        """Add lines to the log."""
        log = [*self._log, *map(json.dumps, lines)]
        write(self.path, LOG, "".join(f"{line}\n" for line in log).encode())
        self._log = log


def new_folder(evidence: Path, incident: str) -> RecordingFolder:
    """Make the folder for the incident's next recording."""
    k = max(recordings_of(evidence, incident), default=0) + 1
    path = evidence / f"{incident}-{k}"
    make_folder(path)
    return RecordingFolder(path, k)


def interruption(evidence: Path, incident: str, k: int) -> tuple[datetime, str] | None:
    """Return since when the incident was not recorded before recording k, and why; None for the first."""
    earlier = [path for number, path in recordings_of(evidence, incident).items() if number < k]
    if not earlier:
        return None
    return _said_end(earlier[-1]) or (_last_write(earlier[-1]), "killed")


def _said_end(path: Path) -> tuple[datetime, str] | None:
    for line in log_of(path)[-1:]:
        with contextlib.suppress(KeyError, ValueError):
            if line["what"] == "end":
                return datetime.fromisoformat(str(line["at"])).astimezone(UTC), str(line["why"])
    return None


def _last_write(path: Path) -> datetime:
    last = list(segments(path).values())[-1:] or [path]
    return datetime.fromtimestamp(last[0].stat().st_mtime, UTC)
