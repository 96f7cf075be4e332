"""A small hub on a real control socket: it answers as it was told to and remembers what it was asked."""

import json
import socketserver
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from hub.cli import build
from hub.config import Config


class SmallHub(socketserver.ThreadingUnixStreamServer):
    daemon_threads = True

    def __init__(self, path: Path) -> None:
        super().__init__(str(path), Exchange)
        self.answers: dict[str, dict[str, object]] = {"home": {"home": HOME}}
        self.asked: list[dict[str, object]] = []

    def refuse(self, command: str, sentence: str) -> None:
        self.answers[command] = {"ok": False, "error": sentence}


class Exchange(socketserver.StreamRequestHandler):
    server: SmallHub

    def handle(self) -> None:
        request = json.loads(self.rfile.readline())
        self.server.asked.append(request)
        answer = {"ok": True} | self.server.answers.get(request["command"], {})
        self.wfile.write(json.dumps(answer).encode() + b"\n")


HOME = {
    "name": "Marie",
    "address": "12 rue des Lilas, 29000 Quimper",
    "position": [47.996, -4.1024],
    "language": "fr",
    "timezone": "Europe/Paris",
    "floor": "2",
    "door_code": "12A4",
    "residents": "Marie, Tom (4)",
    "notes": "",
}


@pytest.fixture
def hub(tmp_path: Path) -> Iterator[SmallHub]:
    with SmallHub(tmp_path / "s") as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield server
        server.shutdown()
        thread.join()


class Terminal:
    """Types commands; `ran` holds the configurations that `hub run` and the recorder were started with."""

    def __init__(self, configuration: Path) -> None:
        self.configuration = configuration
        self.ran: list[tuple[str, Config, Path | None]] = []

    def type(self, *words: str, language: str = "en", typed: str = "") -> Result:
        """`typed`: what is answered where the command asks."""
        command = build(self._program("run", 0), {"recorder": self._program("recorder", 3)})
        arguments = ["--config", str(self.configuration), *words]
        environment = {"HUB_LANG": language, "CREDENTIALS_DIRECTORY": None}  # as before when the command has ended
        return CliRunner().invoke(command, arguments, input=typed, env=environment, prog_name="hub")

    def _program(self, name: str, code: int):  # type: ignore[no-untyped-def]
        def program(config: Config, path: Path | None) -> int:
            self.ran.append((name, config, path))
            return code

        return program


@pytest.fixture
def terminal(tmp_path: Path) -> Terminal:
    path = tmp_path / "hub.toml"
    path.write_text(f'[state]\nsocket = "{tmp_path}/s"\n')
    return Terminal(path)
