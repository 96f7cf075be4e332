"""One AT port of the simulated modem: an abstract socket that ModemManager opens like a serial line."""

import asyncio
import contextlib
import re
import socket
from collections.abc import Awaitable, Callable

Run = Callable[["Session", str], Awaitable[list[str]]]  # one command, the lines it answers. Raises Failed


class Failed(Exception):
    """A command that does not end with OK; `str()` is the final line."""


class Session:
    """One connection to a port. Unsolicited lines wait while a command runs, as on a real modem."""

    def __init__(self, port: "Port", reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.port = port
        self._reader = reader
        self._writer = writer
        self._busy = False
        self._later: list[str] = []
        self._bytes = b""

    async def serve(self, run: Run) -> None:
        """Until the other side, or `close`, ends it."""
        with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError):
            while True:
                line = (await self._until(b"\r\n")).decode("latin-1").strip("\0 ")
                if line:
                    await self._obey(line, run)

    async def pdu(self) -> str:
        """What is written after the prompt of +CMGS."""
        self._send("\r\n> ")
        return (await self._until(b"\x1a\x1b")).decode("latin-1").strip()

    def tell(self, line: str) -> None:
        """An unsolicited line."""
        if self._busy:
            self._later.append(line)
        else:
            self._send(f"\r\n{line}\r\n")

    def close(self) -> None:
        self._writer.close()

    async def _obey(self, line: str, run: Run) -> None:
        if self.port.echo:
            self._send(f"{line}\r")
        self._busy = True
        self._send("".join(f"\r\n{answer}\r\n" for answer in await _answers(self, line, run)))
        self._busy = False
        while self._later:
            self.tell(self._later.pop(0))

    async def _until(self, stops: bytes) -> bytes:
        while not (found := re.search(b"[" + stops + b"]", self._bytes)):
            more = await self._reader.read(4096)
            if not more:
                raise ConnectionResetError
            self._bytes += more
        before, self._bytes = self._bytes[: found.start()], self._bytes[found.end() :]
        return before

    def _send(self, text: str) -> None:
        if not self.port.muted:
            self._writer.write(text.encode("latin-1", "replace"))


async def _answers(session: Session, line: str, run: Run) -> list[str]:
    """`AT+COPS=3,2;+COPS?` is two commands, and the first that fails is the last."""
    lines: list[str] = []
    try:
        for command in re.findall(r'(?:[^;"]|"[^"]*")+', line[2:]):
            lines += await run(session, command.strip())
    except Failed as failed:
        return [*lines, str(failed)]
    return [*lines, "OK"]


class Port:
    """Can be plugged in and pulled out; `sessions` are those that are open. `muted`: it answers nothing."""

    def __init__(self, name: str, run: Run) -> None:
        self.name = name
        self.sessions: list[Session] = []
        self.echo = True
        self.muted = False
        self._run = run
        self._server: asyncio.Server | None = None

    async def plug(self) -> None:
        self.echo, self.muted = True, False
        line = socket.socket(socket.AF_UNIX)
        line.bind(f"\0{self.name}")
        self._server = await asyncio.start_unix_server(self._opened, sock=line)

    async def unplug(self) -> None:
        if self._server:
            self._server.close()
        for session in self.sessions:
            session.close()

    async def _opened(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        session = Session(self, reader, writer)
        self.sessions.append(session)
        try:
            await session.serve(self._run)
        finally:
            self.sessions.remove(session)
            session.close()
