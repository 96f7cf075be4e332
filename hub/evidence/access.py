"""Who listed or copied a recording, and when: a signed chain.

Each entry names the one before, and the last checkpoint of then. The checkpoint that closes the recording names the
entries from while it ran.
"""

import contextlib
import json
import re
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

from hub.evidence import keys
from hub.evidence.ballast import making_room
from hub.evidence.folder import ACCESS, CHECKPOINT, digest, numbered, stamp
from hub.evidence.write import write

COPIED = "export.sums"  # what was added to a copy of the recording, as sha256sum prints it
LIST = "list"
LISTED = "listed"
BEGUN, EXPORTED, FAILED = "export begun", "exported", "export failed"
REPEATED = timedelta(hours=1)


class Access:
    """`secrets`: the folder with the key that signs. Used from any thread."""

    def __init__(self, secrets: Path) -> None:
        self._secrets = secrets
        self._one_at_a_time = threading.Lock()

    def note(self, recording: Path, who: str, what: str) -> None:
        """Write it down beside the recording; that it was listed once an hour for each person.

        Raises OSError: what cannot be written down is not to be done.
        """
        with self._one_at_a_time:
            if what == LISTED and _is_known(recording, who, what):
                return
            number = max(numbered(recording, ACCESS), default=-1) + 1
            lists = _last(recording, CHECKPOINT)
            prev = "".join((_last(recording, ACCESS) or lists).values())
            entry = {"at": stamp(datetime.now(UTC)), "recording": recording.name, "who": who, "what": what}
            content = json.dumps({**entry, "prev": prev, LIST: lists}).encode() + b"\n"
            making_room(lambda: self.sign(recording, f"a{number:06d}.json", content), recording.parent)

    def sign(self, folder: Path, name: str, content: bytes) -> None:
        """Put a file there, and before it the hub's signature where it has a key, with the public one: beside the first
        where the hub's key was replaced since. Raises OSError.
        """
        if signer := self._signer():
            place = keys.place_of(signer.public, folder)
            if not place.exists():
                write(folder, place.name, signer.public)
            write(folder, f"{name}.sig", signer.sign(content))
        write(folder, name, content)

    def _signer(self) -> keys.Signer | None:
        with contextlib.suppress(FileNotFoundError):
            return keys.existing(self._secrets)
        return None


def before(entry: bytes) -> str | None:
    """The SHA-256 that an entry says is of the one before it, or for the first of the last list, "" when there was
    none; None when it says nothing.
    """
    with contextlib.suppress(ValueError, RecursionError):
        said = json.loads(entry)
        prev = said.get("prev") if isinstance(said, dict) else None
        return prev if isinstance(prev, str) else None
    return None


def _is_known(recording: Path, who: str, what: str) -> bool:
    """Whether it was written down within the hour."""
    for path in reversed(numbered(recording, ACCESS).values()):
        with contextlib.suppress(ValueError, KeyError, TypeError):
            said = json.loads(path.read_text("utf-8", "replace"))
            age = datetime.now(UTC) - datetime.fromisoformat(said["at"])
            if not timedelta() <= age < REPEATED:
                return False
            if (said["who"], said["what"]) == (who, what):
                return True
    return False


def _last(recording: Path, kind: re.Pattern[str]) -> dict[str, str]:
    """SHA-256 by name of the last file of this kind; {} when there is none."""
    return {path.name: digest(path.read_bytes()) for path in [*numbered(recording, kind).values()][-1:]}
