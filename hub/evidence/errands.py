"""What a courier does: sealed files to a store, checkpoints to a time stamp service. Each in a thread of its own.

Nothing is ever given up: what did not get through goes again, after a pause.
"""

import contextlib
import logging
import threading
import time
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Protocol

from hub.errors import ErrandError
from hub.evidence.folder import DELETED, digest, stamp
from hub.evidence.offsite import Mark, Marks, folders, waiting
from hub.evidence.stamps import SUFFIX, unstamped
from hub.evidence.timestamp import TimeStamper
from hub.evidence.write import write

log = logging.getLogger(__name__)
BATCH = 64  # files whose marks are written at once
CHECK_EACH = 6 * 3600.0  # s; so that a key that was revoked is found out before it is needed
SETTLED = 2.0  # s; what changed in a folder sooner may not show in its time
AGAIN = (0.5, 15.0)  # s; first and longest pause after a failure
IDLE = 30.0  # s; between two looks while nothing is recorded
LATE = 60.0  # s; what waits longer is a fault


class Store(Protocol):
    """`hub.evidence.bucket.Bucket`."""

    @property
    def at_once(self) -> int:
        """So many puts at a time, by the way of now; 0: none."""

    def put(self, name: str, content: bytes) -> str | None:
        """The id of the version; None when exactly this was there already. Raises ErrandError."""


class Errand(Protocol):
    """A kind of work. Both raise ErrandError and OSError."""

    quick: float  # s; between two looks while the room is recorded
    late: str  # the fault when something waits too long
    refused: str  # the fault when somebody has to look at what was set up

    def look(self) -> list[Path]:
        """What waits, the first first."""

    def carry(self, paths: list[Path]) -> bool:
        """Some of it; False when that was nothing at all."""


class Round:
    """Looks through folders with `find`, but not again into one where nothing was found and nothing has changed since:
    there may be a year of them. `open`: the others.
    """

    def __init__(self, find: Callable[[Path], list[Path]]) -> None:
        self.open: set[Path] = set()
        self._find = find
        self._done: dict[Path, int] = {}  # when it changed last, in ns

    def look(self, there: list[Path]) -> list[Path]:
        """What was found, in the order of the folders; one that cannot be looked through itself, as a file that cannot
        be read.
        """
        known, self._done, found = self._done, {}, list[Path]()
        for folder in there:
            try:
                changed = folder.stat().st_mtime_ns
                waits = self._find(folder) if known.get(folder) != changed else []
            except FileNotFoundError:  # it was deleted this very moment
                continue
            except OSError:
                found.append(folder)
                continue
            found += waits
            if not waits and time.time_ns() - changed > SETTLED * 1e9:
                self._done[folder] = changed
        self.open = {*there} - self._done.keys()
        return found


class Offsite:
    """Every file of every recording to the store. Of each recording in the order in which it was made."""

    quick = 0.5
    late, refused = "offsite", "offsite_refused"

    def __init__(self, evidence: Path, store: Store) -> None:
        self._evidence, self._store = evidence, store
        self._pools: dict[int, ThreadPoolExecutor] = {}  # by how many put at once
        self._marks: dict[Path, Marks] = {}
        self._round = Round(self._unmarked)
        self._unreadable: set[Path] = set()
        self._check_at = time.monotonic()

    def look(self) -> list[Path]:
        """What has no mark; what could not be read comes last."""
        for marks in self._marks.values():
            self._mark(marks, ())
        found = self._round.look(folders(self._evidence))
        needed = self._round.open
        self._marks = {folder: marks for folder, marks in self._marks.items() if folder in needed or marks.unwritten}
        return sorted(found, key=self._unreadable.__contains__)

    def _unmarked(self, folder: Path) -> list[Path]:
        marks = self._marks.get(folder) or self._marks.setdefault(folder, Marks(folder))
        return waiting(folder, marks.files)

    def carry(self, paths: list[Path]) -> bool:
        """Several at once; a file gets its mark when those before it have theirs. First, and now and then, a check."""
        if not (at_once := self._store.at_once):
            return self._stay(paths)
        if time.monotonic() >= self._check_at:
            return self._check()
        if not paths:
            return False
        done: dict[Path, list[Mark]] = {}
        put = partial(self._put, at_once)
        try:
            for path, mark in zip(paths, self._pool(at_once).map(put, paths[:BATCH]), strict=False):
                if mark:
                    done.setdefault(path.parent, []).append(mark)
        except ErrandError as problem:
            if problem.refused:
                self._check_at = time.monotonic()
            raise
        finally:
            for folder, marks in done.items():
                self._mark(self._marks[folder], marks)
        if not done:
            raise ErrandError("files cannot be read")
        return True

    def _stay(self, paths: list[Path]) -> bool:
        if paths:
            raise ErrandError("mobile data are not to be used")
        return False

    def _pool(self, at_once: int) -> ThreadPoolExecutor:
        """One for each number: what hangs on the way that was taken before keeps nobody from taking another."""
        return self._pools.setdefault(at_once, ThreadPoolExecutor(at_once, thread_name_prefix="put"))

    def _mark(self, marks: Marks, more: Iterable[Mark]) -> None:
        """A disk that is full keeps nothing from leaving: what cannot be written down holds in memory until it can."""
        with contextlib.suppress(OSError):
            marks.add(more)

    def _put(self, at_once: int, path: Path) -> Mark | None:
        try:
            content = path.read_bytes()
        except OSError:
            self._unreadable.add(path)
            return None
        if self._store.at_once != at_once:
            raise ErrandError("another way is taken")  # by which it may be too many, or nothing may leave
        version = self._store.put(f"{path.parent.name}/{path.name}", content)
        return Mark.now(path.name, digest(content), version)

    def _check(self) -> bool:
        """A store that did not prove a file says the next time that it exists: first it has to prove a new one."""
        self._store.put("check", f"{stamp(datetime.now(UTC))}\n".encode())
        self._check_at = time.monotonic() + CHECK_EACH
        return True


class Stamps:
    """The answer of the time stamp service beside each checkpoint that should have one, the oldest first; what could
    not be read comes last.
    """

    quick = 5.0
    late = refused = "timestamps"

    def __init__(self, evidence: Path, stamper: TimeStamper) -> None:
        self._evidence, self._stamper = evidence, stamper
        self._round = Round(unstamped)
        self._unreadable: set[Path] = set()

    def look(self) -> list[Path]:
        """The checkpoints that have none."""
        recordings = [folder for folder in folders(self._evidence) if folder.name != DELETED]
        return sorted(self._round.look(recordings[::-1]), key=self._unreadable.__contains__)

    def carry(self, paths: list[Path]) -> bool:
        """The first."""
        for path in paths[:1]:
            write(path.parent, path.name + SUFFIX, self._stamper.stamp(self._read(path)))
        return bool(paths)

    def _read(self, path: Path) -> bytes:
        try:
            return path.read_bytes()
        except OSError:
            self._unreadable.add(path)
            raise


class Lane:
    """Does one errand for ever. `hurried`: whether something is being recorded just now."""

    def __init__(self, errand: Errand, hurried: Callable[[], bool]) -> None:
        self.waits = 0
        self.last: datetime | None = None  # when something got through
        self._problem, self._refused = "", False
        self._failing: float | None = None  # since when nothing gets through
        self.since: float | None = None  # since when something waits, or nothing gets through
        self._errand, self._hurried = errand, hurried
        self._seen: dict[Path, float] = {}
        self._wake = threading.Event()
        self._thread = threading.Thread(target=self._work, daemon=True)
        self._thread.start()

    def wake(self) -> None:
        """Something may have changed."""
        self._wake.set()

    @property
    def alive(self) -> bool:
        """Whether anybody works in it."""
        return self._thread.is_alive()

    def waited(self, now: float) -> int:
        """For how many seconds something waits, or nothing gets through."""
        return 0 if self.since is None else int(now - self.since)

    def faults(self, now: float) -> dict[str, str]:
        """What is wrong, by the fault's code, and why."""
        late = {self._errand.late: self._problem or "it takes long"} if self.waited(now) > LATE else {}
        return late | ({self._errand.refused: self._problem} if self._refused else {})

    def _work(self) -> None:
        first, longest = AGAIN
        pause = first
        while True:
            self._wake.clear()
            try:
                self._carried(self._errand.carry(self._look()))
                pause = first
            except ErrandError as problem:
                self._failed(str(problem), refused=problem.refused)
            except OSError as problem:  # its text may name a recording
                self._failed(f"disk: {problem.strerror}")
            except Exception as problem:  # noqa: BLE001 - one background service; it must not end the other lane
                self._unexpected(type(problem).__name__)
            if self._problem:
                self._wake.wait(pause)
                pause = min(2 * pause, longest)
            elif not self._seen:
                self._wake.wait(self._errand.quick if self._hurried() else IDLE)

    def _look(self) -> list[Path]:
        now, found = time.monotonic(), self._errand.look()
        self._seen = {path: self._seen.get(path, now) for path in found}
        self.waits = len(found)
        self.since = min((*self._seen.values(), *([self._failing] if self._failing else [])), default=None)
        return found

    def _carried(self, carried: bool) -> None:
        self._problem, self._refused, self._failing = "", False, None
        if carried:
            self.last = datetime.now(UTC)

    def _unexpected(self, kind: str) -> None:
        """What it says may name a recording, so only its kind is told; once, and not at each try."""
        if self._problem != kind:
            log.error("not expected in the lane %s: %s", self._errand.late, kind)
        self._failed(kind)

    def _failed(self, problem: str, *, refused: bool = False) -> None:
        self._problem, self._refused, self._failing = problem, refused, self._failing or time.monotonic()
        self.since = self.since or self._failing
