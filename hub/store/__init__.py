"""The store: SQLite in one file, opened by the daemon alone, written by one thread in the order of the requests.

Nothing on the path of a press waits here longer than it wants to: `put` returns a future at once. A disk
that is full, slow or read-only delays the transactions, which stay in memory and are tried again; a damaged
file is set aside and a new one begun. Several waiting transactions are committed together.
"""

import asyncio
import contextlib
import queue
import sqlite3
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

from hub.errors import StoreError
from hub.store import file
from hub.store.rows import Actions, Gone, Happening, Statement, iso, statements

__all__ = ["Actions", "Gone", "Happening", "Store", "iso"]

T = TypeVar("T")
RETRY = (0.2, 5.0)  # s; first and longest wait before a transaction is tried again
WRONG = (sqlite3.IntegrityError, sqlite3.ProgrammingError, sqlite3.InterfaceError)  # the statement, not the disk
TOGETHER = 200  # transactions in one commit at most


@dataclass(slots=True)
class _Transaction:
    statements: Sequence[Statement]
    done: Callable[[Exception | None], None]
    configuration: bool = False


@dataclass(slots=True)
class Store:
    """`trouble` is called in the loop's thread with a reason, or None when writing works again;
    `replaced` when a damaged file was set aside: put everything again that is in memory.
    """

    path: Path
    trouble: Callable[[str | None], None] = lambda _: None
    replaced: Callable[[], None] = lambda: None
    _queue: "queue.SimpleQueue[_Transaction | None]" = field(default_factory=queue.SimpleQueue, init=False)
    _connection: sqlite3.Connection | None = field(default=None, init=False)
    _stopping: threading.Event = field(default_factory=threading.Event, init=False)
    _thread: threading.Thread | None = field(default=None, init=False)
    _loop: asyncio.AbstractEventLoop | None = field(default=None, init=False)
    _failing: bool = field(default=False, init=False)
    _replacing: bool = field(default=False, init=False)

    async def open(self) -> None:
        """Never fails: on a disk that refuses, the hub runs from memory and tries again."""
        self._loop = asyncio.get_running_loop()
        opened: asyncio.Future[None] = self._loop.create_future()
        self._thread = threading.Thread(target=self._work, args=(opened,), name="store", daemon=True)
        self._thread.start()
        await opened

    def put(self, *facts: object) -> "asyncio.Future[None]":
        """Write these facts in one transaction; the future is done once they are on the disk.

        It raises StoreError if the transaction itself is wrong. Nobody has to wait for it.
        """
        return self._enqueue([s for fact in facts for s in statements(fact)], configuration=False)

    def put_configuration(self, *facts: object) -> "asyncio.Future[None]":
        """As `put`, and a copy of the whole file is kept beside it."""
        return self._enqueue([s for fact in facts for s in statements(fact)], configuration=True)

    def execute(self, *lines: Statement) -> "asyncio.Future[None]":
        """As `put`, in SQL."""
        return self._enqueue(lines, configuration=False)

    async def read(self, question: Callable[[sqlite3.Connection], T]) -> T:
        """Ask on a connection and thread of its own. Raises StoreError when the disk does not answer."""
        return await asyncio.to_thread(self._read, question)

    async def read_latest(self, question: Callable[[sqlite3.Connection], T], patience: float = 1.0) -> T | None:
        """Ask once everything put so far is written; None if the disk does not answer in time."""
        await asyncio.wait({self.execute()}, timeout=patience)
        try:
            async with asyncio.timeout(patience):
                return await self.read(question)
        except (StoreError, TimeoutError):
            return None

    async def close(self, patience: float = 3.0) -> None:
        """Write what waits, for `patience` seconds at most."""
        self._queue.put(None)
        if self._thread is not None:
            await asyncio.to_thread(self._thread.join, patience)
        self._stopping.set()

    def _enqueue(self, lines: Sequence[Statement], *, configuration: bool) -> "asyncio.Future[None]":
        loop = self._loop or asyncio.get_running_loop()
        future: asyncio.Future[None] = loop.create_future()
        future.add_done_callback(lambda f: f.cancelled() or f.exception())  # nobody has to look

        def done(problem: Exception | None) -> None:
            self._in_loop(_settle, future, problem)

        self._queue.put(_Transaction(lines, done, configuration))
        return future

    def _read(self, question: Callable[[sqlite3.Connection], T]) -> T:
        try:
            connection = file.open_for_reading(self.path)
            try:
                return question(connection)
            finally:
                connection.close()
        except (sqlite3.Error, UnicodeDecodeError) as problem:
            raise StoreError(str(problem)) from problem

    def _in_loop(self, call: Callable[..., None], *arguments: object) -> None:
        if self._loop is not None and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(call, *arguments)

    # What follows runs in the store's own thread.

    def _work(self, opened: "asyncio.Future[None]") -> None:
        self._connect()
        self._in_loop(_settle, opened, None)
        while (first := self._queue.get()) is not None:
            batch, ended = self._waiting(first)
            self._commit(batch)
            if ended:
                break
        if self._connection is not None:
            self._connection.close()

    def _waiting(self, first: _Transaction) -> tuple[list[_Transaction], bool]:
        batch = [first]
        while len(batch) < TOGETHER and not self._queue.empty():
            following = self._queue.get()
            if following is None:
                return batch, True
            batch.append(following)
        return batch, False

    def _commit(self, batch: list[_Transaction]) -> None:
        wait = RETRY[0]
        while not self._try(batch):
            if self._stopping.wait(wait):
                return
            wait = min(2 * wait, RETRY[1])

    def _try(self, batch: list[_Transaction]) -> bool:
        """Whether the batch is dealt with; False means: later, the disk does not take it."""
        try:
            self._write(batch)
        except (sqlite3.Error, OSError, UnicodeDecodeError) as problem:
            if isinstance(problem, WRONG) or file.senseless(problem):
                return self._alone(batch, problem)
            self._failed(problem)
            return False
        if any(transaction.configuration for transaction in batch):
            self._keep_copy()
        self._worked()
        for transaction in batch:
            transaction.done(None)
        return True

    def _alone(self, batch: list[_Transaction], problem: Exception) -> bool:
        """One wrong transaction must not take its neighbours with it, nor be tried for ever."""
        if len(batch) == 1:
            batch[0].done(StoreError(str(problem)))
        else:
            for transaction in batch:
                self._commit([transaction])
        return True

    def _write(self, batch: list[_Transaction]) -> None:
        connection = self._connection or self._connect()
        if connection is None:
            raise sqlite3.OperationalError("the file cannot be opened")
        connection.execute("BEGIN IMMEDIATE")
        try:
            for transaction in batch:
                for sql, values in transaction.statements:
                    connection.execute(sql, values)
            connection.execute("COMMIT")
        except BaseException:
            if connection.in_transaction:
                connection.execute("ROLLBACK")
            raise

    def _keep_copy(self) -> None:
        try:
            assert self._connection is not None
            file.keep_copy(self._connection, self.path)
        except (sqlite3.Error, OSError) as problem:
            self._failed(problem)

    def _connect(self) -> sqlite3.Connection | None:
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            if not self.path.exists():
                self.path.touch(mode=0o600)  # its log takes the same mode
            connection, replaced = file.open_file(self.path)
            if self._replacing:
                file.salvage(self.path, connection)
            if replaced or self._replacing:
                self._replacing = False
                self._in_loop(self.replaced)
            self._connection = connection
        except (sqlite3.Error, OSError, UnicodeDecodeError) as problem:
            self._failed(problem)
        return self._connection

    def _failed(self, problem: Exception) -> None:
        self._failing = True
        self._in_loop(self.trouble, str(problem))
        if self._connection is not None and file.broken(problem):
            self._replace(self._connection)

    def _replace(self, connection: sqlite3.Connection) -> None:
        self._connection, self._replacing = None, True
        with contextlib.suppress(sqlite3.Error):
            connection.close()
        with contextlib.suppress(OSError):  # a disk that refuses this too: opening it again finds it broken again
            file.set_aside(self.path)

    def _worked(self) -> None:
        if self._failing:
            self._failing = False
            self._in_loop(self.trouble, None)


def _settle(future: "asyncio.Future[None]", problem: Exception | None) -> None:
    if future.done():
        return
    if problem is None:
        future.set_result(None)
    else:
        future.set_exception(problem)
