"""What became of what was accepted: asked again and again, ever less often, until it is known.

Nothing here holds up a send: receipts have threads and connections of their own. A receipt that does not come says
nothing; only its absence for too long does.
"""

import asyncio
import logging
from collections.abc import Callable, Mapping
from functools import partial

from hub import services
from hub.answers import Said, Way
from hub.book import Book
from hub.delivery import Attempt, Delivery, Outcome, Step
from hub.errors import DeliveryError
from hub.faults import Faults
from hub.incident import Incident
from hub.model import Moment
from hub.ports import Channel, Progress, Receipt
from hub.response import Action

log = logging.getLogger(__name__)

OFTEN, SOMETIMES, RARELY = 2.0, 5.0, 15.0  # s from one question to the next
FRESH, KNOWN_SOON = 20.0, 60.0  # s of age; then it is asked less often
LOST_AFTER = {Action.SMS: 120.0, Action.CALL: 180.0}  # s without a word of it, and nobody knows
GIVE_UP = 900.0  # s; an SMS has failed by then (`validity_period`), and no call is that long
LOOK_EVERY = 0.5  # s
END_PATIENCE = 1.0  # s
FOLLOWED = frozenset({Outcome.ACCEPTED, Outcome.UNKNOWN})
# Of the provider: no telephone of that number can ever be reached in this way.
FOR_GOOD = frozenset({"21610", "21614", "30004", "30005", "30006", "failed"})


def interval(age: float, progress: Progress) -> float:
    """Seconds until the next question; a person who listens may press a key at any moment."""
    if age < FRESH:
        return OFTEN
    return SOMETIMES if age < KNOWN_SOON or progress is Progress.TALKING else RARELY


class Receipts:
    """`hear` is told of each key, as often as it is seen; `wanted`: whether a call is still to be made."""

    def __init__(
        self,
        channels: Mapping[str, Channel],
        book: Book,
        faults: Faults,
        clock: Callable[[], Moment],
        hear: Callable[[Said], None],
        wanted: Callable[[Delivery], bool],
    ) -> None:
        self._channels = channels
        self._book = book
        self._faults = faults
        self._clock = clock
        self._hear = hear
        self._wanted = wanted
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._begun: dict[str, float] = {}  # since when each is followed, monotonic; a restart begins anew
        self._turned = asyncio.Event()
        self._seen: object = None

    def look(self, current: Incident | None) -> None:
        """Follow what was accepted meanwhile; and do not wait where the incident took a turn: a telephone that rings
        for nothing is to be quiet.
        """
        known = self._book.all()
        self._begun = {d.id: self._begun[d.id] for d in known if d.id in self._begun}
        for delivery in known:
            if self._left(delivery) > 0 and delivery.id not in self._tasks:
                self._begun.setdefault(delivery.id, self._clock().mono)
                task = asyncio.create_task(self._follow(delivery.id), name=f"receipt {delivery.id}")
                self._tasks[delivery.id] = task
                task.add_done_callback(partial(self._done, delivery.id))
        turn = current and (current.id, current.state)
        if turn != self._seen:
            self._seen = turn
            self._turned.set()
            self._turned = asyncio.Event()

    @property
    def idle(self) -> bool:
        return not self._tasks

    async def stop(self) -> None:
        await services.let_go(list(self._tasks.values()), END_PATIENCE)

    def _done(self, id: str, task: "asyncio.Task[None]") -> None:
        del self._tasks[id]
        if not task.cancelled():
            problem = task.exception()
            self._faults.set("service:receipts", problem is None, f"{type(problem).__name__}: {problem}")

    def _left(self, delivery: Delivery) -> float:
        """Seconds for which it is still followed; none for what is known, or has no receipts."""
        known = delivery.outcome not in FOLLOWED or not delivery.followed
        return 0.0 if known or delivery.way not in self._channels else GIVE_UP - self._age(delivery)

    def _age(self, delivery: Delivery) -> float:
        """Seconds since it was known to be accepted."""
        now = self._clock().mono
        return now - self._begun.get(delivery.id, now)

    async def _follow(self, id: str) -> None:
        progress, heard = Progress.WAITING, self._clock().mono
        while (delivery := self._book.get(id)) is not None and self._left(delivery) > 0:
            receipt = await self._ask(delivery)
            if receipt is not None:
                heard = self._clock().mono if receipt.progress is not Progress.WAITING else heard
                progress = receipt.progress
                self._note(delivery, receipt)
                await self._withdraw_if_needless(delivery, receipt)
            self._lose_if_late(id, heard)
            await self._pause(interval(self._age(delivery), progress))
        if delivery is not None and delivery.outcome is Outcome.ACCEPTED:
            self._book.put(delivery.step(Step.LOSE))

    async def _ask(self, delivery: Delivery) -> Receipt | None:
        try:
            return await self._channels[delivery.way].receipt(delivery.accepted_id)
        except DeliveryError as problem:
            log.debug("%s: no receipt: %s", delivery.id, problem)
            return None

    def _note(self, delivery: Delivery, receipt: Receipt) -> None:
        """The answer first: if the process is killed in between, it is asked for again."""
        if receipt.taken or receipt.over:
            said = Said(
                delivery.accepted_id, delivery.incident, delivery.contact, Way.CALL, receipt.taken, receipt.over
            )
            self._hear(said)
        step = {Progress.DELIVERED: Step.DELIVER, Progress.UNDELIVERED: Step.UNDELIVER}.get(receipt.progress)
        if step is not None:
            self._end(delivery, step, receipt.code)

    def _end(self, delivery: Delivery, step: Step, code: str) -> None:
        after = delivery.step(step)
        word = "delivered" if step is Step.DELIVER else "undelivered"
        path = self._channels[delivery.way].path
        self._book.put(after, Attempt(delivery.id, self._clock(), path, word, code))
        log.info("%s: %s %s", delivery.id, word, code)
        if code in FOR_GOOD:
            self._faults.put(f"refused:{delivery.channel}:{delivery.contact}", code)

    async def _withdraw_if_needless(self, delivery: Delivery, receipt: Receipt) -> None:
        ringing = delivery.channel is Action.CALL and receipt.progress in (Progress.WAITING, Progress.RINGING)
        if ringing and not self._wanted(delivery):
            try:
                await self._channels[delivery.way].withdraw(delivery.accepted_id)
            except DeliveryError as problem:
                log.debug("%s: still rings: %s", delivery.id, problem)

    def _lose_if_late(self, id: str, heard: float) -> None:
        """`heard`: when something was last known of it, monotonic."""
        delivery, now = self._book.get(id), self._clock().mono
        if delivery is not None and delivery.outcome is Outcome.ACCEPTED and now - heard > LOST_AFTER[delivery.channel]:
            self._book.put(delivery.step(Step.LOSE))

    async def _pause(self, seconds: float) -> None:
        turned = self._turned
        try:
            async with asyncio.timeout(seconds):
                await turned.wait()
        except TimeoutError:
            return
