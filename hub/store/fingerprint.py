"""A digest of the configuration, kept beside it: one flipped bit in a telephone number calls a stranger.

SQLite does not notice damage inside a value. A file whose digest does not hold is rebuilt from the copy.
"""

import hashlib
import sqlite3

from hub.store.file import UNREADABLE, damaged

TABLES = (
    "home",
    "contacts",
    "technicians",
    "buttons",
    "rules",
    "button_responses",
    "responses",
    "codes",
    "pending_changes",
)


def of(connection: sqlite3.Connection) -> str:
    """Of the tables that are there: a file from before a migration has fewer."""
    digest, there = hashlib.sha256(), {row[0] for row in connection.execute("SELECT name FROM sqlite_master")}
    for table in (table for table in TABLES if table in there):
        rows = connection.execute(f"SELECT * FROM {table} NOT INDEXED")  # noqa: S608
        for line in sorted(repr((table, row.keys(), tuple(row))) for row in rows):
            digest.update(line.encode(errors="backslashreplace"))
    return digest.hexdigest()


def kept(connection: sqlite3.Connection) -> str | None:
    """None before the first configuration."""
    row = connection.execute("SELECT value FROM meta WHERE key = 'configuration'").fetchone()
    return None if row is None else str(row[0])


def write(connection: sqlite3.Connection) -> None:
    connection.execute(
        "INSERT INTO meta VALUES ('configuration', ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value",
        (of(connection),),
    )


def renew(connection: sqlite3.Connection) -> None:
    """After a migration."""
    if kept(connection) is not None:
        write(connection)


def check(connection: sqlite3.Connection) -> None:
    """Raises an error that means damage, so that the damage is not taken over by the next change."""
    if kept(connection) not in (None, of(connection)):
        raise damaged("the configuration is not the one that was written")


def holds(connection: sqlite3.Connection | None) -> bool:
    """Whether this configuration is certain to be what was written."""
    if connection is None:
        return False
    try:
        return kept(connection) == of(connection)
    except UNREADABLE:
        return False
