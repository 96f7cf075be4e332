"""What the daemon reads at its start. What makes no sense is left where it is and told, never fatal."""

import logging
import sqlite3
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Generic, TypeVar

from hub.answers import Answer
from hub.delivery import Delivery, Outcome
from hub.faults import Fault
from hub.gesture import Kind
from hub.incident import Incident
from hub.model import Button, Contact, Home, Moment, Technician
from hub.page.tries import Tries
from hub.position import Told
from hub.response import CHANNELS, Action
from hub.store import page
from hub.store.file import UNREADABLE, reading
from hub.store.page import LoadedPage
from hub.store.reader import Reader
from hub.store.rebuild import by_trust, copy_of
from hub.store.rows import Menu

log = logging.getLogger(__name__)
T = TypeVar("T")
TO_SEND = (Outcome.QUEUED, Outcome.SENDING)
SENSELESS = (ValueError, TypeError, LookupError, OverflowError)  # of a row


@dataclass(slots=True)
class Loaded:
    """`incidents` are the open ones, oldest first; `deliveries` theirs, and whatever else is still to send;
    `answers` what contacts said to the open ones, `told` where the hub was, as they know it; `menu` the telephone menu
    the provider keeps; `recipients` whom recordings are sealed to, None when that was never chosen; `orphans` the ids
    of open incidents that could not be read, though deliveries of theirs are to be sent.

    `complete` is False when a table had to be given up: load again once the disk is well.
    """

    box: str = ""
    paths: list[str] = field(default_factory=list)
    recipients: tuple[str, ...] | None = None
    home: Home = field(default_factory=Home)
    contacts: list[Contact] = field(default_factory=list)
    technicians: list[Technician] = field(default_factory=list)
    buttons: list[Button] = field(default_factory=list)
    actions: dict[Kind, frozenset[Action]] = field(default_factory=dict)
    incidents: list[Incident] = field(default_factory=list)
    deliveries: list[Delivery] = field(default_factory=list)
    answers: list[Answer] = field(default_factory=list)
    told: list[Told] = field(default_factory=list)
    menu: Menu = field(default_factory=Menu)
    faults: list[Fault] = field(default_factory=list)
    orphans: set[str] = field(default_factory=set)
    page: LoadedPage = field(default_factory=LoadedPage)
    unreadable: int = 0
    complete: bool = True


_META = "SELECT * FROM meta WHERE key = '{}'"


def _value(row: sqlite3.Row) -> str:
    return str(row["value"])


def from_disk(path: Path, now: Moment) -> Loaded:
    """The configuration comes from its copy if the file has lost it."""
    with reading(path) as main, reading(copy_of(path)) as copy:
        return load(main, now, copy)


def load(main: sqlite3.Connection | None, now: Moment, copy: sqlite3.Connection | None = None) -> Loaded:
    """Never raises for what is in the files."""
    loaded, tables = Loaded(), _Tables(Reader(now), main, by_trust(main, copy))
    reader = tables.reader
    loaded.box = next(iter(tables.configured(_META.format("box"), _value)), "")
    loaded.paths = next(iter(tables.configured(_META.format("paths"), _value)), "").split()
    keys = next(iter(tables.configured(_META.format("recipients"), _value)), None)
    loaded.recipients = None if keys is None else tuple(keys.split())
    loaded.home = next(iter(tables.configured("SELECT * FROM home", reader.home)), Home())
    loaded.contacts = tables.configured("SELECT * FROM contacts ORDER BY place, rowid", reader.contact)
    loaded.technicians = tables.configured("SELECT * FROM technicians ORDER BY rowid", reader.technician)
    loaded.buttons = _buttons(tables)
    loaded.actions = _telling(tables.configured("SELECT * FROM responses", reader.action), tables)
    loaded.incidents = tables.stored(_INCIDENTS, reader.incident)
    sent = tables.stored(_DELIVERIES, lambda row: (reader.delivery(row), row["state"]), instead=_TO_SEND)
    loaded.deliveries = [delivery for delivery, _ in sent]
    known = {incident.id for incident in loaded.incidents}
    loaded.orphans = {d.incident for d, state in sent if d.outcome in TO_SEND and state != "resolved"} - known
    loaded.answers = tables.stored(_ANSWERS, reader.answer)
    loaded.told = tables.stored(_POSITIONS, reader.told)
    loaded.menu = next(iter(tables.stored("SELECT * FROM provider", reader.menu)), Menu())
    loaded.faults = tables.stored("SELECT * FROM faults WHERE restored IS NULL OR told IS NOT NULL", reader.fault)
    loaded.page = _page(tables)
    loaded.unreadable, loaded.complete = tables.unreadable, tables.complete
    return loaded


def _page(tables: "_Tables") -> LoadedPage:
    reader, asked = tables.reader, page.QUESTIONS

    def meta(key: str) -> str | None:
        return next(iter(tables.configured(_META.format(key), _value)), None)

    return LoadedPage(
        next(iter(tables.configured(_META.format("recipe"), page.recipe)), None),
        tables.configured(asked["codes"], page.code),
        tables.configured(asked["changes"], lambda row: page.change(reader, row)),
        next(iter(tables.stored(asked["throttle"], lambda row: page.tries(reader, row))), Tries()),
        tables.stored(asked["visits"], lambda row: page.visit(reader, row)),
        {"yes": True, "no": False}.get(meta("lives_here") or ""),
        meta("finished") is not None,
        tables.stored(asked["feigned"], lambda row: page.feigned(reader, row)),
    )


def _buttons(tables: "_Tables") -> list[Button]:
    """A button whose rules or own response cannot be read is still heard; what cannot be read is counted."""
    reader = tables.reader
    buttons = tables.configured("SELECT * FROM buttons ORDER BY rowid", reader.button)
    rules = tables.configured("SELECT * FROM rules ORDER BY button, number", reader.rule)
    own = tables.configured("SELECT * FROM button_responses", reader.own_action)
    seals = tables.stored("SELECT * FROM seals ORDER BY number", reader.seal)
    return [
        replace(
            button,
            rules=tuple(rule for id, rule in rules if id == button.id),
            actions=_telling([(kind, action) for id, kind, action in own if id == button.id], tables),
            seals=tuple(seal for id, seal in seals if id == button.id),
        )
        for button in buttons
    ]


_INCIDENTS = "SELECT * FROM incidents WHERE state <> 'resolved' ORDER BY rowid"
_ANSWERS = """
SELECT a.* FROM answers a JOIN incidents i ON i.id = a.incident WHERE i.state <> 'resolved' ORDER BY a.rowid
"""
_POSITIONS = """
SELECT p.* FROM positions p JOIN incidents i ON i.id = p.incident WHERE i.state <> 'resolved' ORDER BY p.rowid
"""
_DELIVERIES = """
SELECT d.*, i.state FROM deliveries d LEFT JOIN incidents i ON i.id = d.incident
WHERE i.state <> 'resolved' OR d.outcome IN ('queued', 'sending') ORDER BY d.rowid
"""
_TO_SEND = "SELECT d.*, NULL AS state FROM deliveries d WHERE d.outcome IN ('queued', 'sending') ORDER BY d.rowid"


@dataclass(frozen=True, slots=True)
class _Table(Generic[T]):
    rows: list[T]
    bad: int
    whole: bool

    @property
    def sound(self) -> bool:
        return self.whole and not self.bad


@dataclass(slots=True)
class _Tables:
    """`sources`: where the configuration is to be read, the better one first."""

    reader: Reader
    main: sqlite3.Connection | None
    sources: list[sqlite3.Connection | None]
    unreadable: int = 0
    complete: bool = True

    def configured(self, question: str, convert: Callable[[sqlite3.Row], T]) -> list[T]:
        """From the first source that is sound, or else from the one that tells most."""
        return self._best([self._read(source, question, convert) for source in self.sources])

    def stored(self, question: str, convert: Callable[[sqlite3.Row], T], instead: str = "") -> list[T]:
        """`instead`: a question that asks for less, if the first cannot be answered to its end."""
        tables = [self._read(self.main, question, convert)]
        if instead and not tables[0].whole:
            self.complete = False
            tables.append(self._read(self.main, instead, convert))
        return self._best(tables)

    def _best(self, tables: list[_Table[T]]) -> list[T]:
        best = next((table for table in tables if table.sound), None)
        best = best or max(tables, key=lambda table: (table.whole, len(table.rows)))
        self.unreadable += best.bad
        self.complete &= best.whole
        return best.rows

    def _read(self, source: sqlite3.Connection | None, question: str, convert: Callable[[sqlite3.Row], T]) -> _Table[T]:
        good: list[T] = []
        bad, name = 0, question.split("FROM ")[1].split()[0]
        whole = source is not None
        try:
            for row in () if source is None else source.execute(question):
                mended = self.reader.mended
                try:
                    good.append(convert(row))
                    bad += self.reader.mended > mended
                except SENSELESS as problem:
                    bad += 1
                    log.error("a row cannot be read (%s): %s", name, type(problem).__name__)
        except UNREADABLE as problem:
            whole = False
            log.error("a table cannot be read to its end (%s): %s", name, type(problem).__name__)
        return _Table(good, bad, whole)


def _telling(rows: list[tuple[Kind, Action]], tables: _Tables) -> dict[Kind, frozenset[Action]]:
    """What remains of a gesture's actions is in force only if somebody is told: else what every hub begins with is."""
    actions: dict[Kind, set[Action]] = {}
    for kind, action in rows:
        actions.setdefault(kind, set()).add(action)
    telling = {kind: frozenset(chosen) for kind, chosen in actions.items() if chosen & set(CHANNELS)}
    tables.unreadable += len(actions) - len(telling)
    return telling
