"""Technicians are told of faults, by SMS and e-mail: one text at a time, and never before an alert.

What neither takes goes by the hub's own SIM.
"""

from collections.abc import Callable, Iterator, Mapping

from hub import report
from hub.faults import Fault, Faults
from hub.gsm7 import transliterate
from hub.household import Household
from hub.lane import Lane
from hub.model import Moment, Technician
from hub.ports import Channel, Message
from hub.report import Report, Urgency
from hub.response import Action
from hub.second import MODEM
from hub.texts import sentence

RETRY = 60.0  # s; after a text that nobody took
MOST = 4  # named in an SMS


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
        self.lane = Lane(busy, clock)
        self._sim = sim
        self._unreached: dict[str, bool] = {}  # technicians who lack the last report; whether it was tried before
        self._not_before = float("-inf")

    async def look(self) -> None:
        """Tell what is due; call it every few seconds."""
        now, technicians = self._clock(), self._household.technicians
        if now.mono < self._not_before or self.lane.held_back():
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

    async def _reach(self, technician: Technician, told: Report, now: Moment) -> bool:
        """By each way they have, the SIM if none took it; whether one did. A refusal for good is not tried again."""
        taken: list[bool | None] = []
        for channel, message in self._messages(technician, told, now, again=self._unreached[technician.id]):
            if self.lane.held_back() or (channel.path == MODEM and True in taken):
                break
            taken.append(await self.lane.send(channel, message))
        if True in taken or (taken and None not in taken):
            del self._unreached[technician.id]
        else:
            self._unreached[technician.id] = True
        return True in taken

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
