"""Sends deliveries: each in a task of its own, tried on its own schedule, until it ends. Nothing waits its turn."""

import asyncio
import logging
import random
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from functools import partial

from hub import retry, services, sim
from hub.book import Book
from hub.delivery import Attempt, Delivery, Outcome, Step
from hub.errors import ENGAGED, DeliveryError
from hub.faults import Faults
from hub.model import Moment
from hub.ports import Channel, Message
from hub.second import MODEM
from hub.way import going_aside

log = logging.getLogger(__name__)

NOT_CONFIGURED = "not_configured"
NOBODY_MET = frozenset({"timeout", "connection"})
END_PATIENCE = 1.0  # s
HASTE_AGAIN = 10.0  # s; a way out that comes and goes makes no storm
FAULTS = {MODEM: "sim"}  # of a path, where it has another name: the device has a fault of its own


@dataclass(frozen=True, slots=True)
class _Result:
    """What one attempt came to. `step` is ACCEPT, FAIL or REFUSE."""

    step: Step
    code: str = ""
    accepted_id: str = ""

    @property
    def word(self) -> str:
        return {Step.ACCEPT: "accepted", Step.FAIL: "failed"}.get(self.step, "refused")


class Dispatcher:
    """`wanted` is asked before each attempt (an incident may have ended); `broke` is told of an error of ours."""

    def __init__(
        self,
        channels: Mapping[str, Channel],
        book: Book,
        faults: Faults,
        clock: Callable[[], Moment],
        wanted: Callable[[Delivery], bool] = lambda _: True,
        broke: Callable[[BaseException], None] = lambda _: None,
    ) -> None:
        self._channels = channels
        self._book = book
        self._faults = faults
        self._clock = clock
        self._wanted = wanted
        self._broke = broke
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._opened = float("-inf")  # when there was a new way out, monotonic

    def start(self, deliveries: Iterable[Delivery]) -> None:
        """All at once; one that is under way already takes the newer text by itself."""
        for delivery in deliveries:
            if delivery.id not in self._tasks and delivery.outcome is Outcome.QUEUED:
                task = asyncio.create_task(self._deliver(delivery.id), name=f"delivery {delivery.id}")
                self._tasks[delivery.id] = task
                task.add_done_callback(partial(self._done, delivery.id))

    def hasten(self) -> None:
        """There is a way out that was not there before: what was tried in vain is tried now, and what is
        being tried in vain again as soon as it fails. What goes by the hub's own SIM needs none.
        """
        now = self._clock().mono
        if now - self._opened < HASTE_AGAIN:
            return
        self._opened = now
        for delivery in self._book.queued():
            if delivery.due > now and delivery.tries and not delivery.path:
                self._book.put(replace(delivery, due=now))

    def _done(self, id: str, task: "asyncio.Task[None]") -> None:
        del self._tasks[id]
        if not task.cancelled() and (problem := task.exception()) is not None:
            self._broke(problem)

    async def stop(self) -> None:
        """Let go of everything; what was `sending` is queued again at the next start."""
        await services.let_go(list(self._tasks.values()), END_PATIENCE)

    async def _deliver(self, id: str) -> None:
        while (delivery := self._book.get(id)) is not None and delivery.outcome is Outcome.QUEUED:
            wait = delivery.due - self._clock().mono
            if not self._wanted(delivery):
                self._book.put(delivery.step(Step.STOP))
            elif wait > 0:
                await self._book.wait(id, wait)
            else:
                await self._attempt(delivery)

    async def _attempt(self, delivery: Delivery) -> None:
        at = self._clock()
        sending = delivery.step(Step.START, due=at.mono)
        self._book.put(sending)
        result = await self._result(sending)
        attempt = Attempt(delivery.id, at, self._path(delivery), result.word, result.code)
        self._book.put(self._after(sending, result), attempt)
        self._report(delivery, result)
        going_aside.set(result.code in NOBODY_MET and not going_aside.get())  # in the task of this delivery only

    def _after(self, sending: Delivery, result: _Result) -> Delivery:
        if result.step is not Step.FAIL:
            return sending.step(result.step, accepted_id=result.accepted_id)
        now = self._clock().mono
        if sending.due < self._opened and not sending.path:  # it began before
            return sending.step(Step.FAIL, due=now)
        due = retry.next_attempt(sending.begun.mono, now, _stretch(sending.id))
        return sending.step(Step.REFUSE) if due is None else sending.step(Step.FAIL, due=due)

    async def _result(self, delivery: Delivery) -> _Result:
        channel = self._channels.get(delivery.way)
        if channel is None:
            return _Result(Step.REFUSE, NOT_CONFIGURED)
        try:
            async with asyncio.timeout(retry.time_out(channel.path)):
                return _Result(Step.ACCEPT, accepted_id=await channel.send(_message(delivery)))
        except TimeoutError:
            return _Result(Step.FAIL, "timeout")
        except DeliveryError as problem:
            log.warning("%s was not accepted: %s", delivery.id, problem)
            return _Result(Step.REFUSE if problem.permanent else Step.FAIL, problem.code)
        except Exception as problem:  # noqa: BLE001 - one delivery attempt: a bug in a channel must not stop the next try
            log.error("%s: the channel broke: %s", delivery.id, type(problem).__name__)
            return _Result(Step.FAIL, type(problem).__name__)

    def _path(self, delivery: Delivery) -> str:
        channel = self._channels.get(delivery.way)
        return channel.path if channel else ""

    def _report(self, delivery: Delivery, result: _Result) -> None:
        """The path's fault, and that of a contact who refuses for good."""
        refused = f"refused:{delivery.way}:{delivery.contact}"
        if result.code in (NOT_CONFIGURED, ENGAGED):
            return  # no fault of the contact's, nor of the path; `hub doctor` says the first
        if result.step is Step.REFUSE:
            self._faults.put(refused, result.code)
            return
        path = self._path(delivery)
        if path == MODEM and result.step is Step.FAIL and not sim.refused(result.code):
            return
        self._faults.set(FAULTS.get(path, path), result.step is Step.ACCEPT, result.code)
        if result.step is Step.ACCEPT:
            self._faults.restore(refused)


def _stretch(id: str) -> float:
    """One for all tries of a delivery: with a new one each time a planned time would come twice."""
    return random.Random(id).uniform(0.9, 1.1)  # noqa: S311


def _message(delivery: Delivery) -> Message:
    return Message(
        id=delivery.id,
        to=delivery.to,
        language=delivery.language,
        reference=delivery.incident,
        text=delivery.text,
        subject=delivery.subject,
        machine=delivery.machine,
        brief=delivery.brief,
        again=delivery.tries > 1,
    )
