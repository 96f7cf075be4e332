"""What leaves a home with two ways out, seen from outside: by which of them it came."""

import asyncio
import contextlib
import socket
import ssl

from tests.streets import FAR, NEAR, Street

CABLE, MOBILE = f"{NEAR['eth0']}.2", f"{NEAR['wwan0']}.2"
SEE_ITS_DEVICES = ("unshare", "-m", "sh", "-c", 'mount -t sysfs sysfs /sys && exec "$0" "$@"')


class Gate:
    """At an address of the internet, all that comes is handed on to a port of this machine. `callers`: who came."""

    def __init__(self, port: int) -> None:
        self.callers: list[str] = []
        self._to = port
        self._ends: list[tuple[asyncio.StreamWriter, socket.socket]] = []

    async def open(self, street: Street, tls: ssl.SSLContext | None = None) -> int:
        with street.outside.inside():
            self._server = await asyncio.start_server(self._meet, FAR, 0, ssl=tls)
        return int(self._server.sockets[0].getsockname()[1])

    async def close(self) -> None:
        """Whoever came by a way that is dead never says goodbye."""
        self._server.close()
        for _, connected in self._ends:
            with contextlib.suppress(OSError):  # it is closed already
                connected.shutdown(socket.SHUT_RDWR)
        await asyncio.gather(*(writer.wait_closed() for writer, _ in self._ends), return_exceptions=True)

    async def _meet(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.callers.append(writer.get_extra_info("peername")[0])
        from_inside, inside = await asyncio.open_connection("127.0.0.1", self._to)
        self._ends += [(end, end.get_extra_info("socket")) for end in (writer, inside)]
        await asyncio.gather(_hand_on(reader, inside), _hand_on(from_inside, writer))


async def _hand_on(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with contextlib.suppress(OSError, ssl.SSLError):
        while some := await reader.read(65536):
            writer.write(some)
            await writer.drain()
    writer.close()
