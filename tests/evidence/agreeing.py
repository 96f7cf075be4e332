"""A store that keeps its connections, as moto's does not, and has stored everything."""

import contextlib
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@contextlib.contextmanager
def agreeing(host: str = "127.0.0.1", asked: Callable[[], object] = lambda: None) -> Iterator[int]:
    """Its port. `asked`: called before each answer."""

    class Agreeing(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_PUT(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            asked()
            self.send_response(200)
            self.send_header("Content-Length", "0")
            self.send_header("x-amz-version-id", "1")
            self.send_header("x-amz-checksum-sha256", self.headers["x-amz-checksum-sha256"])
            self.end_headers()

        def log_message(self, format: str, *values: object) -> None:
            """Nobody reads it."""

    server = ThreadingHTTPServer((host, 0), Agreeing)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield server.server_port
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
