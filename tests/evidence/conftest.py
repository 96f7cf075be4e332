"""Recorder children to talk to, and a room to listen to."""

import hashlib
import json
import os
import queue
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Protocol

import pytest

from .store import Relay, StoredBucket, StoreServer
from .virtual_microphone import VirtualMicrophone

PROGRAM = Path(__file__).with_name("recorder_process.py")
COURIER = Path(__file__).with_name("courier_process.py")
ROOT = Path(__file__).parents[2]
RATE = 16000
Report = dict[str, object]


def program(device: str, folder: Path, name: str = "") -> list[str]:
    return [sys.executable, str(PROGRAM), device, str(folder), str(RATE), name]


class RunningChild:
    """A recorder child and everything it said."""

    def __init__(self, command: list[str], environment: Mapping[str, str]) -> None:
        self.reports: list[Report] = []
        self.process = subprocess.Popen(
            command, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, bufsize=0
        )
        self._arrivals: queue.Queue[Report | None] = queue.Queue()
        self._reader = threading.Thread(target=self._read)
        self._reader.start()

    def say(self, line: bytes) -> None:
        assert self.process.stdin
        self.process.stdin.write(line + b"\n")

    def start(self, incident: str = "K7Q2M") -> None:
        self.say(json.dumps({"do": "start", "incident": incident}).encode())

    def stop(self) -> None:
        self.say(b'{"do":"stop"}')

    def hear(self, wanted: Callable[[Report], bool], seconds: float = 15) -> Report:
        """Return the next report that is wanted."""
        until = time.monotonic() + seconds
        while True:
            report = self._arrivals.get(timeout=max(0.0, until - time.monotonic()))
            assert report is not None, "the child ended"
            if wanted(report):
                return report

    def end(self) -> int:
        """Close standard input and wait."""
        if self.process.stdin:
            self.process.stdin.close()
        code = self.process.wait(10)
        self._reader.join()
        return code

    def kill(self) -> None:
        self.process.kill()
        self.end()

    def _read(self) -> None:
        assert self.process.stdout
        with self.process.stdout as lines:
            for line in lines:
                self.reports.append(json.loads(line))
                self._arrivals.put(self.reports[-1])
        self._arrivals.put(None)


def recording(segments: int) -> Callable[[Report], bool]:
    """Wait until so many segments are on the disk."""
    return lambda report: report.get("state") == "recording" and int(str(report["segments"])) >= segments


@pytest.fixture
def evidence(tmp_path: Path) -> Path:
    return tmp_path / "evidence"


class Launch(Protocol):
    """Start a child: simulated, or with the real PyAudio in a room."""

    def __call__(self, room: VirtualMicrophone | None = None, name: str = "") -> RunningChild: ...


@pytest.fixture
def launch(evidence: Path) -> Iterator[Launch]:
    children: list[RunningChild] = []

    def start(room: VirtualMicrophone | None = None, name: str = "") -> RunningChild:
        command = program("pyaudio" if room else "simulated", evidence, name)
        environment = (room.environment if room else os.environ) | {"PYTHONPATH": str(ROOT)}
        children.append(RunningChild(command, environment))
        return children[-1]

    yield start
    for child in children:
        child.kill()


@pytest.fixture
def child(launch: Launch) -> RunningChild:
    return launch()


@pytest.fixture(scope="module")
def room(tmp_path_factory: pytest.TempPathFactory) -> Iterator[VirtualMicrophone]:
    microphone = VirtualMicrophone(tmp_path_factory.mktemp("room"))
    microphone.start()
    yield microphone
    microphone.stop()


@pytest.fixture
def lone_room(tmp_path: Path) -> Iterator[VirtualMicrophone]:
    """A room that this test alone may take away."""
    microphone = VirtualMicrophone(tmp_path / "room")
    microphone.start()
    yield microphone
    microphone.stop()


class StartCourier(Protocol):
    """Start one for whom time flies; `changes` of what it is told: bucket, access, secret."""

    def __call__(self, haste: float = 1, **changes: str) -> RunningChild: ...


def start_courier(config: Path, haste: float, prefix: Sequence[str] = ()) -> RunningChild:
    command = [*prefix, sys.executable, str(COURIER), str(config), str(haste)]
    return RunningChild(command, os.environ | {"PYTHONPATH": str(ROOT)})


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[StoreServer]:
    server = StoreServer(tmp_path_factory.mktemp("store") / "log")
    yield server
    server.stop()


@pytest.fixture
def bucket(store: StoreServer, request: pytest.FixtureRequest) -> StoredBucket:
    return store.bucket(f"b{hashlib.sha256(request.node.nodeid.encode()).hexdigest()[:16]}")


@pytest.fixture
def line(store: StoreServer) -> Iterator[Relay]:
    line = Relay(store.port)
    line.up()
    yield line
    line.cut()


@pytest.fixture
def configure(tmp_path: Path, bucket: StoredBucket, line: Relay) -> Callable[..., Path]:
    def configure(**changes: str) -> Path:
        access, secret = bucket.key
        known = {"bucket": bucket.name, "access": access, "secret": secret} | changes
        (tmp_path / "offsite.secret").write_text(known["secret"])
        path = tmp_path / "hub.toml"
        path.write_text(f"""
[state]
dir = "{tmp_path}"
[evidence]
offsite_url = "http://127.0.0.1:{line.port}/{known["bucket"]}/home"
offsite_access_key = "{known["access"]}"
offsite_secret_file = "{tmp_path}/offsite.secret"
offsite_lock_days = 30
""")
        return path

    return configure


@pytest.fixture
def courier(configure: Callable[..., Path]) -> Iterator[StartCourier]:
    couriers: list[RunningChild] = []

    def start(haste: float = 1, **changes: str) -> RunningChild:
        couriers.append(start_courier(configure(**changes), haste))
        return couriers[-1]

    yield start
    for child in couriers:
        child.kill()
