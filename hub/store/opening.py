"""The store's own file: opened with what survives a power cut, checked, migrated, rebuilt when it is broken.

WAL with synchronous=FULL loses nothing in any simulated crash state; SQLite's default pair does
(`docs/decisions`). A damaged file is kept beside the new one; what can still be read is taken over, the
configuration else from the copy made at its last change.
"""

import sqlite3
from pathlib import Path

from hub.store import fingerprint, schema
from hub.store.file import broken, connect, damaged, reading, senseless, uri
from hub.store.rebuild import copy_of, rebuild

LATEST_VERSION = 2  # of SQLite's file format, for writing and for reading: it has a write-ahead log
PRAGMAS = (
    "PRAGMA synchronous=FULL",
    "PRAGMA busy_timeout=2000",
    "PRAGMA foreign_keys=ON",
    "PRAGMA temp_store=MEMORY",
    "PRAGMA secure_delete=ON",
)


def open_file(path: Path) -> tuple[sqlite3.Connection, bool]:
    """A writable, migrated database, and whether it is a new one because the old one was damaged.

    Raises sqlite3.Error or OSError when the disk does not let it be opened.
    """
    try:
        return _open_sound(path), False
    except (sqlite3.DatabaseError, UnicodeDecodeError) as problem:
        if not (broken(problem) or senseless(problem)):
            raise
    rebuild(path)
    return _open_sound(path), True


def _open_sound(path: Path) -> sqlite3.Connection:
    connection = connect(uri(path))
    try:
        _prepare(connection)
        _check_versions(path)
        _check_configuration(connection, path)
        schema.migrate(connection)
        if not schema.as_shipped(connection):
            raise damaged("the schema is not the one that was written")
    except BaseException:
        connection.close()
        raise
    return connection


def _prepare(connection: sqlite3.Connection) -> None:
    (mode,) = connection.execute("PRAGMA journal_mode=WAL").fetchone()
    if mode != "wal":  # it stays what it was without an error
        raise sqlite3.OperationalError(f"journal_mode is {mode}")
    for pragma in PRAGMAS:
        connection.execute(pragma)
    (answer,) = connection.execute("PRAGMA integrity_check(1)").fetchone()
    if answer != "ok":
        raise damaged("the file is not sound")


def _check_versions(path: Path) -> None:
    """With a later one of these SQLite reads the file and never writes to it, and says so at the first change only."""
    with path.open("rb") as file:
        if max(file.read(20)[18:], default=0) > LATEST_VERSION:
            raise damaged("the file is of a later version")


def _check_configuration(connection: sqlite3.Connection, path: Path) -> None:
    """Before any migration: it is as it was written, and not lost while there is a copy of it."""
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    if version and fingerprint.kept(connection) is not None:
        fingerprint.check(connection)
        return
    with reading(copy_of(path)) as copy:
        if fingerprint.holds(copy):
            raise damaged("the configuration is lost")
