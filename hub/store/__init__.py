"""The store: SQLite in one file, opened by the daemon alone, written by one thread in the order of the requests.

Nothing on the path of a press waits here longer than it wants to: `put` returns a future at once. A disk
that is full, slow or read-only delays the transactions, which stay in memory and are tried again; a damaged
file is set aside and a new one begun.
"""

import asyncio
import logging
import sqlite3
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import TypeVar

from hub.errors import StoreError
from hub.model import Button, Contact, Home, Moment, Technician
from hub.page.changes import Change
from hub.page.codes import Code
from hub.store import file, history, load
from hub.store.asking import Asking
from hub.store.load import Loaded
from hub.store.page import Feigned, Finished, Order, Presence
from hub.store.rows import (
    Actions,
    Box,
    Counted,
    Gone,
    Happening,
    Menu,
    Recipients,
    Seal,
    Statement,
    Worked,
    iso,
    statements,
)
from hub.store.writer import Reports, Transaction, Writer

__all__ = [
    "Actions", "Box", "Counted", "Feigned", "Finished", "Gone", "Happening", "Menu", "Order", "Presence", "Recipients",
    "Seal", "Store", "Worked", "iso",
]  # fmt: skip

log = logging.getLogger(__name__)
T = TypeVar("T")
SLOW = 2.0  # s; a transaction that is not written by then is told
PAUSE = 10.0  # s; between two looks whether a slow disk is quick again
CONFIGURATION = (Home, Contact, Technician, Button, Actions, Order, Code, Change, Gone)
QUICK: Statement = ("INSERT INTO meta VALUES ('quick', '') ON CONFLICT (key) DO UPDATE SET value = ''", ())


@dataclass(slots=True)
class Store:
    """All three are called in the loop's thread. `trouble` with a reason, or None when all works again;
    `replaced` when a damaged file was set aside: put everything again that is in memory;
    `dropped` with the kind of mistake when a transaction was wrong: what was in it is not written, ever.
    """

    path: Path
    trouble: Callable[[str | None], None] = lambda _: None
    replaced: Callable[[], None] = lambda: None
    dropped: Callable[[str], None] = lambda _: None
    _writer: Writer = field(init=False)
    _asking: Asking = field(default_factory=Asking, init=False)
    _loop: asyncio.AbstractEventLoop | None = field(default=None, init=False)
    _opened: "asyncio.Future[None] | None" = field(default=None, init=False)
    _ended: "asyncio.Future[None] | None" = field(default=None, init=False)
    _troubles: dict[str, str] = field(default_factory=dict, init=False)
    _late: "set[asyncio.Future[None]]" = field(default_factory=set, init=False)
    _forgetting: "set[asyncio.Task[None]]" = field(default_factory=set, init=False)
    _looking: "asyncio.Future[None] | None" = field(default=None, init=False)

    def __post_init__(self) -> None:
        reports = Reports(
            opened=lambda: self._in_loop(_settle, self._opened, None),
            ended=lambda: self._in_loop(_settle, self._ended, None),
            trouble=lambda what, why: self._in_loop(self._report, what, why),
            replaced=lambda: self._in_loop(self.replaced),
            dropped=lambda why: self._in_loop(self.dropped, why),
        )
        self._writer = Writer(self.path, reports)

    async def open(self, patience: float = 3.0) -> None:
        """Never fails: on a disk that refuses or hangs, the hub runs from memory and it is tried further."""
        self._loop = asyncio.get_running_loop()
        self._opened, self._ended = self._loop.create_future(), self._loop.create_future()
        self._watch(self._opened, patience)
        self._writer.start()
        await asyncio.wait({self._opened}, timeout=patience)

    async def load(self, now: Moment, patience: float) -> Loaded:
        """What the daemon starts with, as much of it as the disk tells within `patience` seconds; never raises."""
        opened = self._opened is not None and self._opened.done()
        try:
            async with asyncio.timeout(patience):
                loaded = await self._asking.ask(lambda: load.from_disk(self.path, now))
        except Exception as problem:  # noqa: BLE001 - one device's task: without its disk the hub still sounds and is repaired
            log.error("the store cannot be read: %s", type(problem).__name__)
            return Loaded(complete=False)
        loaded.complete &= opened  # else it may be filled just now
        return loaded

    def put(self, *facts: object) -> "asyncio.Future[None]":
        """Write these facts in one transaction; the future is done once they are on the disk.

        It raises StoreError if the transaction itself is wrong. Nobody has to wait for it.
        """
        return self._put(facts, copied=False)

    def put_configuration(self, *facts: object) -> "asyncio.Future[None]":
        """As `put`, and a copy of the configuration is kept beside the file."""
        return self._put(facts, copied=True)

    def execute(self, *lines: Statement) -> "asyncio.Future[None]":
        """As `put`, in SQL; not for the tables of the configuration."""
        return self._enqueue(lines)

    def forget(self, limit: datetime) -> "asyncio.Task[None]":
        """Delete incidents that ended before `limit`; nothing of them is left in any file, if the disk lets it.

        Nobody has to wait for it.
        """
        task = asyncio.create_task(self._forget(limit))
        self._forgetting.add(task)
        task.add_done_callback(self._forgetting.discard)
        task.add_done_callback(lambda t: t.cancelled() or t.exception())  # told as a transaction that was dropped
        return task

    async def _forget(self, limit: datetime) -> None:
        await self._enqueue(history.forget_before(limit), forgets=limit)
        await self.execute()  # follows what is cleared up after the deletion

    async def read(self, question: Callable[[sqlite3.Connection], T]) -> T:
        """Ask on a connection and thread of its own. Raises StoreError when the disk does not answer."""
        return await self._asking.ask(lambda: self._read(question))

    async def read_latest(self, question: Callable[[sqlite3.Connection], T], patience: float = 1.0) -> T | None:
        """Ask once everything put so far is written; None if the disk does not answer in time."""
        if not {"disk", "slow"} & self._troubles.keys():
            await asyncio.wait({self.execute()}, timeout=patience)
        try:
            async with asyncio.timeout(patience):
                return await self.read(question)
        except (StoreError, TimeoutError):
            return None

    async def close(self, patience: float = 3.0) -> None:
        """Write what waits, for `patience` seconds at most."""
        self._writer.put(None)
        if self._ended is not None:
            await asyncio.wait({self._ended}, timeout=patience)
        self._writer.stop()

    def _put(self, facts: Sequence[object], *, copied: bool) -> "asyncio.Future[None]":
        sealed = any(isinstance(fact, CONFIGURATION) for fact in facts)
        return self._enqueue([s for fact in facts for s in statements(fact)], sealed=sealed, copied=copied)

    def _enqueue(
        self, lines: Sequence[Statement], *, sealed: bool = False, copied: bool = False, forgets: datetime | None = None
    ) -> "asyncio.Future[None]":
        self._loop = self._loop or asyncio.get_running_loop()
        written: asyncio.Future[None] = self._loop.create_future()
        self._watch(written, SLOW)
        shown = asyncio.shield(written)  # who gives up waiting does not stop the watch
        shown.add_done_callback(lambda f: f.cancelled() or f.exception())  # nobody has to look

        def done(problem: StoreError | None) -> None:
            self._in_loop(_settle, written, problem)

        self._writer.put(Transaction(lines, done, sealed, copied, forgets))
        return shown

    def _read(self, question: Callable[[sqlite3.Connection], T]) -> T:
        try:
            connection = file.open_for_reading(self.path)
            try:
                return question(connection)
            finally:
                connection.close()
        except file.UNREADABLE as problem:
            raise StoreError(str(problem)) from problem

    def _in_loop(self, call: Callable[..., None], *arguments: object) -> None:
        if self._loop is not None and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(call, *arguments)

    def _report(self, what: str, why: str | None) -> None:
        if why is not None:
            self._troubles[what] = why
        elif self._troubles.pop(what, None) is None:
            return
        self.trouble(next(iter(self._troubles.values()), None))

    # A disk that is slow says nothing of itself. It is well again once a transaction is written quickly.

    def _watch(self, future: "asyncio.Future[None]", seconds: float) -> None:
        assert self._loop is not None
        timer = self._loop.call_later(seconds, self._is_late, future)
        future.add_done_callback(lambda f: self._arrived(f, timer))

    def _is_late(self, future: "asyncio.Future[None]") -> None:
        if "disk" not in self._troubles:  # else it is told already
            self._late.add(future)
            self._report("slow", "slow")

    def _arrived(self, future: "asyncio.Future[None]", timer: asyncio.TimerHandle) -> None:
        assert self._loop is not None
        timer.cancel()
        if future in self._late:
            self._late.discard(future)
            self._loop.call_later(PAUSE if future is self._looking else 0.0, self._look_again)
        elif not self._late:
            self._report("slow", None)

    def _look_again(self) -> None:
        if "slow" in self._troubles and not self._late:
            self._looking = self._enqueue([QUICK])


def _settle(future: "asyncio.Future[None] | None", problem: StoreError | None) -> None:
    if future is None or future.done():
        return
    if problem is None:
        future.set_result(None)
    else:
        future.set_exception(problem)
