"""A time stamp service on loopback: OpenSSL's own, behind HTTP. What it signs is judged by OpenSSL as well."""

import subprocess
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

SETTINGS = """
[req]
distinguished_name = name
[name]
[ca]
basicConstraints = critical, CA:true
[tsa]
extendedKeyUsage = critical, timeStamping
[service]
serial = {folder}/serial
signer_cert = {folder}/tsa.pem
signer_key = {folder}/tsa.key
certs = {folder}/chain.pem
signer_digest = sha256
default_policy = 1.2.3.4
digests = {digests}
ess_cert_id_alg = sha256
"""


class TimeStampAuthority:
    """`chain`: which certificates are in an answer; `digests`: what it takes; `days`: how long it may sign; `page`:
    what it says instead, if any; `signs`: who answers in its name.
    """

    def __init__(self, folder: Path, chain: str = "", digests: str = "sha256", days: int = 3650) -> None:
        self.asked: list[bytes] = []
        self.page = b""
        self.signs: Callable[[bytes], bytes] = self.answer
        self._folder, self._days = folder, str(days)
        folder.mkdir()
        (folder / "settings").write_text(SETTINGS.format(folder=folder, digests=digests))
        self._make_certificates()
        (folder / "chain.pem").write_text("".join((folder / name).read_text() for name in chain.split()))
        authority = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                query = self.rfile.read(int(self.headers["Content-Length"]))
                said = authority.page or authority.signs(query)
                authority.asked.append(query)
                self.send_response(200)
                self.send_header("Content-Type", "application/timestamp-reply")
                self.send_header("Content-Length", str(len(said)))
                self.end_headers()
                self.wfile.write(said)

            def log_message(self, format: str, *values: object) -> None:
                """Nobody reads it."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}/"
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05})
        self._thread.start()

    def answer(self, query: bytes) -> bytes:
        (self._folder / "query").write_bytes(query)
        arguments = ("ts", "-reply", "-config", "settings", "-section", "service", "-queryfile", "query")
        return self._openssl(*arguments)

    def vouches(self, content: Path, answer: Path) -> bool:
        """Whether OpenSSL, which knows the authority, finds that this is its stamp of this content."""
        arguments = ("ts", "-verify", "-data", str(content), "-in", str(answer), "-CAfile", str(self.certificate))
        return subprocess.run(["openssl", *arguments], capture_output=True).returncode == 0

    @property
    def certificate(self) -> Path:
        """What somebody has to know of it to judge its stamps."""
        return self._folder / "ca.pem"

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def _make_certificates(self) -> None:
        fresh = ("-newkey", "rsa:2048", "-nodes", "-days", self._days, "-config", "settings")
        ca = ("-subj", "/CN=authority", "-keyout", "ca.key", "-out", "ca.pem")
        self._openssl("req", "-x509", *fresh, "-extensions", "ca", *ca)
        self._openssl("req", "-new", *fresh, "-subj", "/CN=stamps", "-keyout", "tsa.key", "-out", "tsa.csr")
        issued = ("-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial", "-days", self._days, "-out", "tsa.pem")
        self._openssl("x509", "-req", "-in", "tsa.csr", *issued, "-extfile", "settings", "-extensions", "tsa")
        (self._folder / "serial").write_text("01\n")

    def _openssl(self, *arguments: str) -> bytes:
        done = subprocess.run(["openssl", *arguments], cwd=self._folder, capture_output=True, check=True)
        return done.stdout
