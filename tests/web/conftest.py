"""Pages before a small home on real sockets, asked by Flask's test client."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from hub.certificate import make
from web import Settings, create_app

from .fakegate import CODES
from .fakehome import FakeHome, served

ORIGIN = {"Origin": "http://localhost"}


@pytest.fixture
def home() -> FakeHome:
    return FakeHome()


@pytest.fixture
def sockets(home: FakeHome, tmp_path: Path) -> Iterator[dict[str, Path]]:
    with served(home, tmp_path) as paths:
        yield paths


@pytest.fixture
def app(sockets: dict[str, Path]) -> Flask:
    """With the demonstration, which asks for no code."""
    return create_app(Settings(**sockets, caller="+33162000000", login=False, tls=False))


@pytest.fixture
def closed(sockets: dict[str, Path], tmp_path: Path) -> Flask:
    """As on a device, but for TLS."""
    make(tmp_path)
    return create_app(Settings(control=sockets["control"], tls=False, certificate=tmp_path / "page.crt"))


class Browser:
    """Opens pages and sends their forms with the token that the last opened page carried."""

    def __init__(self, client: FlaskClient) -> None:
        self.client = client
        self.token = ""

    def open(self, path: str, **options: object) -> str:
        text = self.client.get(path, **options).get_data(as_text=True)
        found = re.search(r'name="csrf_token" value="([^"]+)"', text)
        self.token = found[1] if found else self.token
        return text

    def send(self, path: str, **fields: object):
        return self.client.post(path, data={"csrf_token": self.token, **fields}, headers=ORIGIN)

    def log_in(self, role: str):
        self.open("/")
        return self.send("/", code=CODES[role])


@pytest.fixture
def browser(app: Flask) -> Browser:
    return Browser(app.test_client())


@pytest.fixture
def visitor(closed: Flask) -> Browser:
    """Nobody yet."""
    return Browser(closed.test_client())


@pytest.fixture
def technician(visitor: Browser) -> Browser:
    visitor.log_in("technician")
    return visitor


@pytest.fixture
def wearer(visitor: Browser) -> Browser:
    visitor.log_in("wearer")
    return visitor
