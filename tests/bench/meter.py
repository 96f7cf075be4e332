"""Between the hub and the network: lets everything through, and counts it."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing, suppress
from dataclasses import dataclass

HANDSHAKE = 6_000  # bytes of TLS for each connection: two hellos, a chain of certificates, two times "finished"
WRAPPING = 110  # bytes for each piece: a record of TLS, a packet and its acknowledgement
PIECE = 1400  # bytes; what a packet carries


@dataclass(slots=True)
class Meter:
    """`content`: bytes of requests and answers with their heads; `pieces`: what would be a packet each."""

    content: int = 0
    pieces: int = 0
    connections: int = 0

    @property
    def on_the_air(self) -> int:
        """Bytes with TLS, TCP and IP: an estimate."""
        return self.content + HANDSHAKE * self.connections + WRAPPING * self.pieces


@asynccontextmanager
async def metered(port: int) -> AsyncIterator[tuple[Meter, int]]:
    """The meter of what goes to `port` of this machine, and the port to go to instead."""
    meter = Meter()

    async def meet(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        meter.connections += 1
        beyond, to = await asyncio.open_connection("127.0.0.1", port)
        with closing(writer), closing(to):
            await asyncio.gather(_pass(meter, reader, to), _pass(meter, beyond, writer))

    server = await asyncio.start_server(meet, "127.0.0.1", 0)
    async with server:
        yield meter, server.sockets[0].getsockname()[1]


async def _pass(meter: Meter, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Until one side ends; then the other is told."""
    with suppress(ConnectionError):
        while piece := await reader.read(PIECE):
            meter.content += len(piece)
            meter.pieces += 1
            writer.write(piece)
            await writer.drain()
    with suppress(OSError):
        writer.write_eof()
