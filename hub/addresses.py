"""Names are looked up as ever; where a look-up fails or hangs, the addresses that it gave last serve once more."""

import json
import os
import socket
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from ipaddress import ip_address
from pathlib import Path
from time import monotonic
from typing import Generic, TypeVar

PATIENCE = 1.0  # s; for a name whose addresses are known: no alert waits longer for a name server
LONGEST = 8.0  # s; for one that is not known
THREADS = 16  # as many look-ups at once; while all of them hang, known names are not held up
SELDOM = 3600.0  # s; a provider's addresses change each minute, and a card wears out
NAMES, EACH = 64, 16  # as many names, and addresses of each, are kept on disk
LARGEST = 65536  # bytes; what is larger was not written by us

Host = str | bytes | None
Port = str | bytes | int | None
Question = tuple[Host, Port, int, int, int, int]
Kept = Mapping[str, tuple[str, ...]]
Found = TypeVar("Found", bound=tuple[object, object, object, object, tuple[object, ...]])


class Addresses(Generic[Found]):
    """Takes the place of socket.getaddrinfo. `file`: what is kept for the next start; no caller waits for it."""

    def __init__(self, look_up: Callable[[Host, Port, int, int, int, int], list[Found]], file: Path) -> None:
        self._look_up = look_up
        self._file = file
        self._kept = dict(read(file))
        self._written, self._since = dict(self._kept), float("-inf")
        self._threads = ThreadPoolExecutor(THREADS, thread_name_prefix="name")
        self._disk = ThreadPoolExecutor(1, thread_name_prefix="addresses")

    def __call__(
        self, host: Host, port: Port, family: int = 0, type: int = 0, proto: int = 0, flags: int = 0
    ) -> list[Found]:
        """As socket.getaddrinfo. Raises OSError for a name that is not known."""
        question = (host, port, int(family), int(type), proto, flags)
        if not isinstance(host, str) or numeric(host):
            return self._look_up(*question)
        asked = self._threads.submit(self._ask, host, question)
        try:
            return asked.result(PATIENCE if host in self._kept else LONGEST)
        except OSError as problem:  # TimeoutError is one
            asked.cancel()
            if known := self._known(host, question):
                return known
            if isinstance(problem, TimeoutError):
                raise socket.gaierror(socket.EAI_AGAIN, "no name server answers") from problem
            raise

    def _ask(self, name: str, question: Question) -> list[Found]:
        """In a thread; an answer that comes too late is kept all the same."""
        found = self._look_up(*question)
        addresses = tuple(dict.fromkeys(str(address[0]) for *_, address in found))[:EACH]
        if public(self._kept.get(name, ())) and not public(addresses):
            raise socket.gaierror(socket.EAI_AGAIN, "a router answers for a name that is elsewhere")
        self._kept[name] = addresses
        self._note()
        return found

    def _known(self, name: str, question: Question) -> list[Found]:
        """The kept addresses, as an answer to this question; nobody else is asked for it."""
        _, port, family, kind, proto, flags = question
        found: list[Found] = []
        for address in self._kept.get(name, ()):
            with suppress(OSError):
                found += self._look_up(address, port, family, kind, proto, flags | socket.AI_NUMERICHOST)
        return found

    def _note(self) -> None:
        kept, now = self._kept.copy(), monotonic()
        if worth_writing(kept, self._written, now - self._since):
            self._written, self._since = kept, now
            self._disk.submit(self._write, kept)

    def _write(self, kept: Kept) -> None:
        try:
            write(self._file, kept)
        except OSError:
            self._written = {}  # the next answer tries again


def numeric(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True


def public(addresses: tuple[str, ...]) -> bool:
    """Whether they lead out of the home. A router whose line is cut may give its own for every name."""
    return any(ip_address(address).is_global for address in addresses)


def worth_writing(kept: Kept, written: Kept, seconds: float) -> bool:
    """`seconds`: since the last time. A new name is written at once, new addresses of a known one seldom."""
    return not kept.keys() <= written.keys() or (kept != written and seconds >= SELDOM)


def read(file: Path) -> Kept:
    """What is well formed in it; a missing or damaged file is nothing known, and no error."""
    try:
        with file.open("rb") as opened:
            said = json.loads(opened.read(LARGEST))
    except (OSError, ValueError, RecursionError):
        return {}
    return {name: tuple(said[name]) for name in said if _well_formed(said[name])} if isinstance(said, dict) else {}


def _well_formed(addresses: object) -> bool:
    """A list of one at least."""
    return isinstance(addresses, list) and addresses != [] and all(isinstance(a, str) and numeric(a) for a in addresses)


def write(file: Path, kept: Kept) -> None:
    """Whole or not at all, also when the plug is pulled. Raises OSError."""
    part = file.with_suffix(".part")
    with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as opened:
        json.dump(dict(list(kept.items())[-NAMES:]), opened)
        opened.flush()
        os.fsync(opened.fileno())
    part.replace(file)


def keep(file: Path) -> None:
    """For all of this process: neither Twilio's library nor asyncio takes a look-up of ours for itself."""
    socket.getaddrinfo = Addresses(socket.getaddrinfo, file)
