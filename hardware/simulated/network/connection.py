"""Break a TCP connection the hard way."""

import asyncio
import socket
import struct

AT_ONCE = struct.pack("ii", 1, 0)  # lingering on, for no time: the kernel sends RST instead of FIN


def reset(transport: asyncio.BaseTransport | None) -> None:
    """The peer gets "connection reset by peer"; harmless when the connection is gone already."""
    connection = None if transport is None else transport.get_extra_info("socket")
    if connection is not None and connection.fileno() >= 0:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, AT_ONCE)
    abort(transport)


def abort(transport: asyncio.BaseTransport | None) -> None:
    """Close without a word; a TLS transport that is closed already cannot be asked to."""
    if isinstance(transport, asyncio.WriteTransport) and not transport.is_closing():
        transport.abort()
