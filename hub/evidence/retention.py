"""Which recordings are deleted from the hub: those kept long enough, and those off-site when the disk is nearly full.

The running one never is, nor one that should be off-site and is not. Of each a signed note stays.
"""

import contextlib
import json
import os
import shutil
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

from hub.config.sections import Evidence
from hub.evidence import clock
from hub.evidence.access import Access
from hub.evidence.background import step_back
from hub.evidence.ballast import is_full, lay, making_room
from hub.evidence.folder import (
    ACCESS,
    CHECKPOINT,
    DELETED,
    NAME,
    SEGMENT,
    contents,
    digest,
    events,
    is_closed,
    last_write,
    numbered,
    promised,
    segments,
    stamp,
)
from hub.evidence.notes import PREV, unnamed
from hub.evidence.offsite import is_offsite
from hub.evidence.write import make_folder, sync

SPARE_BYTES = 500 * 1024 * 1024  # some eight hours of recording at 16 kHz
FILE_BYTES = 16 * 1024  # as many for each file: a card with small ones runs out of names before it runs out of room
WHO = {"kept": "retention", "space": "space"}  # by why; a person is named as in the entries of who looked


@dataclass(frozen=True, slots=True)
class Kept:
    """A recording on the disk. `offsite`: all of it; `dated`: its times are those of a clock that was set."""

    path: Path
    ended: datetime
    bytes: int
    closed: bool
    offsite: bool
    dated: bool


@dataclass(frozen=True, slots=True)
class Rules:
    """`keep`: how long, None for ever; `elsewhere`: whether recordings should be off-site."""

    keep: timedelta | None
    elsewhere: bool

    def eldest(self, now: datetime, lacking: int) -> datetime | None:
        """Only what ended before may be due; None: nothing is."""
        if lacking > 0:
            return now
        return None if self.keep is None else now - self.keep


def main(config: Evidence, state: Path) -> int:
    """Sweep once, and say what came of it on standard output."""
    step_back()
    rules = Rules(timedelta(days=config.keep_days) if config.keep_days else None, bool(config.offsite_url))
    print(json.dumps(sweep(state / "evidence", state / "keys", rules)), flush=True)
    return 0


def doomed(kept: Iterable[Kept], rules: Rules, now: datetime, lacking: int) -> Iterator[tuple[Kept, str]]:
    """What is to be deleted and why, "kept" or "space", the oldest first; `lacking`: bytes that are to be made free."""
    for one in sorted(kept, key=lambda one: one.ended):
        if not one.closed or (rules.elsewhere and not one.offsite):
            continue
        if rules.keep is not None and one.dated and now - one.ended > rules.keep:
            lacking -= one.bytes
            yield one, "kept"
        elif lacking > 0 and one.offsite:
            lacking -= one.bytes
            yield one, "space"


def sweep(evidence: Path, secrets: Path, rules: Rules) -> dict[str, object]:
    """Delete what is due. "short": whether the disk was nearly full before; "deleted": how many. Raises OSError."""
    free = _free(evidence.parent)
    access = Access(secrets)
    _clear(evidence / DELETED, access)
    if not clock.synchronised():  # a clock that is years ahead must delete nothing
        rules = Rules(None, rules.elsewhere)
    now, lacking = datetime.now(UTC), SPARE_BYTES - free
    due = list(doomed(_kept(evidence, rules.eldest(now, lacking)), rules, now, lacking))
    for one, why in due:
        _delete(one, why, access)
    with contextlib.suppress(OSError):  # somebody else was quicker: there is none then
        lay(evidence)
    return {"short": free < SPARE_BYTES, "deleted": len(due)}


def _free(folder: Path) -> int:
    """Bytes, or as many as the files that can still be made would have."""
    disk = os.statvfs(folder)
    room = disk.f_bavail * disk.f_frsize
    return min(room, disk.f_favail * FILE_BYTES) if disk.f_files else room


def _kept(evidence: Path, until: datetime | None) -> Iterator[Kept]:
    """Those that ended before; the others need not be looked into, each hour."""
    if until is None or not evidence.is_dir():
        return
    for path in evidence.iterdir():
        if NAME.fullmatch(path.name) and (ended := last_write(path)) < until:
            yield Kept(path, ended, _size(path), is_closed(path), is_offsite(path), _is_dated(path))


def _is_dated(recording: Path) -> bool:
    """The times of its files are those of the clock of then: one that was years behind makes it look old. What is said
    of one that was cut off, at the next start, may be: its sound came before, and the later of the two counts.
    """
    said = {str(event.get("what")): event.get("synchronised") for event in events(recording)}
    return said.get("start") is True and said.get("end", True) is True


def _size(folder: Path) -> int:
    return sum(file.st_blocks * 512 for _, file in contents(folder))


def _delete(one: Kept, why: str, access: Access) -> None:
    """From the moment it is out of its place, it is gone for everybody. That needs no room."""
    notes = one.path.parent / DELETED
    if not notes.is_dir():
        making_room(lambda: make_folder(notes), one.path.parent)
    one.path.rename(notes / f"{one.path.name}.{why}")
    sync(notes)
    _clear(notes, access)


def _clear(notes: Path, access: Access) -> None:
    """First the note, then the rest; also of what a power cut left half deleted.

    Where even a note finds no room the sound goes first: the note can be made of what is left, when there is some.
    """
    for gone in [path for path in notes.glob("*") if NAME.match(path.name) and path.is_dir()]:
        try:
            making_room(partial(_note, gone, access), notes.parent)
        except OSError as problem:
            if not is_full(problem):
                raise
            for path in segments(gone).values():
                path.unlink()
        else:
            shutil.rmtree(gone)
        os.sync()


def _note(gone: Path, access: Access) -> None:
    name, _, why = gone.name.partition(".")
    said = gone.with_name(f"{name}.json")  # there already, where the power went after it
    if said.exists():
        return
    last = [path for kind in (CHECKPOINT, ACCESS) for path in list(numbered(gone, kind).values())[-1:]]
    signed = {file for path in numbered(gone, CHECKPOINT).values() for file in promised(path)}
    note = {
        "recording": name,
        "deleted": stamp(datetime.now(UTC)),
        "who": WHO.get(why, why),
        "why": why,
        "ended": stamp(last_write(gone)),
        "segments": sum(SEGMENT.fullmatch(file) is not None for file in signed),
        "last": {path.name: digest(path.read_bytes()) for path in last},
        "offsite": is_offsite(gone),
        PREV: unnamed(gone.parent),
    }
    access.sign(gone.parent, said.name, json.dumps(note).encode() + b"\n")
