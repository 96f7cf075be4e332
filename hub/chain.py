"""Whether a press would still get out: systemd's watchdog is fed only while this says so."""

import logging
from asyncio import Future as Written
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future
from contextlib import suppress
from typing import Protocol

from hub import retry
from hub.book import Book
from hub.delivery import Delivery, Outcome
from hub.faults import Faults
from hub.model import Moment
from hub.ports import Channel
from hub.store import QUICK, Store

log = logging.getLogger(__name__)

# What follows is counted in looks, not in seconds: a process that stood still, or a clock that jumped, proves nothing.
LOOK = 5.0  # s; from one look to the next
STUCK = 3  # looks in a row; a loop or a delivery that does not move
HELD = 36  # the same, of the threads that send: without a network each tries one address after the other, 5 s each
YOUNG = 60  # looks after the start; if that has not helped, the next one is not tried at once
LATE = 2.0  # s; beyond the time at which a delivery should have moved

LOOPS = ("devices", "pursuit", "second")  # each turns once a second at least, and waits for nothing else
THREADS = "the threads that send"


class Sending(Protocol):
    def proof(self) -> "Future[None]":
        """Done as soon as a thread that sends is free for it."""


class Chain:
    """Looks on; nothing on the path of a press waits for it, or knows it.

    A press itself has no loop: it is one call, from the radio to the book. What comes after it is in the book.
    """

    def __init__(
        self,
        book: Book,
        ways: Mapping[str, Channel],
        sending: Sending | None,
        store: Store,
        faults: Faults,
        clock: Callable[[], Moment],
    ) -> None:
        self._book = book
        self._ways = ways
        self._sending = sending
        self._store = store
        self._faults = faults
        self._clock = clock
        self._age = 0
        self._turned: set[str] = set()
        self._still: dict[str, int] = {}  # looks in a row at which it had not moved
        self._asked: Future[None] | None = None
        self._written: Written[None] | None = None

    def turned(self, loop: str) -> None:
        self._turned.add(loop)

    def moves(self) -> bool:
        """One look.

        A start forgets what is not written, and without its disk it knows no contact: so only where the disk has
        just answered can a start be better than going on.
        """
        self._age += 1
        self._still = {what: self._still.get(what, 0) + 1 for what in self._unmoved()}
        stuck = [what for what, looks in self._still.items() if looks >= (HELD if what == THREADS else STUCK)]
        answered = self._written is not None and self._written.done()  # and so all that was put before is written
        self._written = self._store.execute(QUICK) if self._still else None
        if not stuck or not answered or self._age <= YOUNG:
            return True
        log.error("not moving any more: %s", ", ".join(stuck))
        return False

    def _unmoved(self) -> Iterator[str]:
        now = self._clock().mono
        yield from (f"delivery {d.id} {d.outcome} {d.tries}" for d in self._book.all() if self._late(d, now))
        turned, self._turned = self._turned, set()
        # One that fails is told and started again by `services.keep`, with pauses.
        yield from (name for name in LOOPS if name not in turned and f"service:{name}" not in self._faults)
        if self._threads_held():
            yield THREADS

    def _late(self, delivery: Delivery, now: float) -> bool:
        """It should have been begun, or given up from outside, by now."""
        if delivery.outcome is Outcome.SENDING:
            channel = self._ways.get(delivery.way)
            return now > delivery.due + retry.time_out(channel.path if channel else "") + LATE
        return delivery.outcome is Outcome.QUEUED and now > delivery.due + LATE

    def _threads_held(self) -> bool:
        if self._sending is None:
            return False
        if self._asked is not None and not self._asked.done():
            return True
        self._asked = None
        with suppress(RuntimeError):  # no further thread can be started
            self._asked = self._sending.proof()
        return self._asked is None
