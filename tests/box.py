"""One box whose faults are told to two technicians, on a clock that is set by hand."""

import asyncio
from collections.abc import Callable

from hub.core import Hub
from hub.errors import DeliveryError
from hub.faults import Faults
from hub.model import Contact, Moment, Technician
from hub.ports import Message
from hub.response import Action
from hub.telling import Telling
from tests.moments import at

TOM = Technician("t1", "Tom", "+33639990001", "tom@example.org", "fr")
UMA = Technician("t2", "Uma", "+33639990002", "", "en")
DEAD = DeliveryError("no connection", code="connection")
REFUSED = DeliveryError("HTTP 400", code="21211", permanent=True)
ROUND = 13 * 3600 + 46 * 60.0  # s; ten o'clock of the next day


class Line:
    """A channel that works, or fails as it is told. `sending`: one of them is."""

    sending = False

    def __init__(self, path: str) -> None:
        self.path = path
        self.problem: DeliveryError | None = None
        self.tried: list[Message] = []
        self.taken: list[Message] = []
        self.before: Callable[[], None] = lambda: None

    async def send(self, message: Message) -> str:
        assert not Line.sending  # one text at a time
        Line.sending = True
        await asyncio.sleep(0)
        Line.sending = False
        self.before()
        self.tried.append(message)
        if self.problem is not None:
            raise self.problem
        self.taken.append(message)
        return "SM1"

    async def check(self) -> None:
        if self.problem is not None:
            raise self.problem

    async def receipt(self, id: str) -> None:
        await self.check()

    async def withdraw(self, id: str) -> None:
        await self.check()


class Box:
    """The faults and the telling of one box with two technicians, on a clock that is set by hand."""

    def __init__(self, hub: Hub) -> None:
        self.hub, self.seconds, self.busy = hub, 0.0, False
        self.sms, self.mail, self.sim = Line("twilio"), Line("smtp"), Line("modem")
        self.sim_works = False
        hub.household.box = "7K2M"
        hub.household.technicians.update({"t1": TOM, "t2": UMA})
        hub.household.contacts["c1"] = Contact("c1", "Anna", "+33639980001", "anna@example.org")
        self.start()

    def start(self) -> None:
        """The daemon begins, knowing nothing but what is in the store."""
        self.faults = Faults(self.now, lambda code: code.startswith("button_absent"))
        self.faults.changed.append(lambda fault: self.written.append(self.hub.store.put(fault)))
        self.written: list[object] = []
        channels = {Action.SMS: self.sms, Action.EMAIL: self.mail}
        self.telling = Telling(self.hub.household, self.faults, channels, self.now, lambda: self.busy, self._sim)

    def _sim(self) -> Line | None:
        return self.sim if self.sim_works else None

    def now(self) -> Moment:
        return at(self.seconds)

    async def at(self, seconds: float) -> None:
        self.seconds = seconds
        await self.telling.look()

    def texts(self, to: Technician) -> list[str]:
        return [message.text for message in self.sms.taken if message.to == to.phone]
