"""Whether the internet can be reached, by each way out: a connection is made to what the hub needs, and let go."""

import asyncio
import socket
import struct
from collections.abc import Callable, Iterable

from hub.faults import Faults
from hub.model import Moment
from hub.network import Network
from hub.paths import LONG_AGO, Path, Paths
from hub.way import Option, Way, connect, options

TICK = 1.0  # s; from one look at what is due to the next
ROUTES = 5.0  # s; from one look at the routes to the next, while no alert is being sent
GIVEN_UP = 4.0  # s; with the look-up of the name, which an alert needs as well
# Three packets: what answers our first one is not confirmed, and the last one drops what a farewell takes four to end.
BRIEF: list[Option] = [
    (socket.IPPROTO_TCP, socket.TCP_QUICKACK, 0),
    (socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0)),
]


class NoRoute(OSError):
    """The system has none by this path."""


class Probe:
    """`host` and `port`: whom it connects to. Nothing is said there, so that a month of it costs little.

    `network`: None looks at the system's own way only. `named`: the paths whose loss is a fault.
    """

    def __init__(
        self,
        host: str,
        port: int,
        faults: Faults,
        clock: Callable[[], Moment],
        way: Way | None = None,
        network: Network | None = None,
        named: Iterable[str] = (),
    ) -> None:
        self.paths = Paths(named)
        self.busy: Callable[[], bool] = lambda: False  # whether something is being sent that must not wait
        self.opened: Callable[[], None] = lambda: None  # there is a way out that was none before
        self.turned: Callable[[Way], None] = lambda _: None  # by this way from now on; said again and again
        self.learned: Callable[[frozenset[str]], object] = lambda _: None  # all paths that worked in this home
        self._host = host
        self._port = port
        self._faults = faults
        self._clock = clock
        self.way = way or Way()
        self._network = network
        self._out: str | None = ""
        self._known = self.paths.expected
        self._seen = LONG_AGO

    def recall(self, worked: Iterable[str]) -> None:
        """These paths worked before the last start."""
        self.paths.recall(worked)
        self._known = self.paths.expected

    async def run(self) -> None:
        """Until cancelled. A try that hangs holds up no other one."""
        async with asyncio.TaskGroup() as tries:
            while True:
                for path in await self._due():
                    tries.create_task(self._try(path))
                await asyncio.sleep(TICK)

    async def look(self) -> bool:
        """Try what is due now, by the routes of now, and say whether there is a way out."""
        self._seen = LONG_AGO
        await asyncio.gather(*map(self._try, await self._due()))
        return self._out is not None

    def proved(self, device: str) -> None:
        """Something of ours got through by this device, or as the system routes ("")."""
        self.paths.proved(device, self._clock())
        self._conclude()

    async def _due(self) -> list[Path]:
        now, hurried = self._clock().mono, self.busy()
        if self._network is not None and (hurried or now - self._seen >= ROUTES):
            self.paths.see(await asyncio.to_thread(self._network.routes))
            self._seen = now
        if self.way.doubts:
            self._conclude()
        return self.paths.due(self._clock().mono, hurried=hurried)

    async def _try(self, path: Path) -> None:
        why = ""
        try:
            async with asyncio.timeout(GIVEN_UP):
                await self._knock(path)
        except OSError as problem:  # TimeoutError is one
            why = type(problem).__name__
        self.paths.found(path, why, self._clock())
        self._conclude()

    async def _knock(self, path: Path) -> None:
        if path is not self.paths.main and path.route is None:
            raise NoRoute
        device = "" if path is self.paths.main else path.device
        (await connect(self._host, self._port, [*options(device), *BRIEF])).close()

    def _conclude(self) -> None:
        """One success is enough to restore a fault."""
        while self.way.doubts:
            self.paths.doubt(*self.way.doubts.popleft(), self._clock())
        before, self._out = self._out, self.paths.out
        self.way.use(self._out or "", self.paths.aside, mobile=self.paths.mobile)
        self.turned(self.way)
        if self._out is None and self.paths.main.lost:
            self._faults.put("internet", self.paths.main.why)
        elif self._out is not None:
            self._faults.restore("internet")
        for name, ok, why in self.paths.verdicts():
            self._faults.set(f"path:{name}", ok, why)
        if self.paths.expected != self._known:
            self._known = self.paths.expected
            self.learned(self._known)
        if self._out not in (None, before):
            self.opened()
