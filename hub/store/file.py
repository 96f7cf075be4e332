"""The database file: opened with what survives a power cut, migrated, and set aside when it is broken.

WAL with synchronous=FULL loses nothing in any simulated crash state; SQLite's default pair does
(`docs/decisions`). A damaged file is kept beside the new one; what can still be read is taken over, the
configuration else from the copy made at its last change.
"""

import contextlib
import itertools
import logging
import os
import sqlite3
from importlib import resources
from pathlib import Path

log = logging.getLogger(__name__)

PRAGMAS = (
    "PRAGMA synchronous=FULL",
    "PRAGMA busy_timeout=2000",
    "PRAGMA foreign_keys=ON",
    "PRAGMA temp_store=MEMORY",
    "PRAGMA secure_delete=ON",
)
CONFIGURATION = ("meta", "home", "contacts", "technicians", "buttons", "responses")
HISTORY = ("incidents", "events", "deliveries", "attempts", "faults", "counts")


def open_file(path: Path) -> tuple[sqlite3.Connection, bool]:
    """A writable, migrated database, and whether it is a new one because the old one was damaged.

    Raises sqlite3.Error when the disk does not let it be opened.
    """
    try:
        return _open_sound(path), False
    except (sqlite3.DatabaseError, UnicodeDecodeError) as problem:
        if not (broken(problem) or senseless(problem)):
            raise
    set_aside(path)
    connection = _open_sound(path)
    salvage(path, connection)
    return connection, True


def open_for_reading(path: Path) -> sqlite3.Connection:
    """For a disk that only reads: what is on it, without its write-ahead log if that cannot be opened."""
    connection = _connect(f"{path.absolute().as_uri()}?mode=ro")
    try:
        connection.execute("SELECT count(*) FROM sqlite_master")
    except sqlite3.OperationalError:
        connection.close()
        connection = _connect(f"{path.absolute().as_uri()}?immutable=1")
    return connection


def broken(problem: Exception) -> bool:
    """Whether the file itself is damaged, as opposed to a disk that is full, slow or refuses to write.

    sqlite3 raises UnicodeDecodeError when it quotes a damaged schema.
    """
    if isinstance(problem, UnicodeDecodeError):
        return True
    code = getattr(problem, "sqlite_errorcode", 0) & 0xFF
    return code in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)


def senseless(problem: Exception) -> bool:
    """SQLite can make nothing of it: a damaged header while opening, a wrong statement later."""
    return getattr(problem, "sqlite_errorcode", 0) & 0xFF == sqlite3.SQLITE_ERROR


def _open_sound(path: Path) -> sqlite3.Connection:
    connection = _connect(path.absolute().as_uri())
    try:
        _prepare(connection)
    except BaseException:
        connection.close()
        raise
    return connection


def _connect(uri: str) -> sqlite3.Connection:
    connection = sqlite3.connect(uri, uri=True, isolation_level=None, check_same_thread=False)
    connection.row_factory = sqlite3.Row
    connection.text_factory = lambda text: text.decode(errors="replace")  # a damaged name is still a name
    return connection


def _prepare(connection: sqlite3.Connection) -> None:
    (mode,) = connection.execute("PRAGMA journal_mode=WAL").fetchone()
    if mode != "wal":  # it stays what it was without an error
        raise sqlite3.OperationalError(f"journal_mode is {mode}")
    for pragma in PRAGMAS:
        connection.execute(pragma)
    (answer,) = connection.execute("PRAGMA quick_check(1)").fetchone()
    if answer != "ok":
        raise damaged(answer)
    migrate(connection)
    if _schema(connection) != _schema_as_written():
        raise damaged("the schema is not the one that was written")


def _schema(connection: sqlite3.Connection) -> set[tuple[str, str]]:
    rows = connection.execute("SELECT name, sql FROM sqlite_master WHERE name NOT LIKE 'sqlite_%'")
    return {(name, sql) for name, sql in rows}


def _schema_as_written() -> set[tuple[str, str]]:
    with contextlib.closing(_connect(":memory:")) as fresh:
        migrate(fresh)
        return _schema(fresh)


def damaged(what: str) -> sqlite3.DatabaseError:
    problem = sqlite3.DatabaseError(what)
    problem.sqlite_errorcode = sqlite3.SQLITE_CORRUPT
    return problem


def migrate(connection: sqlite3.Connection) -> None:
    """Numbered files, each in one transaction with its own record (user_version)."""
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    for number, script in _migrations():
        if number > version:
            try:
                connection.executescript(f"BEGIN;\n{script}\nPRAGMA user_version={number};\nCOMMIT;")
            except BaseException:
                if connection.in_transaction:
                    connection.execute("ROLLBACK")
                raise


def _migrations() -> list[tuple[int, str]]:
    files = (f for f in resources.files("hub.store").iterdir() if f.name.endswith(".sql"))
    return sorted((int(f.name[:4]), f.read_text(encoding="utf-8")) for f in files)


def copy_of(path: Path) -> Path:
    return path.with_name(f"{path.name}.copy")


def keep_copy(connection: sqlite3.Connection, path: Path) -> None:
    """After a change of the configuration: a second file to restore it from."""
    part = path.with_name(f"{path.name}.part")
    part.unlink(missing_ok=True)
    with contextlib.closing(sqlite3.connect(part)) as copy:
        connection.backup(copy)
        copy.execute("PRAGMA journal_mode=DELETE")
    part.chmod(0o600)
    _sync(part)
    part.replace(copy_of(path))
    _sync(path.parent)


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def set_aside(path: Path) -> Path:
    """Move the damaged file and its log to `<name>.corrupt-<n>`; nothing is deleted."""
    free = next(p for n in itertools.count(1) if not (p := path.with_name(f"{path.name}.corrupt-{n}")).exists())
    for suffix in ("", "-wal", "-shm"):
        with contextlib.suppress(FileNotFoundError):
            path.with_name(path.name + suffix).rename(free.with_name(free.name + suffix))
    log.warning("the store was damaged and was set aside as %s", free.name)
    return free


def salvage(path: Path, into: sqlite3.Connection) -> None:
    """Fill a new file: row by row from the damaged one, the configuration else from its copy."""
    damaged_ones = sorted(path.parent.glob(f"{path.name}.corrupt-*[0-9]"), key=lambda p: p.stat().st_mtime)
    into.execute("PRAGMA foreign_keys=OFF")
    into.execute("BEGIN")
    for table in (*CONFIGURATION, *HISTORY):
        taken = _take(damaged_ones[-1], table, into) if damaged_ones else 0
        if not taken and table in CONFIGURATION and copy_of(path).exists():
            _take(copy_of(path), table, into)
    into.execute("COMMIT")
    into.execute("PRAGMA foreign_keys=ON")


def _take(source: Path, table: str, into: sqlite3.Connection) -> int:
    taken = 0
    with (
        contextlib.suppress(sqlite3.DatabaseError, UnicodeDecodeError),
        contextlib.closing(_connect(source.absolute().as_uri())) as old,
    ):
        for row in old.execute(f"SELECT * FROM {table}"):  # noqa: S608
            names, gaps = ", ".join(row.keys()), ", ".join("?" * len(row))
            with contextlib.suppress(sqlite3.IntegrityError):
                into.execute(f"INSERT OR IGNORE INTO {table} ({names}) VALUES ({gaps})", tuple(row))  # noqa: S608
                taken += 1
    return taken
