"""After a restart: what a recording left without a signature, because the power went, is signed as found."""

import contextlib
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from hub.evidence import clock
from hub.evidence.ballast import making_room
from hub.evidence.folder import (
    CHECKPOINT,
    EVENT,
    NAME,
    SEGMENT,
    RecordingFolder,
    digest,
    is_closed,
    last_write,
    numbered,
    promised,
    stamp,
)
from hub.evidence.keys import OTHERS, PUBLIC, Signer, place_of


def recover(evidence: Path, signer: Signer | None) -> None:
    """Close each recording that says no end; none keeps the next from being closed."""
    if evidence.is_dir():
        for path in sorted(evidence.iterdir()):
            if NAME.fullmatch(path.name) and path.is_dir():
                with contextlib.suppress(OSError):
                    making_room(partial(_close, path, signer), evidence)


def _close(path: Path, signer: Signer | None) -> None:
    for part in path.glob("[!ah]*.part"):  # who looked, and the key for it, are the daemon's, which runs already
        part.unlink(missing_ok=True)
    if _is_closed(path, signer):
        return
    folder, settled = _found(path, signer)
    folder.witness()
    if not is_closed(path):
        facts = {"at": stamp(datetime.now(UTC)), "last": stamp(last_write(path)), "segments": folder.segments}
        folder.note({"what": "recovered", **facts, "synchronised": clock.synchronised()})
    elif settled:
        return
    if signer is not None and not place_of(signer.public, path).exists():
        folder.introduce()
    folder.checkpoint()


def _is_closed(path: Path, signer: Signer | None) -> bool:
    """At a glance: a start must not read a year of recordings."""
    last = list(numbered(path, EVENT).values())[-1:]
    lists = list(numbered(path, CHECKPOINT).values())[-1:]
    if not last or not lists or not (signer is None or _is_signed(lists[0])):
        return False
    return last[0].name in promised(lists[0]) and is_closed(path)


def _found(path: Path, signer: Signer | None) -> tuple[RecordingFolder, bool]:
    """As it lies there, and whether everything is under a signature."""
    found = {kind: numbered(path, kind) for kind in (SEGMENT, EVENT, CHECKPOINT)}
    good = [each for each in found[CHECKPOINT].values() if signer is None or _is_signed(each)]
    signed = {name for checkpoint in good for name in promised(checkpoint)}
    public = [path / PUBLIC, *(file for file in path.iterdir() if OTHERS.fullmatch(file.name))]
    files = [*public, *(file for files in found.values() for file in files.values())]
    unsigned = {file.name: digest(file.read_bytes()) for file in files if file.exists() and file.name not in signed}
    counts = [max(files, default=-1) + 1 for files in found.values()]
    k = int(path.name.rpartition("-")[2])
    folder = RecordingFolder(path, k, signer, counts[0], events=counts[1], checkpoints=counts[2], unsigned=unsigned)
    return folder, unsigned.keys() <= {checkpoint.name for checkpoint in good[-1:]}


def _is_signed(checkpoint: Path) -> bool:
    return checkpoint.with_name(f"{checkpoint.name}.sig").exists()
