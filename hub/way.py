"""By which network device the hub's own traffic leaves: as the system routes it, or past a route that leads nowhere."""

import asyncio
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager

from aiohappyeyeballs import AddrInfoType, start_connection

DOUBT = 30.0  # s; so long a device that failed is not used again
NEXT_ADDRESS = 0.25  # s; a name has several, and those of one family may lead nowhere

Option = tuple[int, int, int | bytes]
AT_ONCE: Option = (socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)


class Way:
    """`device`: "" as the system routes. Read by whoever connects, from any thread; nobody ever waits for it."""

    def __init__(self) -> None:
        self.device = ""
        self._doubted: dict[str, float] = {}

    def use(self, device: str) -> None:
        """From now on, unless it failed a moment ago."""
        doubted = time.monotonic() - self._doubted.get(device, float("-inf")) < DOUBT
        self.device = "" if doubted else device

    def failed(self, device: str) -> None:
        """Whoever left by it did not get through: the next one goes as the system routes."""
        if device:
            self._doubted[device] = time.monotonic()
            self.use(self.device)

    @contextmanager
    def leaving(self) -> Iterator[str]:
        """By which device to leave this time. What is raised inside and is no answer speaks against it."""
        device = self.device
        try:
            yield device
        except OSError:
            self.failed(device)
            raise


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
