"""A time stamp service whose answer has no end."""

import contextlib
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from hub.errors import ErrandError
from hub.evidence.timestamp import TimeStamper
from hub.way import Way


class Endless(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        self.send_response(200)
        self.end_headers()
        with contextlib.suppress(OSError):
            while True:
                self.wfile.write(bytes(65536))

    def log_message(self, format: str, *values: object) -> None:
        """Nobody reads it."""


@pytest.fixture
def endless() -> Iterator[str]:
    """Its address."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Endless)
    server.block_on_close = False
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.mark.timeout(30)
def test_no_more_is_read_of_an_answer_than_a_time_stamp_can_have(endless: str) -> None:
    """By mobile data it would cost whatever the line can carry, and nothing else would be stamped."""
    with pytest.raises(ErrandError, match="no time stamp"):
        TimeStamper(endless, Way()).stamp(b"a list\n")
