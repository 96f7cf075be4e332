"""Pages before a small home on real sockets, asked by Flask's test client."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from web import Settings, create_app

from .fakehome import FakeHome, served


@pytest.fixture
def home() -> FakeHome:
    return FakeHome()


@pytest.fixture
def sockets(home: FakeHome, tmp_path: Path) -> Iterator[dict[str, Path]]:
    with served(home, tmp_path) as paths:
        yield paths


@pytest.fixture
def app(sockets: dict[str, Path]) -> Flask:
    """With the demonstration."""
    return create_app(Settings(**sockets, caller="+33162000000"))


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

    def send(self, path: str, **fields: str):
        return self.client.post(path, data={"csrf_token": self.token, **fields})


@pytest.fixture
def browser(app: Flask) -> Browser:
    return Browser(app.test_client())
