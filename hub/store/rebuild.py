"""A second life for a damaged file: the copy of the configuration, and a new file filled with what can be read.

Whatever is built is built under another name and put in place whole: a power cut, or a disk that is full,
leaves the old file where it was, and it is tried again later.
"""

import contextlib
import itertools
import logging
import sqlite3
from collections.abc import Iterable, Iterator
from datetime import datetime
from pathlib import Path

from hub.store import fingerprint
from hub.store.file import UNREADABLE, connect, reading, sync, uri
from hub.store.schema import CONFIGURATION, HISTORY, migrate

log = logging.getLogger(__name__)


def copy_of(path: Path) -> Path:
    return path.with_name(f"{path.name}.copy")


def keep_copy(connection: sqlite3.Connection, path: Path) -> None:
    """After a change of the configuration, and of nothing else: what is to be forgotten stays in one place."""
    with _building(path) as new:
        for table in ("meta", *CONFIGURATION):
            _insert(table, connection.execute(f"SELECT * FROM {table}"), new)  # noqa: S608
    _part(path).replace(copy_of(path))
    sync(path.parent)


def rebuild(path: Path) -> None:
    """Put a new file in place of the damaged one, which is set aside."""
    with _building(path) as new, reading(path) as old, reading(copy_of(path)) as copy:
        for table in ("meta", *CONFIGURATION):
            any(_insert(table, _readable(source, table), new) for source in by_trust(old, copy))
        for table in HISTORY:
            _insert(table, _readable(old, table), new)
        fingerprint.write(new)
    _set_aside(path)
    _part(path).replace(path)
    sync(path.parent)


def by_trust(old: sqlite3.Connection | None, copy: sqlite3.Connection | None) -> list[sqlite3.Connection | None]:
    """Where the configuration is to be read: the one that is certain, or else one after the other."""
    certain: list[sqlite3.Connection | None] = [source for source in (old, copy) if fingerprint.holds(source)]
    return certain[:1] or [old, copy]


def forget(path: Path, limit: datetime) -> None:
    """Delete the damaged files that were last written before `limit`."""
    for old in path.parent.glob(f"{path.name}.corrupt-*"):
        if old.stat().st_mtime < limit.timestamp():
            old.unlink()


def _part(path: Path) -> Path:
    return path.with_name(f"{path.name}.part")


@contextlib.contextmanager
def _building(path: Path) -> Iterator[sqlite3.Connection]:
    """A new file under its passing name, on the disk when this ends; gone if it could not be finished."""
    part = _part(path)
    part.unlink(missing_ok=True)
    try:
        part.touch(mode=0o600)
        with contextlib.closing(connect(uri(part))) as new:
            new.execute("PRAGMA journal_mode=MEMORY")
            migrate(new)
            new.execute("BEGIN")
            yield new
            new.execute("COMMIT")
        sync(part)
    except BaseException:
        with contextlib.suppress(OSError):
            part.unlink(missing_ok=True)
        raise


def _readable(source: sqlite3.Connection | None, table: str) -> Iterator[sqlite3.Row]:
    """As far as it can be read."""
    if source is not None:
        with contextlib.suppress(*UNREADABLE):
            yield from source.execute(f"SELECT * FROM {table}")  # noqa: S608


def _insert(table: str, rows: Iterable[sqlite3.Row], into: sqlite3.Connection) -> int:
    """How many. A row that breaks a constraint is left out; any other error is the new file's own."""
    wanted = {row["name"] for row in into.execute(f"PRAGMA table_info({table})")}
    taken = 0
    for row in rows:
        values = {name: row[name] for name in row.keys() if name in wanted}  # noqa: SIM118 - a Row
        names, gaps = ", ".join(values), ", ".join("?" * len(values))
        with contextlib.suppress(sqlite3.IntegrityError):
            into.execute(f"INSERT OR IGNORE INTO {table} ({names}) VALUES ({gaps})", tuple(values.values()))  # noqa: S608
            taken += 1
    return taken


def _set_aside(path: Path) -> None:
    """Keep the damaged file and its log as `<name>.corrupt-<n>`. The file keeps its own name until it is replaced."""
    free = next(p for n in itertools.count(1) if not (p := path.with_name(f"{path.name}.corrupt-{n}")).exists())
    for suffix in ("-wal", "-shm"):
        with contextlib.suppress(FileNotFoundError):
            path.with_name(path.name + suffix).rename(free.with_name(free.name + suffix))
    with contextlib.suppress(FileNotFoundError):
        free.hardlink_to(path)
    log.warning("the store was damaged and was set aside as %s", free.name)
