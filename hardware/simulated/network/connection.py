"""Break a TCP connection the hard way."""

import asyncio
import socket
import struct

AT_ONCE = struct.pack("ii", 1, 0)  # lingering on, for no time: the kernel sends RST instead of FIN


def reset(transport: asyncio.BaseTransport | None) -> None:
    """The peer gets "connection reset by peer"; harmless when the connection is gone already."""
    if not isinstance(transport, asyncio.WriteTransport):
        return
    connection = transport.get_extra_info("socket")
    if connection is not None and connection.fileno() >= 0:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, AT_ONCE)
    transport.abort()
