"""By which network device the hub's own traffic leaves: as the system routes it, or past a route that leads nowhere."""

import asyncio
import errno
import socket
import threading
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Generic, TypeVar

from aiohappyeyeballs import AddrInfoType, start_connection

GONE = frozenset({errno.ENODEV, errno.ENETUNREACH, errno.ENETDOWN, errno.EADDRNOTAVAIL})  # what only a device can be
WRAPPED = 8  # errors in each other; no chain is followed without end
NEXT_ADDRESS = 0.25  # s; a name has several, and those of one family may lead nowhere

Option = tuple[int, int, int | bytes]
Line = TypeVar("Line")
AT_ONCE: Option = (socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

going_aside: ContextVar[bool] = ContextVar("going_aside", default=False)  # the task that is sending


class Way:
    """`device`: "" as the system routes; `aside`: another one, for those who go past that, or "". `mobile`: whether the
    first is mobile data. Read by whoever connects, from any thread; nobody ever waits for it. `doubts`: by which device
    somebody did not get through, and why it is gone, or "".
    """

    def __init__(self) -> None:
        self.device = self.aside = ""
        self.mobile = False
        self.doubts: deque[tuple[str, str]] = deque(maxlen=64)

    def use(self, device: str, aside: str = "", *, mobile: bool = False) -> None:
        """From now on."""
        self.device, self.aside, self.mobile = device, aside, mobile

    def failed(self, device: str, problem: BaseException) -> None:
        """Whoever left by it did not get through. Only one that is gone is left at once: whoever was to be reached
        may be down himself, and what the system would use instead is known to lead nowhere.
        """
        if not device:
            return
        why = type(problem).__name__ if _gone(problem) else ""
        self.doubts.append((device, why))
        if why and self.device == device:
            self.device = ""

    @contextmanager
    def leaving(self) -> Iterator[str]:
        """By which device to leave this time. What is raised inside and is no answer speaks against it."""
        device = self.device or (self.aside if going_aside.get() else "")
        try:
            yield device
        except OSError as problem:
            self.failed(device, problem)
            raise


class Lines(Generic[Line]):
    """What keeps connections, made anew each time the way is another one. May be asked by several threads."""

    def __init__(self, way: Way, made: Callable[[list[Option]], Line]) -> None:
        """`made` with what its sockets are to be told."""
        self._way, self._made = way, made
        self._lock = threading.Lock()
        self._device, self._line = "", made(options(""))

    def now(self) -> Line:
        with self._lock:
            device = self._way.device
            if device != self._device:
                self._device, self._line = device, self._made(options(device))
            return self._line


def _gone(problem: BaseException | None) -> bool:
    """Libraries wrap what the system said, some of them thrice."""
    for _ in range(WRAPPED):
        if isinstance(problem, OSError) and problem.errno in GONE:
            return True
        problem = problem and (problem.__cause__ or problem.__context__)
    return False


def options(device: str) -> list[Option]:
    """What a socket is to be told before it connects. A socket may be bound once without any right (Linux 5.7)."""
    return [AT_ONCE, (socket.SOL_SOCKET, socket.SO_BINDTODEVICE, device.encode())] if device else [AT_ONCE]


async def connect(host: str, port: int, wanted: list[Option]) -> socket.socket:
    """A connected socket with these options. Raises OSError."""
    loop = asyncio.get_running_loop()
    found = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return await start_connection(found, happy_eyeballs_delay=NEXT_ADDRESS, socket_factory=lambda a: _made(a, wanted))


def _made(address: AddrInfoType, wanted: list[Option]) -> socket.socket:
    family, kind, protocol, *_ = address
    made = socket.socket(family, kind, protocol)
    try:
        for option in wanted:
            made.setsockopt(*option)
    except OSError:
        made.close()
        raise
    return made
