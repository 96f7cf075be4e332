"""What the meter between the hub and the network counts."""

import asyncio
import http.client

from hardware.simulated.network import TelephoneNetwork
from tests.bench.meter import HANDSHAKE, WRAPPING, metered


def _ask(port: int) -> tuple[int, int]:
    """What came back: status, and bytes of the body."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", "/nothing")
        answer = connection.getresponse()
        return answer.status, len(answer.read())
    finally:
        connection.close()


async def test_requests_and_answers_pass_and_are_counted_with_their_heads() -> None:
    async with TelephoneNetwork() as network, metered(network.http_port) as (meter, port):
        status, body = await asyncio.to_thread(_ask, port)
        assert (status, [r.path for r in network.requests]) == (404, ["/nothing"])
        request = len(b"GET /nothing HTTP/1.1\r\n\r\n")
        assert request + body < meter.content < 1000
        assert meter.connections == 1
        assert meter.on_the_air == meter.content + HANDSHAKE + WRAPPING * meter.pieces
