"""A home with two ways out, a cable and a modem, in network namespaces of their own: real routes, real packets.

A socket belongs to the namespace in which its thread was when it was made: servers are opened `outside`, the hub's own
connections in the `home`. Only root may do this; elsewhere the tests are skipped.
"""

import asyncio
import contextlib
import ctypes
import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from hub import internet, paths
from hub.paths import HOME, METERED, Pace

CLONE_NEWNET = 0x40000000
FAR = "203.0.113.1"  # what everybody in the internet is reached at
NEAR = {"eth0": "192.0.2", "wwan0": "198.51.100"}
NOBODY = ("setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "--no-new-privs", "--bounding-set=-all")
METRIC = {"eth0": 100, "wwan0": 1000}

_libc = ctypes.CDLL(None, use_errno=True)


def _checked(failed: int) -> None:
    if failed:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))


def enter(namespace: int) -> None:
    """This thread, from now on; by an open file of the namespace."""
    _checked(_libc.setns(namespace, CLONE_NEWNET))


class Namespace:
    """Of the network."""

    def __init__(self) -> None:
        with open_here() as here:
            _checked(_libc.unshare(CLONE_NEWNET))
            self.file = os.open("/proc/thread-self/ns/net", os.O_RDONLY)
            enter(here)

    @contextlib.contextmanager
    def inside(self) -> Iterator[None]:
        with open_here() as here:
            enter(self.file)
            try:
                yield
            finally:
                enter(here)

    def ip(self, *words: str) -> None:
        with self.inside():
            subprocess.run(["ip", *" ".join(words).split()], check=True)


@contextlib.contextmanager
def open_here() -> Iterator[int]:
    here = os.open("/proc/thread-self/ns/net", os.O_RDONLY)
    try:
        yield here
    finally:
        os.close(here)


class Street:
    """`home` has eth0 and wwan0, whose default route comes after; `outside` is all the rest, at the address FAR."""

    def __init__(self) -> None:
        self.home, self.outside = Namespace(), Namespace()
        self.outside.ip("link set lo up")
        self.outside.ip(f"address add {FAR}/32 dev lo")
        self.home.ip("link set lo up")
        for device in NEAR:
            self._lay(device)

    def _lay(self, device: str) -> None:
        near = NEAR[device]
        home = f"/proc/{os.getpid()}/fd/{self.home.file}"
        self.outside.ip(f"link add {device} type veth peer name {device} netns {home}")
        self.outside.ip(f"address add {near}.1/24 dev {device}")
        self.outside.ip(f"link set {device} up")
        self.home.ip(f"address add {near}.2/24 dev {device}")
        self.plug(device)

    def plug(self, device: str) -> None:
        """The device comes up, and with it its route."""
        self.home.ip(f"link set {device} up")
        self.home.ip(f"route add default via {NEAR[device]}.1 dev {device} metric {METRIC[device]}")

    def unplug(self, device: str) -> None:
        """The device and its route are gone."""
        self.home.ip(f"link set {device} down")

    def lose(self, device: str) -> None:
        """The router is there, and what it is sent vanishes."""
        self.outside.ip(f"route add blackhole {NEAR[device]}.2/32")

    def find(self, device: str) -> None:
        self.outside.ip(f"route del blackhole {NEAR[device]}.2/32")

    def close(self) -> None:
        for place in (self.home, self.outside):
            os.close(place.file)


@contextlib.contextmanager
def mounted_sys(folder: Path) -> Iterator[Path]:
    """The devices of the namespace where this is called, as /sys/class/net shows them."""
    folder.mkdir()
    subprocess.run(["mount", "-t", "sysfs", "sysfs", folder], check=True)
    try:
        yield folder / "class" / "net"
    finally:
        subprocess.run(["umount", folder], check=True)


@pytest.fixture
def street() -> Iterator[Street]:
    if shutil.which("ip") is None:
        pytest.skip("this needs Debian's package iproute2")
    try:
        laid = Street()
    except (OSError, subprocess.CalledProcessError) as problem:
        pytest.skip(f"no network namespaces can be made here: {problem}")
    yield laid
    laid.close()


class Place:
    """A port of this machine that can be gone. `met`: how many connections were completed."""

    def __init__(self, host: str = "127.0.0.1") -> None:
        self.host, self.port, self.met = host, 0, 0

    async def come_back(self) -> None:
        self._server = await asyncio.start_server(self._meet, self.host, self.port)
        self.port = self._server.sockets[0].getsockname()[1]

    def go_away(self) -> None:
        self._server.close()

    async def _meet(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.met += 1
        writer.close()


def hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    """As ever a try is given up before the next one."""
    monkeypatch.setattr(internet, "TICK", 0.02)
    monkeypatch.setattr(internet, "ROUTES", 0.1)
    monkeypatch.setattr(internet, "GIVEN_UP", 0.4)
    monkeypatch.setattr(paths, "AGAIN", 0.5)
    monkeypatch.setattr(paths, "HOME", Pace(0.6, HOME.misses))
    monkeypatch.setattr(paths, "METERED", Pace(0.8, METERED.misses))


async def until(holds: Callable[[], object]) -> None:
    async with asyncio.timeout(20):
        while not holds():
            await asyncio.sleep(0.005)
