"""The heartbeat: somebody outside hears each minute that the hub lives, and so learns of its silence.

It speaks as a check of Healthchecks is spoken to. What fails is named as technicians are told it: no ping says who
lives here, nor what the box is for.
"""

import asyncio
import logging
import ssl
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from enum import StrEnum

import certifi
import urllib3

from hub.faults import Faults
from hub.household import Household
from hub.model import Moment
from hub.report import named
from hub.way import Way, options

log = logging.getLogger(__name__)

EVERY = 60.0  # s; with two minutes of grace outside, a silence is noticed within three
AGAIN = 20.0  # s; after a ping that nobody took
MISSES = 3  # so many in a row are a fault
GIVEN_UP = 10.0  # s, counted from outside: the thread may take longer, nobody waits for it
INSIDE = urllib3.Timeout(connect=4.0, read=6.0)  # s; so that the thread comes back
BARE = {"User-Agent": urllib3.util.SKIP_HEADER, "Accept-Encoding": urllib3.util.SKIP_HEADER}  # a month has 43,200 pings
FAREWELL = 1.0  # s; the end of the daemon waits no longer
FAULT = "heartbeat"


class Ping(StrEnum):
    """What is said; the value is what the address ends with."""

    ALIVE = ""
    FAILING = "/fail"  # since the last ping something else has begun to fail
    STARTED = "/start"
    NOTED = "/log"  # it is ended on purpose: the silence that follows is none to worry about


class Heartbeat:
    """A thread and a connection of its own: nothing it waits for is waited for by an alert."""

    def __init__(
        self,
        url: str,
        household: Household,
        faults: Faults,
        clock: Callable[[], Moment],
        trust: ssl.SSLContext | None = None,
        way: Way | None = None,
    ) -> None:
        """`url`: the address of the check, without its last slash; `trust` is for tests."""
        self.last: Moment | None = None  # when a ping got through
        self.proved: Callable[[str], None] = lambda _: None  # by which device one got through
        self._url = url
        self._household = household
        self._faults = faults
        self._clock = clock
        self._named: frozenset[str] = frozenset()  # what they know to fail, outside
        self._missed = 0
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="heartbeat")
        self._trust = trust or ssl.create_default_context(cafile=certifi.where())  # read now: disks fail later
        self._way = way or Way()
        self._device, self._line = "", _line(self._trust, "")

    def _leave_by(self, device: str) -> None:
        """One connection is kept, by the device that it was made for."""
        if device != self._device:
            self._line.clear()
            self._line, self._device = _line(self._trust, device), device

    async def run(self) -> None:
        """Until cancelled; whatever becomes of a ping is no error."""
        await self._say(Ping.STARTED)
        try:
            while True:
                began = self._clock().mono
                pause = EVERY if await self.beat() else AGAIN
                await asyncio.sleep(began + pause - self._clock().mono)
        finally:
            await self._say(Ping.NOTED, patience=FAREWELL)

    async def beat(self) -> bool:
        """One ping, and whether it was taken.

        A fault is one FAILING and then ALIVE again: outside, silence could not be told from a check that fails anyway.
        """
        failing = frozenset(self._failing())
        why = await self._say(Ping.FAILING if failing - self._named else Ping.ALIVE, "\n".join(sorted(failing)))
        if why:
            self._missed += 1
            if self._missed >= MISSES:
                self._faults.put(FAULT, why)
            return False
        self.last, self._named, self._missed = self._clock(), failing, 0
        self._faults.restore(FAULT)
        self.proved(self._device)
        return True

    def _failing(self) -> list[str]:
        """By its neutral name; what would betray by its moment who is at home is left out."""
        language = self._household.home.language
        told = [f.code for f in self._faults if f.code != FAULT and not self._faults.discreet(f.code)]
        return [named(code, language) for code in told]

    async def _say(self, ping: Ping, body: str = "", patience: float | None = None) -> str:
        """Why it was not taken, or "". One that waited in vain behind one that hangs is never sent."""
        asked = asyncio.get_running_loop().run_in_executor(self._thread, self._post, ping, body)
        try:
            return await asyncio.wait_for(asked, patience or GIVEN_UP)
        except TimeoutError:
            return "no answer in time"

    def _post(self, ping: Ping, body: str) -> str:
        self._leave_by(self._way.device)
        try:
            answer = self._line.request("POST", self._url + ping, body=body.encode(), headers=BARE, retries=False)
        except urllib3.exceptions.HTTPError as problem:  # its text holds the address, which is a key
            self._way.failed(self._device, problem)
            return type(problem).__name__
        return "" if 200 <= answer.status < 300 else f"HTTP {answer.status}"


def _line(trust: ssl.SSLContext, device: str) -> urllib3.PoolManager:
    return urllib3.PoolManager(ssl_context=trust, timeout=INSIDE, socket_options=options(device))
