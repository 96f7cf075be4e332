"""Technicians are told of faults, by SMS and e-mail: one text at a time, and never before an alert.

What neither takes goes by the hub's own SIM.
"""

import asyncio
import logging
from collections.abc import Callable, Iterator, Mapping

from hub import report, retry
from hub.errors import DeliveryError
from hub.faults import Fault, Faults
from hub.gsm7 import transliterate
from hub.household import Household
from hub.model import Moment, Technician
from hub.ports import Channel, Message
from hub.report import Report, Urgency
from hub.response import Action
from hub.second import MODEM
from hub.texts import sentence

log = logging.getLogger(__name__)

RETRY = 60.0  # s; after a text that nobody took
HELD_BACK = 900.0  # s; what an alert has not sent by then waits for a dead path, and whoever mends it must know
MOST = 4  # named in an SMS
GLANCE = 0.2  # s; from one look to the next whether an alert needs the modem


class Telling:
    """`busy`: whether an alert has something to send; `sim`: the hub's own SIM, while it can send.

    Sends one text at a time, and only to technicians.
    """

    def __init__(
        self,
        household: Household,
        faults: Faults,
        channels: Mapping[Action, Channel],
        clock: Callable[[], Moment],
        busy: Callable[[], bool] = lambda: False,
        sim: Callable[[], Channel | None] = lambda: None,
    ) -> None:
        self._household = household
        self._faults = faults
        self._channels = channels
        self._clock = clock
        self._busy = busy
        self._sim = sim
        self._busy_since: float | None = None
        self._unreached: dict[str, bool] = {}  # technicians who lack the last report; whether it was tried before
        self._not_before = float("-inf")

    async def look(self) -> None:
        """Tell what is due; call it every few seconds."""
        now, technicians = self._clock(), self._household.technicians
        if now.mono < self._not_before or self._held_back():
            return
        told = self._report(now)
        if told.news:
            self._unreached = {id: self._unreached.get(id, False) for id in technicians}
        elif not told.failing:
            self._unreached.clear()
        wanting = [technician for id, technician in technicians.items() if id in self._unreached]
        reached = [await self._reach(technician, told, now) for technician in wanting]
        if any(reached):
            for fault in (*told.failing, *told.over):
                self._faults.told(fault)
        if not all(reached):
            self._not_before = now.mono + RETRY

    def _report(self, now: Moment) -> Report:
        discreet = frozenset(f.code for f in (*self._faults, *self._faults.over) if self._faults.discreet(f.code))
        news = [f for f in (*self._faults, *self._faults.over) if self._due(f, now)]
        return Report(
            failing=tuple(fault for fault in self._faults if fault.told or fault in news),
            over=tuple(fault for fault in self._faults.over if fault in news),
            discreet=discreet,
            news=bool(news),
            soon=any(report.urgency(fault.code) is not Urgency.MINOR for fault in news) or not news,
        )

    def _due(self, fault: Fault, now: Moment) -> bool:
        return report.due(fault, now, self._household.home, discreet=self._faults.discreet(fault.code))

    def _held_back(self) -> bool:
        """An alert goes first, but not for ever."""
        now = self._clock().mono
        if not self._busy():
            self._busy_since = None
        elif self._busy_since is None:
            self._busy_since = now
        return self._busy_since is not None and now - self._busy_since < HELD_BACK

    async def _reach(self, technician: Technician, told: Report, now: Moment) -> bool:
        """By each way they have, the SIM if none took it; whether one did. A refusal for good is not tried again."""
        taken: list[bool | None] = []
        for channel, message in self._messages(technician, told, now, again=self._unreached[technician.id]):
            if self._held_back() or (channel.path == MODEM and True in taken):
                break
            taken.append(await self._send(channel, message))
        if True in taken or (taken and None not in taken):
            del self._unreached[technician.id]
        else:
            self._unreached[technician.id] = True
        return True in taken

    async def _send(self, channel: Channel, message: Message) -> bool | None:
        """Whether the next hop took it; None: not now."""
        try:
            async with asyncio.timeout(retry.time_out(channel.path)):
                sending = channel.send(message)
                await (self._give_way(asyncio.create_task(sending)) if channel.path == MODEM else sending)
        except TimeoutError as problem:
            log.warning("a technician was not told by %s: %s", channel.path, str(problem) or "timeout")
            return None
        except DeliveryError as problem:
            log.warning("a technician was not told by %s: %s", channel.path, problem.code)
            return False if problem.permanent else None
        return True

    async def _give_way(self, sending: "asyncio.Task[str]") -> str:
        """Wait for it, unless an alert comes: a modem sends one SMS after the other. Raises what it raises."""
        try:
            while not (await asyncio.wait({sending}, timeout=GLANCE))[0]:
                if self._held_back():
                    raise TimeoutError("an alert goes first")
            return sending.result()
        finally:
            sending.cancel()

    def _messages(
        self, technician: Technician, told: Report, now: Moment, *, again: bool
    ) -> Iterator[tuple[Channel, Message]]:
        """By which channel, the SIM last."""
        home, box, language = self._household.home, self._household.box, technician.language
        head = sentence(language, "told", "box", box=box)
        id = f"{box}-{now.utc:%Y%m%d}"  # a reminder is no double of yesterday's text
        brief = transliterate(" ".join([head, *told.lines(language, home, now, MOST)]))
        sms = Message(id, technician.phone, language, box, brief, again=again)
        worth_it = told.soon or not technician.email
        if Action.SMS in self._channels and worth_it:
            yield self._channels[Action.SMS], sms
        if Action.EMAIL in self._channels and technician.email:
            subject = sentence(language, "told", "subject_failing" if told.failing else "subject_over", box=box)
            text = "\n\n".join([head, *told.lines(language, home, now), sentence(language, "told", "advice")]) + "\n"
            yield self._channels[Action.EMAIL], Message(id, technician.email, language, box, text, subject, again=again)
        if worth_it and (sim := self._sim()) is not None:
            yield sim, sms
