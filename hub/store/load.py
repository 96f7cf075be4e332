"""What the daemon reads at its start. A row that makes no sense is left where it is and told, never fatal."""

import logging
import sqlite3
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeVar

from hub.delivery import Delivery
from hub.faults import Fault
from hub.gesture import Kind
from hub.incident import Incident
from hub.model import Button, Contact, Home, Moment, Technician
from hub.response import Action
from hub.store.reader import Reader

log = logging.getLogger(__name__)
T = TypeVar("T")


@dataclass(slots=True)
class Loaded:
    """`incidents` are the open ones, oldest first; `deliveries` theirs, and all-clears still to send."""

    home: Home = field(default_factory=Home)
    contacts: list[Contact] = field(default_factory=list)
    technicians: list[Technician] = field(default_factory=list)
    buttons: list[Button] = field(default_factory=list)
    actions: dict[Kind, set[Action]] = field(default_factory=dict)
    incidents: list[Incident] = field(default_factory=list)
    deliveries: list[Delivery] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    unreadable: int = 0


def load(connection: sqlite3.Connection, now: Moment) -> Loaded:
    """Never raises for the content of a row; sqlite3.Error when the file cannot be read at all."""
    loaded, reader = Loaded(), Reader(now)

    def rows(question: str, convert: Callable[[sqlite3.Row], T]) -> list[T]:
        return _readable(connection, question, convert, loaded)

    loaded.home = next(iter(rows("SELECT * FROM home", reader.home)), Home())
    loaded.contacts = rows("SELECT * FROM contacts ORDER BY rowid", reader.contact)
    loaded.technicians = rows("SELECT * FROM technicians ORDER BY rowid", reader.technician)
    loaded.buttons = rows("SELECT * FROM buttons ORDER BY rowid", reader.button)
    for kind, action in rows("SELECT * FROM responses", reader.action):
        loaded.actions.setdefault(kind, set()).add(action)
    loaded.incidents = rows("SELECT * FROM incidents WHERE state <> 'resolved' ORDER BY rowid", reader.incident)
    loaded.deliveries = rows(_DELIVERIES, reader.delivery)
    loaded.faults = rows("SELECT * FROM faults WHERE restored IS NULL", reader.fault)
    return loaded


_DELIVERIES = """
SELECT d.* FROM deliveries d JOIN incidents i ON i.id = d.incident
WHERE i.state <> 'resolved' OR d.outcome IN ('queued', 'sending') ORDER BY d.rowid
"""


def _readable(
    connection: sqlite3.Connection, question: str, convert: Callable[[sqlite3.Row], T], loaded: Loaded
) -> list[T]:
    good = []
    for row in connection.execute(question):
        try:
            good.append(convert(row))
        except (ValueError, TypeError, KeyError) as problem:
            loaded.unreadable += 1
            log.error("a row cannot be read (%s): %s", question.split("FROM ")[1].split()[0], type(problem).__name__)
    return good
