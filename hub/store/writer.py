"""The one thread that writes. It dies of nothing: a disk that refuses is tried again, a wrong transaction is dropped.

Several waiting transactions are committed together. Nothing in here is called from the loop's thread but `put`
and `stop`; `Reports` are called in this thread.
"""

import contextlib
import logging
import queue
import sqlite3
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from time import monotonic

from hub.errors import StoreError
from hub.store import file, fingerprint
from hub.store.opening import open_file
from hub.store.rebuild import forget, keep_copy
from hub.store.rows import Statement

log = logging.getLogger(__name__)

RETRY = (0.2, 5.0)  # s; first and longest wait before a transaction is tried again
AGAIN = 10.0  # s; until a copy that could not be made is tried again
WRONG = (  # the statement, not the disk
    sqlite3.IntegrityError,
    sqlite3.ProgrammingError,
    sqlite3.InterfaceError,
    sqlite3.DataError,
    sqlite3.NotSupportedError,
)
OF_THE_DISK = (*file.UNREADABLE, MemoryError)
TOGETHER = 200  # transactions in one commit at most


@dataclass(slots=True)
class Transaction:
    """`sealed`: it changes the configuration, whose fingerprint is renewed. `copied`: its copy is made anew.
    `forgets`: what ended before then must be gone from the log too.
    """

    statements: Sequence[Statement]
    done: Callable[[StoreError | None], None]
    sealed: bool = False
    copied: bool = False
    forgets: datetime | None = None


@dataclass(frozen=True, slots=True)
class Reports:
    """`trouble` names what does not work ("disk", "copy", "forgetting") and why; None when it works again."""

    opened: Callable[[], None]
    ended: Callable[[], None]
    trouble: Callable[[str, str | None], None]
    replaced: Callable[[], None]
    dropped: Callable[[str], None]


@dataclass(slots=True)
class _Chore:
    """Work after a commit. If it fails that is a trouble until it succeeds."""

    name: str
    work: Callable[[sqlite3.Connection], None]
    due: bool = False
    tried: float = 0.0


@dataclass(slots=True)
class Writer:
    path: Path
    reports: Reports
    _queue: "queue.SimpleQueue[Transaction | None]" = field(default_factory=queue.SimpleQueue, init=False)
    _stopping: threading.Event = field(default_factory=threading.Event, init=False)
    _connection: sqlite3.Connection | None = field(default=None, init=False)
    _ended: bool = field(default=False, init=False)
    _failing: bool = field(default=False, init=False)
    _unreachable: bool = field(default=False, init=False)
    _forgotten: datetime | None = field(default=None, init=False)
    _copying: _Chore = field(init=False)
    _forgetting: _Chore = field(init=False)

    def __post_init__(self) -> None:
        self._copying = _Chore("copy", lambda connection: keep_copy(connection, self.path))
        self._forgetting = _Chore("forgetting", self._forget)

    def start(self) -> None:
        threading.Thread(target=self._work, name="store", daemon=True).start()

    def put(self, transaction: Transaction | None) -> None:
        """None: write what was put before, and end."""
        self._queue.put(transaction)

    def stop(self) -> None:
        """Do not try any longer."""
        self._stopping.set()

    # What follows runs in the thread.

    def _work(self) -> None:
        self._attempt([])
        self.reports.opened()
        while not self._ended:
            self._commit(self._gather())
        self._let_go()
        self.reports.ended()

    def _gather(self) -> list[Transaction]:
        """What waits, together; nothing, after a while, when something is to be tried again."""
        batch: list[Transaction] = []
        unwell = self._failing or self._copying.due or self._forgetting.due
        with contextlib.suppress(queue.Empty):
            first = self._queue.get(timeout=AGAIN if unwell else None)
            while first is not None:
                batch.append(first)
                if len(batch) == TOGETHER:
                    return batch
                first = self._queue.get_nowait()
            self._ended = True
        return batch

    def _commit(self, batch: list[Transaction]) -> None:
        wait = RETRY[0]
        while not self._attempt(batch):
            if self._stopping.wait(wait):
                return
            wait = min(2 * wait, RETRY[1])

    def _attempt(self, batch: list[Transaction]) -> bool:
        """Whether the batch is dealt with; False means: later, the disk does not take it."""
        try:
            self._write(batch)
        except StoreError as problem:
            self._alone(batch, problem)
            return True
        except Exception as problem:  # noqa: BLE001 - one device's task: the disk; whatever it was, what follows is written
            self._failed(problem)
            return False
        self._worked()
        for transaction in batch:
            transaction.done(None)
        self._tidy(batch)
        return True

    def _alone(self, batch: list[Transaction], problem: StoreError) -> None:
        """One wrong transaction must not take its neighbours with it, nor be tried for ever."""
        if len(batch) > 1:
            for transaction in batch:
                self._commit([transaction])
            return
        log.warning("a transaction was wrong and is dropped: %s", problem)
        batch[0].done(problem)
        self.reports.dropped(str(problem))

    def _write(self, batch: list[Transaction]) -> None:
        connection = self._connection or self._connect()
        sealed = any(transaction.sealed for transaction in batch)
        connection.execute("BEGIN IMMEDIATE")
        try:
            if sealed:
                fingerprint.check(connection)
            for transaction in batch:
                _execute(connection, transaction.statements)
            if sealed:
                fingerprint.write(connection)
            connection.execute("COMMIT")
        except BaseException:
            self._roll_back(connection)
            raise

    def _roll_back(self, connection: sqlite3.Connection) -> None:
        try:
            if connection.in_transaction:
                connection.execute("ROLLBACK")
        except sqlite3.Error:
            self._let_go()  # or each BEGIN to come would find a transaction open

    def _connect(self) -> sqlite3.Connection:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        if not self.path.exists():
            self.path.touch(mode=0o600)  # its log takes the same mode
        self._connection, replaced = open_file(self.path)
        if replaced:
            self.reports.replaced()
        return self._connection

    def _failed(self, problem: Exception) -> None:
        """A broken file is opened again, which rebuilds it; an unreachable one if it happens twice."""
        self._failing = True
        self.reports.trouble("disk", _reason(problem))
        unreachable = file.unreachable(problem)
        if file.broken(problem) or (unreachable and self._unreachable):
            self._let_go()
        self._unreachable = unreachable

    def _let_go(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            with contextlib.suppress(sqlite3.Error):
                connection.close()

    def _worked(self) -> None:
        self._unreachable = False
        if self._failing:
            self._failing = False
            self.reports.trouble("disk", None)

    def _tidy(self, batch: list[Transaction]) -> None:
        limits = [transaction.forgets for transaction in batch if transaction.forgets]
        self._forgotten = max(limits, default=self._forgotten)
        self._do(self._copying, at_once=any(transaction.copied for transaction in batch))
        self._do(self._forgetting, at_once=bool(limits))

    def _do(self, chore: _Chore, *, at_once: bool) -> None:
        if not at_once and (not chore.due or monotonic() < chore.tried + AGAIN):
            return
        chore.due, chore.tried = True, monotonic()
        try:
            chore.work(self._connection or self._connect())
        except Exception as problem:  # noqa: BLE001 - one device's task: the disk; the store itself goes on
            self.reports.trouble(chore.name, _reason(problem))
        else:
            chore.due = False
            self.reports.trouble(chore.name, None)

    def _forget(self, connection: sqlite3.Connection) -> None:
        """What was deleted is still in the log, and in files that were set aside."""
        (busy, *_) = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        if busy:
            raise sqlite3.OperationalError("the log is being read")
        if self._forgotten is not None:
            forget(self.path, self._forgotten)


def _execute(connection: sqlite3.Connection, statements: Sequence[Statement]) -> None:
    """Raises StoreError for a statement that can never succeed; it names no values."""
    for sql, values in statements:
        try:
            connection.execute(sql, values)
        except Exception as problem:
            if isinstance(problem, OF_THE_DISK) and not isinstance(problem, WRONG) and not file.senseless(problem):
                raise
            raise StoreError(type(problem).__name__) from problem


def _reason(problem: Exception) -> str:
    """For the log and the status: only SQLite and the system are known to quote nobody."""
    return str(problem) if isinstance(problem, sqlite3.Error | OSError) else type(problem).__name__
