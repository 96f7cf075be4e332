"""The tables: numbered migrations, and whether a file still has the structure they give."""

import contextlib
import sqlite3
from collections.abc import Iterable
from importlib import resources

from hub.store import fingerprint
from hub.store.file import connect

CONFIGURATION = fingerprint.TABLES
HISTORY = (
    "incidents",
    "events",
    "deliveries",
    "attempts",
    "faults",
    "counts",
    "seals",
    "answers",
    "provider",
    "positions",
    "throttle",
    "feigned",
    "visits",
)
Steps = Iterable[tuple[int, str]]


def shipped() -> Steps:
    files = (f for f in resources.files("hub.store").iterdir() if f.name.endswith(".sql"))
    return sorted((int(f.name[:4]), f.read_text(encoding="utf-8")) for f in files)


def migrate(connection: sqlite3.Connection, steps: Steps | None = None) -> None:
    """Numbered files, each in one transaction with its own record (user_version)."""
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    for number, script in shipped() if steps is None else steps:
        if number > version:
            try:
                connection.executescript(f"BEGIN;\n{script}\nPRAGMA user_version={number};")
                fingerprint.renew(connection)  # a new column counts too
                connection.execute("COMMIT")
            except BaseException:
                if connection.in_transaction:
                    connection.execute("ROLLBACK")
                raise


def as_shipped(connection: sqlite3.Connection) -> bool:
    """Whether tables, columns, indexes and references are what the migrations make; their wording is free."""
    with contextlib.closing(connect(":memory:")) as fresh:
        migrate(fresh)
        return structure(connection) == structure(fresh)


def structure(connection: sqlite3.Connection) -> set[tuple[object, ...]]:
    names = connection.execute("SELECT type, name, tbl_name FROM sqlite_master WHERE name NOT LIKE 'sqlite_%'")
    found: set[tuple[object, ...]] = {tuple(row) for row in names}
    for pragma in ("table_xinfo", "index_list", "foreign_key_list"):
        found |= {
            (pragma, *row)
            for row in connection.execute(
                f"SELECT t.name, p.* FROM sqlite_master t JOIN pragma_{pragma}(t.name) p WHERE t.type = 'table'"  # noqa: S608
            )
        }
    indexes = "SELECT i.name, p.* FROM sqlite_master i JOIN pragma_index_info(i.name) p WHERE i.type = 'index'"
    return found | {("index_info", *row) for row in connection.execute(indexes)}
