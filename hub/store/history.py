"""Past and present incidents as the command line and the page show them; retention."""

import sqlite3
from datetime import datetime

from hub.answers import Key
from hub.response import Level
from hub.store.rows import Statement, iso

Json = dict[str, object]


def incidents(connection: sqlite3.Connection) -> list[Json]:
    """Newest first."""
    return [_incident(row) for row in connection.execute("SELECT * FROM incidents ORDER BY rowid DESC LIMIT 500")]


def incident(connection: sqlite3.Connection, id: str) -> Json | None:
    """One incident with its events and deliveries, or None."""
    row = connection.execute("SELECT * FROM incidents WHERE id = ?", (id,)).fetchone()
    if row is None:
        return None
    told = {"events": _events(connection, id), "deliveries": _deliveries(connection, id)}
    return {**_incident(row), **told, "answers": _answers(connection, id), "positions": _positions(connection, id)}


def unproven(connection: sqlite3.Connection) -> list[str]:
    """The contacts who have answered no exercise and no alert that is still known."""
    rows = connection.execute("SELECT id FROM contacts WHERE id NOT IN (SELECT contact FROM answers) ORDER BY rowid")
    return [row["id"] for row in rows]


def proven(connection: sqlite3.Connection) -> frozenset[str]:
    """The paths by which something was accepted in an exercise or an alert that is still known."""
    return frozenset(row["path"] for row in connection.execute("SELECT path FROM attempts WHERE result = 'accepted'"))


def counted(connection: sqlite3.Connection, now: datetime) -> tuple[datetime | None, datetime | None]:
    """From when on the days to the next reminder are counted, as it was noted; and the last exercise still known, none
    of a clock that was ahead.
    """
    noted = connection.execute("SELECT value FROM meta WHERE key = 'reminder'").fetchone()
    last = "SELECT max(opened_at) FROM incidents WHERE drill AND opened_at <= ?"
    (exercised,) = connection.execute(last, (iso(now),)).fetchone()
    return noted and datetime.fromisoformat(noted["value"]), exercised and datetime.fromisoformat(exercised)


def _incident(row: sqlite3.Row) -> Json:
    return {
        "id": row["id"],
        "level": Level(row["level"]).word,
        "state": row["state"],
        "drill": bool(row["drill"]),
        "kind": row["kind"],
        "opened_at": row["opened_at"],
        "ended_at": row["ended_at"],
        "by": row["taken_by"],
        "taken_at": row["taken_at"],
        "rounds": row["rounds"],
    }


def _events(connection: sqlite3.Connection, id: str) -> list[Json]:
    rows = connection.execute("SELECT at, what, detail FROM events WHERE incident = ? ORDER BY id", (id,))
    return [dict(row) for row in rows]


def _deliveries(connection: sqlite3.Connection, id: str) -> list[Json]:
    rows = connection.execute(
        "SELECT id, contact, channel, purpose, outcome, begun_at FROM deliveries WHERE incident = ? ORDER BY rowid",
        (id,),
    )
    return [{**dict(row), "attempts": _attempts(connection, row["id"])} for row in rows]


def _attempts(connection: sqlite3.Connection, delivery: str) -> list[Json]:
    rows = connection.execute("SELECT at, path, result, code FROM attempts WHERE delivery = ? ORDER BY id", (delivery,))
    return [dict(row) for row in rows]


def _answers(connection: sqlite3.Connection, id: str) -> list[Json]:
    """Who took charge, or would have, the first first."""
    rows = connection.execute(
        "SELECT contact, at, way, seconds FROM answers WHERE incident = ? AND key = ? ORDER BY rowid", (id, Key.CHARGE)
    )
    return [dict(row) for row in rows]


def _positions(connection: sqlite3.Connection, id: str) -> list[Json]:
    """Where the hub was, as the contacts were told; the first first."""
    rows = connection.execute(
        "SELECT told_at, at, latitude, longitude, radius, source FROM positions WHERE incident = ? ORDER BY rowid",
        (id,),
    )
    return [dict(row) for row in rows]


def forget_before(limit: datetime) -> tuple[Statement, ...]:
    """Delete incidents that ended before `limit`, with their deliveries and texts; anonymous counts stay."""
    return (
        (
            "INSERT INTO counts SELECT substr(opened_at, 1, 7), level, kind, drill, count(*) FROM incidents"
            " WHERE ended_at < ? GROUP BY 1, 2, 3, 4"
            " ON CONFLICT (month, level, kind, drill) DO UPDATE SET incidents = incidents + excluded.incidents",
            (iso(limit),),
        ),
        ("DELETE FROM incidents WHERE ended_at < ?", (iso(limit),)),
    )
