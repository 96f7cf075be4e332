"""The folder of one recording: numbered segments, what happened (events), and checkpoints that sign them all.

Every file is written once and whole. A checkpoint is a list as `sha256sum` prints it: what no checkpoint before it has,
and that checkpoint itself; so the last one vouches for all.
"""

import contextlib
import hashlib
import json
import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from hub.evidence.keys import Signer, place_of
from hub.evidence.write import make_folder, write

NAME = re.compile(r"(?P<incident>[A-Za-z0-9]{1,32})-(?P<k>[0-9]{1,6})")
SEGMENT = re.compile(r"(?P<number>[0-9]{6})\.(?:flac|age)")
EVENT = re.compile(r"e(?P<number>[0-9]{6})\.json")
CHECKPOINT = re.compile(r"c(?P<number>[0-9]{6})\.sums")
ACCESS = re.compile(r"a(?P<number>[0-9]{6})\.json")
CLOSED = ("end", "recovered")  # the events after which nothing is added
DELETED = "deleted"  # beside the recordings: the signed notes of those that are not here any more
SIGNED_EACH = 10  # segments; so many seconds at most are not under a signature


def stamp(at: datetime) -> str:
    """Return the time as ISO 8601 with Z, to the millisecond."""
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def digest(content: bytes) -> str:
    """SHA-256, as sha256sum prints it."""
    return hashlib.sha256(content).hexdigest()


def numbered(folder: Path, kind: re.Pattern[str]) -> dict[int, Path]:
    """The files of a kind by number, in order. Raises OSError."""
    found = ((kind.fullmatch(path.name), path) for path in folder.iterdir())
    return dict(sorted((int(match["number"]), path) for match, path in found if match))


def contents(folder: Path) -> Iterator[tuple[Path, os.stat_result]]:
    """What is in it, whole, also while it is being written. Raises OSError."""
    for path in folder.iterdir():
        if path.suffix != ".part":
            with contextlib.suppress(FileNotFoundError):
                yield path, path.lstat()


def segments(folder: Path) -> dict[int, Path]:
    """Return the segments by number, in order."""
    return numbered(folder, SEGMENT)


def events(folder: Path) -> list[dict[str, object]]:
    """What happened, in order, as far as it can be read."""
    return [event for path in numbered(folder, EVENT).values() if (event := _event(path))]


def _event(path: Path) -> dict[str, object] | None:
    with contextlib.suppress(OSError, ValueError, RecursionError):
        event = json.loads(path.read_text("utf-8", "replace"))
        return event if isinstance(event, dict) else None
    return None


def is_closed(folder: Path) -> bool:
    """Whether it says its end, or was given one after a restart."""
    return any(event.get("what") in CLOSED for event in events(folder))


def promised(checkpoint: Path) -> dict[str, str]:
    """SHA-256 by name. Raises OSError."""
    lines = checkpoint.read_text("utf-8", "replace").splitlines()
    return {name: sum for sum, _, name in (line.partition("  ") for line in lines) if name}


def named(content: bytes, key: str) -> dict[str, str]:
    """SHA-256 by name, of the files that a signed one (JSON) names under this key; {} when it says none."""
    with contextlib.suppress(ValueError, RecursionError):
        said = json.loads(content)
        match said.get(key) if isinstance(said, dict) else None:
            case {**files}:
                return {str(name): str(sum) for name, sum in files.items()}
    return {}


def recordings_of(evidence: Path, incident: str) -> dict[int, Path]:
    """Return the folders of this incident's recordings by k, in order."""
    try:
        found = [(NAME.fullmatch(path.name), path) for path in evidence.iterdir()]
    except FileNotFoundError:
        return {}
    return dict(sorted((int(match["k"]), path) for match, path in found if match and match["incident"] == incident))


@dataclass(slots=True)
class RecordingFolder:
    """A recording being written. Each method raises OSError and can be called again with the same values.

    `last`: SHA-256 of the last segment as it lies there; `unsigned`: SHA-256 by name of what the next checkpoint will
    have; `signer`: None when this hub has no key.
    """

    path: Path
    k: int
    signer: Signer | None = None
    segments: int = 0
    samples: int = 0
    events: int = 0
    last: str = ""
    checkpoints: int = 0
    unsigned: dict[str, str] = field(default_factory=dict)

    def introduce(self) -> None:
        """Put the public key in place; beside the first one where the hub's key was replaced since."""
        if self.signer:
            self._put(place_of(self.signer.public, self.path).name, self.signer.public)

    def add(self, sealed: bytes, suffix: str, samples: int) -> None:
        """Put the next segment in place."""
        self.last = self._put(f"{self.segments:06d}{suffix}", sealed)
        self.segments += 1
        self.samples += samples

    def note(self, event: Mapping[str, object]) -> None:
        """Put what happened in place."""
        self._put(f"e{self.events:06d}.json", json.dumps(event).encode() + b"\n")
        self.events += 1

    def witness(self) -> None:
        """Have the next checkpoint vouch for who looked until now: of those nobody can be taken out afterwards."""
        for path in numbered(self.path, ACCESS).values():
            self.unsigned[path.name] = digest(path.read_bytes())

    def checkpoint(self) -> None:
        """Sign all that was not signed yet."""
        name = f"c{self.checkpoints:06d}.sums"
        content = "".join(f"{sum}  {file}\n" for file, sum in self.unsigned.items()).encode()
        write(self.path, name, content)
        if self.signer:
            write(self.path, f"{name}.sig", self.signer.sign(content))
        self.unsigned = {name: digest(content)}
        self.checkpoints += 1

    @property
    def due(self) -> bool:
        """Whether a checkpoint is: at once for what happened, each ten seconds for what was heard."""
        return len(self.unsigned) > SIGNED_EACH or any(EVENT.fullmatch(name) for name in self.unsigned)

    def _put(self, name: str, content: bytes) -> str:
        write(self.path, name, content)
        self.unsigned[name] = digest(content)
        return self.unsigned[name]


def new_folder(evidence: Path, incident: str, signer: Signer | None = None) -> RecordingFolder:
    """Make the folder for the incident's next recording."""
    notes = (evidence / DELETED).glob(f"{incident}-*")  # and what has none yet
    names = (NAME.match(path.name) for path in notes)
    gone = (int(name["k"]) for name in names if name)
    there = recordings_of(evidence, incident)
    last = max(there, default=0)
    if last and not any(there[last].iterdir()):  # made just before the disk failed
        return RecordingFolder(there[last], last, signer)
    k = max([last, *gone]) + 1
    path = evidence / f"{incident}-{k}"
    make_folder(path)
    return RecordingFolder(path, k, signer)


def interruption(evidence: Path, incident: str, k: int) -> tuple[datetime, str] | None:
    """Return since when the incident was not recorded before recording k, and why; None for the first."""
    earlier = [path for number, path in recordings_of(evidence, incident).items() if number < k]
    if not earlier:
        return None
    return _said(earlier[-1]) or (last_write(earlier[-1]), "killed")


def _said(path: Path) -> tuple[datetime, str] | None:
    """Until when it was recorded, and why no longer, if it says so."""
    for event in events(path):
        with contextlib.suppress(KeyError, ValueError):
            if event["what"] == "end":
                return _time(event["at"]), str(event["why"])
            if event["what"] == "recovered":
                return _time(event["last"]), "killed"
    return None


def _time(said: object) -> datetime:
    return datetime.fromisoformat(str(said)).astimezone(UTC)


def last_write(path: Path) -> datetime:
    """When the last of it came to the disk."""
    files = [*segments(path).values(), *numbered(path, EVENT).values()] or [path]
    return datetime.fromtimestamp(max(file.stat().st_mtime for file in files), UTC)
