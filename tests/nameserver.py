"""A name server in the internet, and how a process comes to ask it: with the system's real resolver."""

import asyncio

from tests.streets import FAR

WITH_OUR_SERVER = ("unshare", "-m", "sh", "-c", 'mount --bind "$0" /etc/resolv.conf && exec "$@"')


class NameServer(asyncio.DatagramProtocol):
    """Each name is at FAR, and has no IPv6 address."""

    def connection_made(self, transport: asyncio.DatagramTransport) -> None:
        self._transport = transport

    def datagram_received(self, question: bytes, sender: tuple[str, int]) -> None:
        end = question.index(0, 12) + 5
        wants_ipv4 = question[end - 4 : end - 2] == b"\x00\x01"
        found = b"\xc0\x0c\x00\x01\x00\x01\x00\x00\x00\x00\x00\x04" + bytes(map(int, FAR.split(".")))
        head = question[:2] + b"\x81\x80\x00\x01" + (b"\x00\x01" if wants_ipv4 else bytes(2)) + bytes(4)
        self._transport.sendto(head + question[12:end] + (found if wants_ipv4 else b""), sender)
