"""The name server dies or hangs, and an alert leaves all the same, for addresses that were found before."""

import socket
import threading
from collections.abc import AsyncIterator, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from time import monotonic, sleep
from urllib.parse import urlsplit

import pytest

from hardware.simulated.network import QUICK, TelephoneNetwork
from hub import addresses
from hub.addresses import LARGEST, NAMES, SELDOM, THREADS, Addresses, read, worth_writing, write
from hub.channels.twilio import TwilioLine
from tests.channels.conftest import account

NAME = "provider.test"
Found = tuple[object, object, object, object, tuple[object, ...]]
FOUND: list[Found] = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", 443))]


class NameServer:
    """Knows one name, and may fail, or hang until it is let go. `asked`: how often; `address`: what it says."""

    def __init__(self) -> None:
        self.asked = 0
        self.address = "127.0.0.1"
        self.dead = False
        self.free = threading.Event()
        self.free.set()
        self._real = socket.getaddrinfo

    def __call__(self, host: str, port: int, *rest: int) -> list[Found]:
        if host != NAME:
            return self._real(host, port, *rest)
        self.asked += 1
        self.free.wait()
        if self.dead:
            raise socket.gaierror(socket.EAI_AGAIN, "the name server is dead")
        return self._real(self.address, port, *rest)


@pytest.fixture
def server() -> Iterator[NameServer]:
    server = NameServer()
    yield server
    server.free.set()


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "addresses.json"


@pytest.fixture
def names(server: NameServer, file: Path, monkeypatch: pytest.MonkeyPatch) -> Addresses[Found]:
    monkeypatch.setattr(addresses, "PATIENCE", 0.1)
    return Addresses(server, file)


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


def test_an_answer_that_comes_too_late_is_kept(names: Addresses[Found], server: NameServer, file: Path, monkeypatch):
    monkeypatch.setattr(addresses, "SELDOM", 0.0)
    names(NAME, 443)
    server.free.clear()
    server.address = "127.0.0.2"
    while server.asked < 2:
        assert names(NAME, 443)[0][4] == ("127.0.0.1", 443)
    server.free.set()
    until_written(file, "127.0.0.2")
    server.dead = True
    assert names(NAME, 443)[0][4] == ("127.0.0.2", 443)


def test_a_name_that_nobody_answers_for_is_given_up(names: Addresses[Found], server: NameServer, monkeypatch):
    monkeypatch.setattr(addresses, "LONGEST", 0.1)
    server.free.clear()
    with pytest.raises(socket.gaierror):
        names(NAME, 443)


def test_a_number_waits_for_no_look_up_that_hangs(names: Addresses[Found], server: NameServer, monkeypatch):
    monkeypatch.setattr(addresses, "LONGEST", 0.01)
    server.free.clear()
    for _ in range(THREADS + 2):
        with pytest.raises(socket.gaierror):
            names(NAME, 443)
    assert names("127.0.0.1", 443, type=socket.SOCK_STREAM) == FOUND


def until_written(file: Path, *found: str) -> None:
    end = monotonic() + 10
    while read(file).get(NAME) != found:
        assert monotonic() < end, read(file)
        sleep(0.01)


def test_after_a_start_without_a_name_server_a_name_has_the_addresses_it_had(
    names: Addresses[Found], server: NameServer, file: Path
):
    names(NAME, 80)
    until_written(file, "127.0.0.1")
    server.dead = True
    again = Addresses(server, file)
    assert again(NAME, 443, type=socket.SOCK_STREAM) == FOUND, "whatever port it was looked up for"
    assert file.stat().st_mode & 0o777 == 0o600


def test_names_are_written_as_soon_as_the_disk_takes_them(server: NameServer, tmp_path: Path):
    file = tmp_path / "later" / "addresses.json"
    names = Addresses(server, file)
    assert names(NAME, 443)
    file.parent.mkdir()
    end = monotonic() + 10
    while not file.exists():
        assert monotonic() < end
        names(NAME, 443)


def test_new_addresses_of_a_known_name_are_seldom_written():
    kept, other = {NAME: ("8.8.8.8",)}, {NAME: ("8.8.4.4",)}
    assert worth_writing(kept, {}, 0.0), "a new name is, at once"
    assert not worth_writing(kept, kept, 2 * SELDOM)
    assert not worth_writing(other, kept, SELDOM - 1)
    assert worth_writing(other, kept, SELDOM)


@pytest.mark.parametrize(
    "content",
    [b"", b"{", b"\xff", b"[]", b"3", b"[" * 20000, b'{"a": 1}', b'{"a": []}', b'{"a": [7]}', b'{"a": ["b"]}',
     b'{"a": ["127.0.0.1", null]}', b'{"a": ["127.0.0.1"'.ljust(LARGEST) + b"]}"],
)  # fmt: skip
def test_of_a_damaged_file_nothing_is_known(file: Path, server: NameServer, content: bytes):
    file.write_bytes(content)
    assert read(file) == {}
    assert Addresses(server, file)(NAME, 443)


def test_the_file_is_never_larger_than_what_is_read(file: Path):
    longest = tuple("2001:0db8:1111:2222:3333:4444:5555:6666" for _ in range(addresses.EACH))
    write(file, {f"{number:0253}": longest for number in range(2 * NAMES)})
    assert file.stat().st_size <= LARGEST
    assert set(read(file)) == {f"{number:0253}" for number in range(NAMES, 2 * NAMES)}, "the newest"


@pytest.mark.parametrize(
    "captive", ["192.168.1.1", "10.0.0.1", "127.0.0.1", "169.254.0.1", "100.64.0.1", "0.0.0.0", "fe80::1"]
)
def test_a_router_that_answers_for_every_name_is_not_believed(
    names: Addresses[Found], server: NameServer, captive: str, monkeypatch
):
    monkeypatch.setattr(addresses, "PATIENCE", 10.0)
    server.address = "8.8.8.8"
    names(NAME, 443)
    server.address = captive
    assert names(NAME, 443)[0][4] == ("8.8.8.8", 443)
    server.address = "8.8.4.4"
    assert names(NAME, 443)[0][4] == ("8.8.4.4", 443)


def test_a_name_that_only_the_home_knows_may_move(names: Addresses[Found], server: NameServer, monkeypatch):
    monkeypatch.setattr(addresses, "PATIENCE", 10.0)
    for server.address in ("192.168.1.1", "192.168.1.2", "8.8.8.8"):
        assert names(NAME, 443)[0][4] == (server.address, 443)


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
