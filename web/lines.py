"""The lines to the hub, in the language of the page that is being made, with the rights of whoever is logged in."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from flask import current_app, request, session

from hub.client import Client
from web.languages import chosen


@dataclass(frozen=True, slots=True)
class Member(Client):
    """Each request carries the token of a login; "" is nobody's. `poll`: the page asks by itself, nobody uses it."""

    token: str = ""
    poll: bool | None = None

    def ask(self, command: str, **values: object) -> dict[str, Any]:
        return Client.ask(self, command, token=self.token, poll=self.poll, **values)


def control() -> Client:
    settings = current_app.extensions["hub"]
    if settings.login:
        poll = request.path.endswith(".json") or None
        return Member(settings.control, language=chosen(), token=session.get("token", ""), poll=poll)
    return _line(settings.control)


def nobody() -> Client:
    """Before there is a login, and while one is being made."""
    return Member(current_app.extensions["hub"].control, language=chosen())


def simulation() -> Client:
    """The demonstration's simulated devices."""
    return _line(current_app.extensions["hub"].simulation)


def network() -> Client:
    """The demonstration's telephones."""
    return _line(current_app.extensions["hub"].network)


def _line(socket: Path) -> Client:
    return Client(socket, language=chosen())
