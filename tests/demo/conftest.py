"""A demo as a person starts it: a process in a terminal, a folder, a port."""

import os
import queue
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest


class Demo:
    """A running `hub demo`; `lines` grows while it talks."""

    def __init__(self, state: Path, port: int, *options: str) -> None:
        self.state, self.port = state, port
        self.lines: list[str] = []
        self._new: queue.SimpleQueue[str | None] = queue.SimpleQueue()
        kept = {name: value for name, value in os.environ.items() if name not in ("HUB_CONFIG", "HUB_LANG")}
        self.process = subprocess.Popen(
            [sys.executable, "-m", "hub", "demo", "--state", str(state), "--port", str(port), *options],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            env=kept | {"HUB_LANG": "en"},
        )
        self._reader = threading.Thread(target=self._read)
        self._reader.start()

    def _read(self) -> None:
        assert self.process.stdout
        for line in self.process.stdout:
            self._new.put(line.rstrip("\n"))
        self._new.put(None)

    def says(self, words: str) -> str:
        """Wait for a line with these words."""
        while True:
            line = self._new.get(timeout=50)
            assert line is not None, f"{words!r} was never said: {self.lines} {self.logs()}"
            self.lines.append(line)
            if words in line:
                return line

    def logs(self) -> str:
        return "\n".join(path.read_text()[-2000:] for path in self.state.glob("*.log"))

    def children(self) -> dict[str, psutil.Process]:
        """By the log each writes: network, hub, page."""
        names = {"hardware.simulated.network": "network", "gunicorn": "page", "hub": "hub"}
        found = psutil.Process(self.process.pid).children()
        return {names[child.cmdline()[2]]: child for child in found}

    def close(self) -> None:
        if self.process.poll() is None:
            self.process.terminate()
        self.process.wait(30)
        self._reader.join()
        assert self.process.stdout
        self.process.stdout.close()


@pytest.fixture
def port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        number: int = probe.getsockname()[1]
        return number


@pytest.fixture
def demo(tmp_path: Path, port: int) -> Iterator[Demo]:
    demo = Demo(tmp_path / "d", port)
    yield demo
    demo.close()
