"""One SQLite file: how it is opened, and what its errors mean."""

import contextlib
import os
import sqlite3
from collections.abc import Iterator
from pathlib import Path

UNREADABLE = (sqlite3.Error, UnicodeDecodeError, OSError)  # the second when sqlite3 quotes a damaged schema
UNREACHABLE = (sqlite3.SQLITE_IOERR, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_READONLY)


def connect(uri: str) -> sqlite3.Connection:
    """`file:` and a path, or ":memory:"; transactions are begun and ended by hand."""
    connection = sqlite3.connect(uri, uri=True, isolation_level=None, check_same_thread=False)
    connection.row_factory = sqlite3.Row
    connection.text_factory = lambda text: text.decode(errors="replace")  # a damaged name is still a name
    return connection


def uri(path: Path, **options: str) -> str:
    """`options`: of SQLite's file URIs, as mode="ro"."""
    return path.absolute().as_uri() + "?" + "&".join(f"{name}={value}" for name, value in options.items())


def open_for_reading(path: Path) -> sqlite3.Connection:
    """For a disk that only reads: what is on it, without its write-ahead log if that cannot be opened."""
    try:
        return _proven(connect(uri(path, mode="ro")))
    except sqlite3.OperationalError as problem:
        if code_of(problem) not in (sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_READONLY):
            raise
    return _proven(connect(uri(path, mode="ro", immutable="1")))


def _proven(connection: sqlite3.Connection) -> sqlite3.Connection:
    try:
        connection.execute("SELECT count(*) FROM sqlite_master")
    except BaseException:
        connection.close()
        raise
    return connection


@contextlib.contextmanager
def reading(path: Path) -> Iterator[sqlite3.Connection | None]:
    """None if it cannot be opened at all."""
    connection = None
    with contextlib.suppress(*UNREADABLE):
        connection = open_for_reading(path)
    try:
        yield connection
    finally:
        if connection is not None:
            connection.close()


def code_of(problem: Exception) -> int:
    """SQLite's primary result code; 0 for anything that is not SQLite's."""
    return int(getattr(problem, "sqlite_errorcode", 0)) & 0xFF


def broken(problem: Exception) -> bool:
    """Whether the file itself is damaged, as opposed to a disk that is full, slow or refuses to write."""
    if isinstance(problem, UnicodeDecodeError):
        return True
    return code_of(problem) in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)


def senseless(problem: Exception) -> bool:
    """SQLite can make nothing of it: a damaged header while opening, a wrong statement later."""
    return code_of(problem) == sqlite3.SQLITE_ERROR


def unreachable(problem: Exception) -> bool:
    """What a connection may hold on to although the disk is well again: a fresh one helps."""
    return code_of(problem) in UNREACHABLE


def damaged(what: str) -> sqlite3.DatabaseError:
    problem = sqlite3.DatabaseError(what)
    problem.sqlite_errorcode = sqlite3.SQLITE_CORRUPT
    return problem


def sync(path: Path) -> None:
    """A file's content, or a folder's names, onto the disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
