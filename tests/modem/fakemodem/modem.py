"""A simulated LTE modem and the network behind it: what a test sets, and what came of it."""

import asyncio
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from .nmea import Fix
from .pdu import Part, delivered, report, size, submitted
from .port import Failed, Port

HOME, SEARCHING, DENIED = 1, 2, 3
NO_NETWORK = "+CMS ERROR: 331"


@dataclass(frozen=True)
class Sent:
    """A whole message that the network took."""

    number: str
    text: str
    encoding: str
    parts: int
    reported: bool


class FakeModem:
    """`network`: what the network grants; `gap`: seconds between the parts that come in, 0: all at the same instant;
    `refusals`: how the next sends end; `slow`: seconds that each part takes;
    `hangs`: the next sends are never answered; `keeps`: it deletes nothing;
    `reports_after`: seconds; `claims`: what it says of the tries that are left, whatever is true; `ahead`: by how much
    the operator's clock is wrong; `cell`: where it is in the mobile network; `fix`: where it is, for its GNSS receiver,
    which only a modem on USB has; `deaf`: that one cannot be switched on; `hushed`: it says nothing; `switched_on`: how
    often it was.
    """

    def __init__(self, *, pin: str = "", capacity: int = 20) -> None:
        self.sim, self.pin, self.card = True, pin, "8933150000000000001F"
        self.tries, self.network, self.operator = 3, HOME, "Home Net"
        self.strength, self.capacity, self.gap = 20, capacity, 0.5
        self.cell = "01A2B3C4"
        self.fix: Fix | None = None
        self.deaf = self.hushed = False
        self.switched_on = 0
        self.refusals: list[str] = []
        self.hangs = self.keeps = False
        self.slow = 0.1
        self.claims, self.ahead = 0, timedelta()
        self.delivers, self.reports_after = True, 0.3
        self.outbox: list[Sent] = []
        self.stored: dict[int, str] = {}
        self.waiting: list[str] = []
        self.submissions = self.tried = 0
        self.ports: list[Port] = []
        self._joined = 0
        self._parts: dict[tuple[str, int], dict[int, Part]] = {}
        self._moving: asyncio.Task[None] | None = None
        self._restart()

    def _restart(self) -> None:
        """What a modem forgets without power."""
        self.level, self.operator_form = 1, 0
        self.locked = bool(self.pin)
        self.modes = {"CREG": 0, "CGREG": 0, "CEREG": 0}
        self.indicates = self.announces = self.reports = self.receiving = False

    async def plug(self) -> None:
        self._restart()
        for port in self.ports:
            await port.plug()

    async def unplug(self) -> None:
        """Pull it out; nobody is told but whoever has a port open."""
        for port in self.ports:
            await port.unplug()

    def mute(self, muted: bool = True) -> None:
        """It stays plugged in and answers nothing."""
        for port in self.ports:
            port.muted = muted

    def tell(self, line: str, *, once: bool = False) -> None:
        sessions = [session for port in self.ports for session in port.sessions]
        for session in sessions[:1] if once else sessions:
            session.tell(line)

    # --- the SIM card and the network ---

    def unlock(self, pin: str) -> bool:
        if pin != self.pin or not self.tries:
            self.tries = max(0, self.tries - 1)
            return False
        self.tries, self.locked = 3, False
        asyncio.get_running_loop().call_soon(self.tell_radio)
        return True

    @property
    def registration(self) -> int:
        return self.network if self.sim and not self.locked and self.level == 1 else 0

    @property
    def registered(self) -> bool:
        return self.registration == HOME

    @property
    def bars(self) -> int:
        return min(5, self.strength * 6 // 32) if self.registered else 0

    @property
    def full(self) -> bool:
        return len(self.stored) >= self.capacity

    def set_level(self, level: int) -> None:
        self.level = level
        asyncio.get_running_loop().call_soon(self.tell_radio)

    def set_network(self, network: int) -> None:
        self.network = network
        self.tell_radio()

    def move(self, cell: str) -> None:
        """It is carried into another cell."""
        self.cell = cell
        self.tell_radio()

    def registration_line(self, name: str, *, asked: bool = False) -> str:
        mode = f"{self.modes[name]}," if asked else ""
        cell = f',"1234","{self.cell}",7' if self.modes[name] == 2 and self.registered else ""
        return f"+{name}: {mode}{self.registration}{cell}"

    def tell_radio(self) -> None:
        for name, mode in self.modes.items():
            if mode:
                self.tell(self.registration_line(name))
        if self.indicates:
            self.tell(f"+CIEV: 1,{self.bars}")
            self.tell(f"+CIEV: 2,{int(self.registered)}")
        self.deliver()

    # --- messages that come in ---

    def receive(self, number: str, text: str) -> None:
        """Somebody writes to the SIM's number."""
        self._joined += 1
        self.waiting += delivered(number, text, datetime.now(UTC) + self.ahead, self._joined, "+33609001390")
        self.deliver()

    def store(self, number: str, text: str) -> None:
        """Somebody wrote while nobody listened."""
        (self.stored[1],) = delivered(number, text, datetime.now(UTC), 0, "+33609001390")

    def deliver(self) -> None:
        """Have the network bring what it still holds."""
        if self.waiting and (self._moving is None or self._moving.done()):
            self._moving = asyncio.create_task(self._deliver())

    async def _deliver(self) -> None:
        while self.waiting and self.registered and not self.full:
            index = next(index for index in range(1, self.capacity + 1) if index not in self.stored)
            self.stored[index] = self.waiting.pop(0)
            if self.announces:
                self.tell(f'+CMTI: "SM",{index}')
            if self.gap:
                await asyncio.sleep(self.gap)

    # --- messages that go out ---

    async def submit(self, pdu: str) -> int:
        """Take one part; its reference. Raises Failed."""
        part = submitted(pdu)
        self.tried += 1
        await asyncio.sleep(self.slow)
        while self.hangs:
            await asyncio.sleep(0.05)
        if self.refusals:
            raise Failed(self.refusals.pop(0))
        if not self.registered:
            raise Failed(NO_NETWORK)
        self.submissions = self.submissions % 255 + 1
        self._collect(part)
        if part.report:
            asyncio.get_running_loop().call_later(self.reports_after, self._report, self.submissions, part.number)
        return self.submissions

    def _collect(self, part: Part) -> None:
        parts = self._parts.setdefault((part.number, part.joined), {})
        parts[part.place] = part
        if len(parts) == part.total:
            del self._parts[(part.number, part.joined)]
            text = "".join(parts[place].text for place in sorted(parts))
            reported = any(one.report for one in parts.values())
            self.outbox.append(Sent(part.number, text, part.encoding, part.total, reported))

    def _report(self, reference: int, number: str) -> None:
        if self.reports:
            pdu = report(reference, number, datetime.now(UTC), 0x00 if self.delivers else 0x46)
            self.tell(f"+CDS: {size(pdu)}\r\n{pdu}", once=True)
