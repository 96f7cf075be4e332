"""Whom recordings are sealed to, in a small file beside the signing key: the recorder reads it where the daemon does
not know, because the store cannot be read. It is a list of recipients as `age -R` takes it.
"""

import contextlib
from collections.abc import Sequence
from pathlib import Path

from hub.evidence.seal import is_recipient
from hub.evidence.write import write

Keys = tuple[str, ...]
NAME = "recipients.txt"
HEAD = "# recordings are sealed to"


def kept(folder: Path) -> Keys | None:
    """The age public keys in the file; None when there is no file, or no whole one."""
    with contextlib.suppress(OSError):
        head, *keys = (folder / NAME).read_text("utf-8", "replace").splitlines() or [""]
        if head == f"{HEAD} {len(keys)}" and all(map(is_recipient, keys)):
            return tuple(keys)
    return None


def keep(folder: Path, keys: Sequence[str]) -> None:
    """Write the file. Raises OSError."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    write(folder, NAME, "".join(f"{line}\n" for line in (f"{HEAD} {len(keys)}", *keys)).encode())


def settled(now: Keys, stored: Keys | None, kept: Keys | None, complete: bool) -> tuple[Keys, bool]:
    """Which keys hold, and whether that is known. `stored` None: the store has none; `complete`: all of it was read."""
    if stored is not None:
        return stored, True
    if complete:  # never chosen; or the store is a new one
        return now or kept or (), True
    return now if kept is None else kept, False
