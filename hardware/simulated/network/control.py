"""The network's control socket: one JSON object a line in, one a line out."""

import asyncio
import json
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Self

from hardware.simulated.network.answers import Json
from hardware.simulated.network.commands import answer
from hardware.simulated.network.network import TelephoneNetwork

LONGEST_REQUEST = 64 * 1024
IDLE_SECONDS = 60.0


class ControlSocket:
    """An async context manager around a listening Unix socket, for its owner only."""

    def __init__(self, network: TelephoneNetwork, path: Path) -> None:
        self._network = network
        self._path = path
        self._server: asyncio.Server | None = None
        self._open: set[asyncio.StreamWriter] = set()

    async def __aenter__(self) -> Self:
        self._path.unlink(missing_ok=True)
        self._server = await asyncio.start_unix_server(self._talk, self._path, limit=LONGEST_REQUEST)
        self._path.chmod(0o600)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._server is not None:
            self._server.close()
        for writer in self._open:
            writer.close()
        self._path.unlink(missing_ok=True)

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._open.add(writer)
        # A peer that falls silent, leaves, or sends a line without an end is simply let go.
        with suppress(OSError, ValueError, TimeoutError):
            while line := await asyncio.wait_for(reader.readline(), IDLE_SECONDS):
                writer.write(json.dumps(self._answer(line)).encode() + b"\n")
                await asyncio.wait_for(writer.drain(), IDLE_SECONDS)
        self._open.discard(writer)
        writer.close()

    def _answer(self, line: bytes) -> Json:
        try:
            request = json.loads(line)
        except (ValueError, RecursionError):
            request = None
        return answer(self._network, request)
