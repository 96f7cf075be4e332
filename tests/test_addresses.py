"""The name server dies or hangs, and an alert leaves all the same, for addresses that were found before."""

import socket
import threading
from collections.abc import AsyncIterator, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from time import monotonic
from urllib.parse import urlsplit

import pytest

from hardware.simulated.network import QUICK, TelephoneNetwork
from hub import addresses
from hub.addresses import THREADS, Addresses
from hub.channels.twilio import TwilioLine
from tests.channels.conftest import account

NAME = "provider.test"
Found = list[tuple[object, ...]]
FOUND: Found = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", 443))]


class NameServer:
    """Knows one name, and may fail, or hang until it is let go. `asked`: how often."""

    def __init__(self) -> None:
        self.asked = 0
        self.dead = False
        self.free = threading.Event()
        self.free.set()
        self._real = socket.getaddrinfo

    def __call__(self, host: str, port: int, *rest: int) -> Found:
        if host != NAME:
            return self._real(host, port, *rest)
        self.asked += 1
        self.free.wait()
        if self.dead:
            raise socket.gaierror(socket.EAI_AGAIN, "the name server is dead")
        return self._real("127.0.0.1", port, *rest)


@pytest.fixture
def server() -> Iterator[NameServer]:
    server = NameServer()
    yield server
    server.free.set()


@pytest.fixture
def names(server: NameServer, monkeypatch: pytest.MonkeyPatch) -> Addresses[Found]:
    monkeypatch.setattr(addresses, "PATIENCE", 0.1)
    return Addresses(server)


def test_a_name_is_looked_up_each_time(names: Addresses[Found], server: NameServer):
    found = names(NAME, 443, type=socket.SOCK_STREAM)
    assert found == names(NAME, 443, 0, socket.SOCK_STREAM) == FOUND
    assert server.asked == 2


def test_a_name_that_is_not_found_any_more_has_the_addresses_it_had(names: Addresses[Found], server: NameServer):
    names(NAME, 443)
    server.dead = True
    assert names(NAME, 443)[0][4] == ("127.0.0.1", 443)


def test_a_name_that_was_never_found_is_an_error(names: Addresses[Found], server: NameServer):
    server.dead = True
    with pytest.raises(socket.gaierror, match="dead"):
        names(NAME, 443)


def test_look_ups_that_hang_hold_up_no_name_that_is_known(names: Addresses[Found], server: NameServer, monkeypatch):
    names(NAME, 443)
    server.free.clear()
    for _ in range(THREADS + 2):
        began = monotonic()
        assert names(NAME, 443)[0][4] == ("127.0.0.1", 443)
        assert monotonic() - began < 1
    monkeypatch.setattr(addresses, "PATIENCE", 10.0)
    server.free.set()
    names(NAME, 443)
    assert server.asked == 1 + THREADS + 1, "those that waited in vain are not asked"


def test_an_answer_that_comes_too_late_is_kept(names: Addresses[Found], server: NameServer, monkeypatch):
    names(NAME, 443)
    newer = [(*FOUND[0][:4], ("127.0.0.2", 443))]
    kept = threading.Event()

    def late(*_: object) -> Found:
        server.free.wait()
        kept.set()
        return newer

    monkeypatch.setattr(names, "_look_up", late)
    server.free.clear()
    assert names(NAME, 443) != newer
    server.free.set()
    assert kept.wait(5)
    monkeypatch.setattr(names, "_look_up", server)
    server.dead = True
    assert names(NAME, 443) == newer


@pytest.fixture
async def line(names: Addresses[Found], monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[TwilioLine]:
    """A line to a provider that is known by its name."""
    monkeypatch.setattr(socket, "getaddrinfo", names)
    with ThreadPoolExecutor(4) as threads:
        async with TelephoneNetwork(timing=QUICK) as network:
            url = f"http://{NAME}:{urlsplit(network.api_url).port}"
            yield TwilioLine(replace(account(network.account, network.api_url), api_url=url), threads, threads)


@pytest.mark.parametrize("illness", ["dead", "hanging"])
async def test_the_provider_is_reached_without_a_name_server(line: TwilioLine, server: NameServer, illness: str):
    await line.check()
    if illness == "dead":
        server.dead = True
    else:
        server.free.clear()
    began = monotonic()
    await line.check()
    assert monotonic() - began < 2
    server.free.set()
