"""The LTE modem: found, unlocked, switched on, asked whether it answers, and mended as far as that goes."""

import asyncio
import contextlib
import logging
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace

from hardware.modem.locating import Locating
from hardware.modem.manager import (
    ABSENT,
    MODEM,
    NO_BUS,
    NO_DAEMON,
    NOT_ALLOWED,
    SILENT,
    SIM,
    Found,
    Manager,
    ModemFault,
    manager,
)
from hardware.modem.mending import WITHOUT_NETWORK, Ladder, Step
from hardware.modem.messages import Hear, Messages
from hardware.modem.reading import Reading, State
from hub.errors import DeliveryError, DeviceError, Refusal
from hub.model import Cell, Position
from hub.numbers import refuse_emergency
from hub.ports import ModemView, Receipt

log = logging.getLogger(__name__)

STARTING = "starting"  # or stopping, or being unlocked: a modem that falls silent meanwhile stays so
UNFIT = {ABSENT, "WrongState"}  # not found, or not switched on: the last look says why
MENDABLE = {NO_DAEMON, ABSENT, SILENT, STARTING}


@dataclass(frozen=True, slots=True)
class Pace:
    """Seconds. `look`: between two looks when nothing is told; `retry`: while something is wrong; `turn`: until others
    have sent; `send`: for a whole SMS from there on; `answer`: for one question to the modem; `switch`: for switching
    it on; `rest`: from one look to the next at least; `quiet`: after an SMS came in, until others are looked for;
    `apart`: from one such search to the next; `late`: after a time without the network, how long what comes in may have
    waited.
    """

    look: float = 20.0
    retry: float = 5.0
    turn: float = 120.0
    send: float = 30.0
    answer: float = 10.0
    switch: float = 30.0
    rest: float = 0.05
    quiet: float = 10.0
    apart: float = 60.0
    late: float = 30.0


class LteModem:
    """`pin`: of the SIM, tried once at most. `restart`: asks for a restart of ModemManager, and raises nothing."""

    def __init__(
        self,
        *,
        pin: str = "",
        restart: Callable[[], Awaitable[None]] | None = None,
        pace: Pace | None = None,
        ladder: Ladder | None = None,
        coverage: Ladder | None = None,
    ) -> None:
        self._pin = pin
        self._restart = restart
        self._pace = pace or Pace()
        self._ladder = ladder or Ladder()
        self._coverage = coverage or Ladder(WITHOUT_NETWORK)
        self._messages = Messages()
        self._locating = Locating()
        self._view = ModemView(trouble=ABSENT)
        self._manager: Manager | None = None
        self._path = ""  # of the modem: another one after each replug, restart, or change of the SIM
        self._tried = False  # the PIN, since the modem appeared or was unlocked
        self._wrong = False  # the PIN; not every SIM keeps count
        self._proven = float("-inf")  # when the modem itself answered last
        self._stuck = float("-inf")  # when an SMS last had no answer: whoever waited gives way to what mends it
        self._reached = float("-inf")  # when it was last in the network
        self._back = float("-inf")  # since when it is, after a time without
        self._search_at = float("inf")
        self._searched = float("-inf")
        self._obstacle: ModemFault | None = None
        self._turn = asyncio.Lock()  # whoever sends, or switches the modem off and on

    @property
    def view(self) -> ModemView:
        return self._view

    async def receipt(self, id: str) -> Receipt | None:
        return self._messages.receipt(id)

    async def locate(self) -> tuple[Position | None, Cell | None]:
        if self._manager is None or not self._path:
            return None, None
        return await self._locating.read(self._manager, self._path, self._view.technology)

    async def send(self, number: str, text: str) -> str:
        try:
            refuse_emergency(number)
        except Refusal as refusal:
            raise DeliveryError("an emergency number", code=refusal.key, permanent=True) from refusal
        since = time.monotonic()
        code = "modem_busy"  # while it waits for its turn, nothing can have left
        try:
            async with asyncio.timeout(self._pace.turn) as limit, self._turn:
                if since < self._stuck:
                    raise TimeoutError
                code = "timeout"
                limit.reschedule(asyncio.get_running_loop().time() + self._pace.send)
                return await self._send(number, text)
        except TimeoutError as problem:
            if code == "timeout":
                self._unanswered()
            raise DeliveryError("the modem did not answer in time", code=code) from problem
        except ModemFault as fault:
            if fault.code == SILENT:
                self._unanswered()
            reason = self._obstacle if self._obstacle and fault.code in UNFIT else fault
            raise DeliveryError(str(reason), code=reason.trouble) from fault

    def _unanswered(self) -> None:
        self._proven, self._stuck = float("-inf"), time.monotonic()

    async def _send(self, number: str, text: str) -> str:
        if self._manager is None or not self._path:
            raise ModemFault(ABSENT, "there is no modem to send with")
        id = await self._messages.send(self._manager, self._path, number, text, self._pace.send)
        self._proven = time.monotonic()
        return id

    async def listen(self, hear: Hear) -> None:
        news = asyncio.Event()
        try:
            async with manager() as self._manager:
                await self._manager.follow(news.set)
                while not self._manager.over:
                    news.clear()
                    await self._look(self._manager, hear)
                    await self._pause(news)
                raise DeviceError("the D-Bus connection was lost")
        finally:
            self._manager, self._path, self._obstacle = None, "", None
            self._view = ModemView(trouble=NO_BUS)

    async def _pause(self, news: asyncio.Event) -> None:
        """Whatever is told is a reason to look again, but not without end."""
        await asyncio.sleep(self._pace.rest)
        wait = self._pace.retry if self._view.trouble else self._pace.look
        due = self._search_at - time.monotonic()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(due if 0 < due < wait else wait):
                await news.wait()

    def _see(self, view: ModemView) -> None:
        if (view.trouble, view.limited) != (self._view.trouble, self._view.limited):
            log.info("modem: %s", view.trouble or view.limited or "well again")
        self._view = view

    async def _look(self, manager: Manager, hear: Hear) -> None:
        """One look at everything; each starts anew, because ModemManager forgets and renames what it had."""
        view, obstacle = ModemView(), None
        try:
            reading = Reading(await self._find(manager))
            view = reading.view()
            await self._attend(manager, reading, hear)
        except ModemFault as fault:
            obstacle, view = fault, replace(view, trouble=fault.trouble)
        self._obstacle = obstacle
        limited = self._locating.limited if view.present else ""
        self._see(replace(view, answering=view.present and self._answering, limited=limited))
        if obstacle and obstacle.code in MENDABLE:
            await self._mend(manager, obstacle.code)

    async def _find(self, manager: Manager) -> Found:
        """Meanwhile the one that was found last is believed in: an SMS may be about to leave."""
        try:
            found = await manager.modem()
        except ModemFault:
            self._path = ""
            raise
        if found.path != self._path:
            self._path, self._tried = found.path, False
            self._proven = self._reached = float("-inf")
        return found

    async def _attend(self, manager: Manager, reading: Reading, hear: Hear) -> None:
        """Bring it as far as it goes; what it needs besides is raised."""
        await self._ready(manager, reading)
        if reading.state >= State.ENABLED:
            await self._prove(manager)
            await self._take(manager, hear, reading)
            await self._wait_for_network(manager, reading)
            if reading.registered and not self._turn.locked():  # a network is worth more, and an SMS goes first
                await self._locating.follow(manager, reading.found, time.monotonic())

    @property
    def _answering(self) -> bool:
        return time.monotonic() - self._proven < self._pace.look + self._pace.answer

    async def _ready(self, manager: Manager, reading: Reading) -> None:
        if reading.state == State.FAILED:
            raise ModemFault(reading.failure)
        if reading.state == State.LOCKED:
            await self._unlock(manager, reading)
            return
        self._tried = self._tried and reading.state < State.LOCKED
        if reading.state == State.DISABLED:
            await manager.call(self._path, MODEM, "Enable", "b", True, timeout=self._pace.switch)
        elif reading.state < State.ENABLED:
            raise ModemFault(STARTING)

    async def _unlock(self, manager: Manager, reading: Reading) -> None:
        """A third wrong PIN locks the SIM for good: it is tried only while nobody has given a wrong one."""
        if not reading.wants_pin:
            raise ModemFault("puk")
        if not self._pin:
            raise ModemFault("pin_missing")
        if self._wrong or not reading.untried:
            raise ModemFault("pin_wrong")
        if self._tried:
            raise ModemFault(STARTING)
        self._tried = True
        try:
            await manager.call(reading.found.fact("Sim"), SIM, "SendPin", "s", self._pin, timeout=self._pace.switch)
        except ModemFault as fault:
            self._wrong = fault.code == "pin_wrong"
            raise

    async def _prove(self, manager: Manager) -> None:
        """Ask what only the modem knows: a dead one keeps its properties, and looks registered."""
        if self._turn.locked() or time.monotonic() - self._proven < self._pace.look - self._pace.rest:
            return
        await self._messages.rehearse(manager, self._path)
        try:
            await manager.call(self._path, f"{MODEM}.Time", "GetNetworkTime", timeout=self._pace.answer)
        except ModemFault as fault:
            if fault.code in (SILENT, NOT_ALLOWED):
                self._proven = float("-inf")
                raise
            if fault.code == "WrongState":  # without a network ModemManager answers by itself
                return
        self._proven = time.monotonic()
        self._ladder.answered()

    def _may_have_waited(self, reading: Reading, now: float) -> bool:
        """What comes in now: the SIM, or the network, kept it while the modem was away."""
        away = now - self._reached > self._pace.look + self._pace.answer
        if reading.registered:
            self._reached, self._back = now, now if away else self._back
            return now - self._back < self._pace.late
        return away

    async def _take(self, manager: Manager, hear: Hear, reading: Reading) -> None:
        now = time.monotonic()
        waited = self._may_have_waited(reading, now)
        came = await self._messages.take(manager, self._path, hear, now, waited=waited)
        stuck = any(now - since > self._pace.quiet for since in self._messages.waiting.values())
        if came or (stuck and self._search_at == float("inf")):
            self._search_at = max(now + self._pace.quiet, self._searched + self._pace.apart)
        if self._search_at <= now:
            await self._search(manager, now, allowed=stuck or reading.state != State.CONNECTED)

    async def _search(self, manager: Manager, now: float, *, allowed: bool) -> None:
        """List all there is: it ends a data connection, and is no reason to while nothing is known to be missing."""
        if self._turn.locked():
            self._search_at = now + self._pace.quiet
            return
        self._search_at, self._searched = float("inf"), now
        if allowed:
            await self._switch(manager)

    async def _wait_for_network(self, manager: Manager, reading: Reading) -> None:
        """Not without end: the modem may have fallen silent meanwhile, and nothing would show it."""
        if reading.registered:
            self._coverage.answered()
        elif self._coverage.failed(time.monotonic()) is Step.SWITCH and not self._turn.locked():
            await self._switch(manager)

    async def _mend(self, manager: Manager, code: str) -> None:
        step = self._ladder.failed(time.monotonic())
        if step is Step.SWITCH and code == SILENT and not self._turn.locked():
            with contextlib.suppress(ModemFault):  # the next look says what is wrong then
                await self._switch(manager)
        elif step is Step.RESTART and self._restart:
            await self._restart()

    async def _switch(self, manager: Manager) -> None:
        """Off and on: ModemManager loses messages that come at the same instant, and lists them all when it enables."""
        async with self._turn:
            for on in (False, True):
                await manager.call(self._path, MODEM, "Enable", "b", on, timeout=self._pace.switch)
