"""Who listed, copied or deleted a recording, and when: a signed chain that begins where the recording ended."""

import contextlib
import json
import re
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

from hub.evidence import keys
from hub.evidence.folder import CHECKPOINT, digest, numbered, stamp
from hub.evidence.write import write

COPIED = "export.sums"  # what was added to a copy of the recording, as sha256sum prints it
ACCESS = re.compile(r"a(?P<number>[0-9]{6})\.json")
LISTED = "listed"
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
            entry = {"at": stamp(datetime.now(UTC)), "recording": recording.name, "who": who, "what": what}
            entry["prev"] = _last_link(recording)
            self.sign(recording, f"a{number:06d}.json", json.dumps(entry).encode() + b"\n")

    def sign(self, folder: Path, name: str, content: bytes) -> None:
        """Put a file there, and the hub's signature where it has a key. Raises OSError."""
        write(folder, name, content)
        try:
            signer = keys.existing(self._secrets)
        except FileNotFoundError:
            return
        place = keys.place_of(signer.public, folder)
        if place.name != keys.PUBLIC and not place.exists():  # the hub's key was replaced since
            write(folder, place.name, signer.public)
        write(folder, f"{name}.sig", signer.sign(content))


def _is_known(recording: Path, who: str, what: str) -> bool:
    for path in list(numbered(recording, ACCESS).values())[-1:]:
        with contextlib.suppress(ValueError, KeyError, TypeError):
            said = json.loads(path.read_text("utf-8", "replace"))
            age = datetime.now(UTC) - datetime.fromisoformat(said["at"])
            return (said["who"], said["what"]) == (who, what) and timedelta() <= age < REPEATED
    return False


def _last_link(recording: Path) -> str:
    """SHA-256 of the entry before, or of the checkpoint that the recording ended with."""
    links = list((numbered(recording, ACCESS) or numbered(recording, CHECKPOINT)).values())
    return digest(links[-1].read_bytes()) if links else ""
