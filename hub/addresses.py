"""Names are looked up as ever; where a look-up fails or hangs, the addresses that it gave last serve once more."""

import socket
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Generic, TypeVar

PATIENCE = 1.0  # s; for a name whose addresses are known: no alert waits longer for a name server
THREADS = 16  # as many look-ups at once; while all of them hang, known names are not held up

Host = str | bytes | None
Port = str | bytes | int | None
Question = tuple[Host, Port, int, int, int, int]
Found = TypeVar("Found")


class Addresses(Generic[Found]):
    """Takes the place of socket.getaddrinfo. Kept in memory only: after a start each name must be found once."""

    def __init__(self, look_up: Callable[[Host, Port, int, int, int, int], Found]) -> None:
        self._look_up = look_up
        self._kept: dict[Question, Found] = {}
        self._threads = ThreadPoolExecutor(THREADS, thread_name_prefix="name")

    def __call__(self, host: Host, port: Port, family: int = 0, type: int = 0, proto: int = 0, flags: int = 0) -> Found:
        """As socket.getaddrinfo. Raises OSError for a name that was never found."""
        question = (host, port, int(family), int(type), proto, flags)
        asked = self._threads.submit(self._ask, question)
        try:
            return asked.result(PATIENCE if question in self._kept else None)
        except OSError:  # TimeoutError is one
            asked.cancel()
            if question not in self._kept:
                raise
            return self._kept[question]

    def _ask(self, question: Question) -> Found:
        """In a thread; an answer that comes too late is kept all the same."""
        found = self._look_up(*question)
        self._kept[question] = found
        return found


def keep() -> None:
    """For all of this process: neither Twilio's library nor asyncio takes a look-up of ours for itself."""
    socket.getaddrinfo = Addresses(socket.getaddrinfo)
