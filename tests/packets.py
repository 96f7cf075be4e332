"""The packets that pass a network device, counted as an operator counts them: with their IP heads, nothing below.

Only root sees packets.
"""

import asyncio
import socket
import struct
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

ALL = 0x0003  # what leaves, too
IP = 0x0800
HEAD = 14  # bytes before the packet itself


@dataclass(slots=True)
class Line:
    """The packets from and to one port since they were last counted."""

    seen: socket.socket
    port: int

    async def sizes(self) -> list[int]:
        """Bytes of each; once nothing more is on the way."""
        await asyncio.sleep(0.1)
        return [*self._sizes()]

    def _sizes(self) -> Iterator[int]:
        while True:
            try:
                packet = self.seen.recv(65536)[HEAD:]
            except BlockingIOError:
                return
            if len(packet) > 24 and self.port in struct.unpack("!HH", packet[20:24]):
                yield int.from_bytes(packet[2:4])


@contextmanager
def watched(device: str, port: int) -> Iterator[Line]:
    """On loopback only what arrives is seen: each packet once."""
    protocol = IP if device == "lo" else ALL
    with socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(protocol)) as seen:
        seen.bind((device, protocol))
        seen.setblocking(False)
        yield Line(seen, port)
