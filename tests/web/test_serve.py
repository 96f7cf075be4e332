"""The pages as a device serves them: gunicorn, TLS, a socket from systemd."""

import http.client
import os
import socket
import ssl
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from time import monotonic, sleep

import psutil
import pytest

from hub.certificate import make

ROOT = Path(__file__).parents[2]


class Served:
    def __init__(self, process: subprocess.Popen[str], port: int, certificate: Path) -> None:
        self.process, self.port = process, port
        self.trust = ssl.create_default_context(cafile=str(certificate / "page.crt"))
        self.trust.check_hostname = False  # one compares the fingerprint: the hub has an address and no name

    def get(self, path: str, **headers: str) -> http.client.HTTPResponse:
        line = http.client.HTTPSConnection("127.0.0.1", self.port, timeout=10, context=self.trust)
        line.request("GET", path, headers=headers)
        answer = line.getresponse()
        answer.read()
        line.close()
        return answer

    def answers(self) -> bool:
        try:
            return self.get("/").status == 200
        except OSError:
            return False


def environment(sockets: dict[str, Path], certificate: Path) -> dict[str, str]:
    return os.environ | {"HUB_CONTROL_SOCKET": str(sockets["control"]), "HUB_PAGE_CERTIFICATE": str(certificate)}


def until(happened, seconds: float = 20.0) -> None:
    deadline = monotonic() + seconds
    while not happened():
        assert monotonic() < deadline
        sleep(0.02)


@pytest.fixture(scope="module")
def certificate(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("certificate")
    make(folder)
    return folder


@pytest.fixture
def served(sockets, certificate) -> Iterator[Served]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    bound = environment(sockets, certificate) | {"HUB_PAGE_BIND": f"127.0.0.1:{port}"}
    with subprocess.Popen([sys.executable, "-m", "web.serve"], cwd=ROOT, env=bound, text=True) as process:
        pages = Served(process, port, certificate)
        try:
            until(pages.answers)
            yield pages
        finally:
            process.terminate()


def test_the_code_page_comes_over_tls_with_the_hubs_own_certificate(served):
    answer = served.get("/")
    assert answer.status == 200
    assert answer.headers["Set-Cookie"].startswith("__Host-session=")
    assert "Secure" in answer.headers["Set-Cookie"]
    assert "Strict-Transport-Security" not in answer.headers


def test_without_tls_nothing_is_said(served):
    line = http.client.HTTPConnection("127.0.0.1", served.port, timeout=5)
    line.request("GET", "/")
    with pytest.raises((http.client.HTTPException, OSError)):
        line.getresponse()
    line.close()


@pytest.mark.parametrize("version", ["TLSv1_2", "TLSv1_3"])
def test_tls_of_today_is_spoken_with_forward_secrecy(served, version):
    served.trust.minimum_version = served.trust.maximum_version = ssl.TLSVersion[version]
    assert served.get("/").status == 200


@pytest.mark.parametrize("ciphers", ["AES128-SHA:@SECLEVEL=0", "ECDHE-ECDSA-AES128-SHA256"])
def test_old_tls_and_old_ciphers_are_refused(served, ciphers):
    old = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    old.check_hostname, old.verify_mode = False, ssl.CERT_NONE
    old.maximum_version = ssl.TLSVersion.TLSv1_2
    old.set_ciphers(ciphers)
    with socket.create_connection(("127.0.0.1", served.port), 5) as line, pytest.raises((ssl.SSLError, OSError)):
        old.wrap_socket(line)


def test_a_strange_host_name_gets_nothing_here_either(served):
    assert served.get("/", Host="evil.example").status == 400


def test_a_body_without_a_length_is_cut_off_at_16_kib_as_well(served):
    line = http.client.HTTPSConnection("127.0.0.1", served.port, timeout=10, context=served.trust)
    form = {"Origin": f"https://127.0.0.1:{served.port}", "Content-Type": "application/x-www-form-urlencoded"}
    pieces = (piece for piece in [b"code="] + [b"1" * 1000] * 20)
    line.request("POST", "/", body=pieces, headers=form, encode_chunked=True)
    with closing(line), line.getresponse() as answer:
        assert answer.status in (400, 413)  # read to 16 KiB and no further


def test_it_is_small_and_one_process_answers(served):
    served.get("/status")
    (worker,) = psutil.Process(served.process.pid).children()
    assert worker.memory_info().rss <= 60_000_000


def test_it_takes_the_socket_that_systemd_holds_and_starts_within_three_seconds(sockets, certificate):
    """As systemd does it: the socket is descriptor 3, and its number of processes is in the environment."""
    with socket.create_server(("127.0.0.1", 0)) as held:
        port = held.getsockname()[1]

        known = environment(sockets, certificate) | {"HUB_PAGE_BIND": "192.0.2.1:1", "LISTEN_FDS": "1"}
        handed = f'exec 3<&{held.fileno()}; LISTEN_PID=$$ exec "$0" -m web.serve'
        command, begun = ["bash", "-c", handed, sys.executable], monotonic()
        with subprocess.Popen(command, cwd=ROOT, env=known, pass_fds=(held.fileno(),)) as process:
            try:
                until(Served(process, port, certificate).answers)
                assert monotonic() - begun <= 3.0
            finally:
                process.terminate()
