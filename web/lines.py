"""The lines to the hub, in the language of the page that is being made."""

from pathlib import Path

from flask import current_app

from hub.client import Client
from web.languages import chosen


def control() -> Client:
    return _line(current_app.extensions["hub"].control)


def simulation() -> Client:
    """The demonstration's simulated devices."""
    return _line(current_app.extensions["hub"].simulation)


def network() -> Client:
    """The demonstration's telephones."""
    return _line(current_app.extensions["hub"].network)


def _line(socket: Path) -> Client:
    return Client(socket, language=chosen())
