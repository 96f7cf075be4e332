"""What heartbeat and probe cost in data: each packet on the loopback is counted, IP and TCP heads included.

Only root sees packets. Over a real network the chain of certificates is longer, and takes more packets.
"""

import asyncio
import socket
import ssl
import struct
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import trustme

from hub import heartbeat, internet
from hub.core import clock
from hub.heartbeat import Heartbeat
from hub.internet import Probe
from tests.bench.report import Progress, Row
from tests.hub_fixture import build
from tests.outsider import Outsider

TITLE = "upkeep: the data of heartbeat and probe, a few seconds"
TIMES = 20
MONTH = 30 * 24 * 3600.0  # s
MB = 1_000_000
HEAD = 14  # bytes before the packet itself
IP = 0x0800  # and with it only what arrives is seen: each packet once


@dataclass(slots=True)
class Line:
    """The packets from and to one port of this machine since they were last counted."""

    seen: socket.socket
    port: int

    async def spent(self) -> int:
        """Bytes; once nothing more is on the way."""
        await asyncio.sleep(0.1)
        return sum(self._sizes())

    def _sizes(self) -> Iterator[int]:
        while True:
            try:
                packet = self.seen.recv(65536)[HEAD:]
            except BlockingIOError:
                return
            if self.port in struct.unpack("!HH", packet[20:24]):
                yield int.from_bytes(packet[2:4])


@contextmanager
def watched(port: int) -> Iterator[Line]:
    with socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(IP)) as seen:
        seen.bind(("lo", IP))
        seen.setblocking(False)
        yield Line(seen, port)


async def measure(progress: Progress) -> list[Row]:
    authority, own = trustme.CA(), ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    authority.issue_cert("127.0.0.1").configure_cert(own)
    trust = ssl.create_default_context()
    authority.configure_trust(trust)
    with tempfile.TemporaryDirectory() as folder:
        async with Outsider(own) as outsider:
            port = urlsplit(outsider.url).port or 0
            hub = build(Path(folder))
            with watched(port) as line:
                begun, kept = await _pings(Heartbeat(outsider.url, hub.household, hub.faults, clock, trust), line)
                probed = await _probes(Probe("127.0.0.1", port, hub.faults, clock), line)
    return [
        Row("heartbeat: one ping, connection kept", kept, "bytes"),
        Row("heartbeat: one ping, connection made for it", [begun], "bytes"),
        Row("probe: one connection, made and dropped", probed, "bytes"),
        Row("a month of heartbeat, connection kept", [_month(max(kept), heartbeat.EVERY)], "MB"),
        Row("a month of heartbeat, a connection for each", [_month(begun, heartbeat.EVERY)], "MB"),
        Row("a month of the probe", [_month(max(probed), internet.EVERY)], "MB"),
    ]


async def _pings(heart: Heartbeat, line: Line) -> tuple[int, list[int]]:
    """What the first one took, and each of those after it."""
    spent = []
    for _ in range(TIMES + 1):
        assert await heart.beat()
        spent.append(await line.spent())
    return spent[0], spent[1:]


async def _probes(probe: Probe, line: Line) -> list[int]:
    await line.spent()
    spent = []
    for _ in range(TIMES):
        assert await probe.look()
        spent.append(await line.spent())
    return spent


def _month(size: int, pause: float) -> float:
    return size * MONTH / pause / MB
