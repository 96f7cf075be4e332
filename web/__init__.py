"""The pages. They know nothing but the control client: all is read and changed over the hub's socket."""

import os
from dataclasses import dataclass, field
from pathlib import Path
from secrets import token_bytes

from flask import Flask
from flask_wtf.csrf import CSRFProtect

from web import (
    access,
    buttons,
    demo,
    door,
    failures,
    home,
    incidents,
    languages,
    live,
    people,
    recordings,
    setup,
    sheet,
    technician,
    trials,
    words,
)


@dataclass(frozen=True, slots=True)
class Settings:
    """Where the hub listens. `hosts`: names a browser may use to ask for a page, besides plain addresses.

    `login`: whether a code is asked for; without, whoever opens a page has the rights of this process's user.
    `tls`: the pages are served over TLS only, which a `__Host-` cookie needs. `certificate`: with which (PEM); the
    sheet shows its fingerprint.
    `simulation` and `network` are the sockets of a demonstration; without them there is no demo page. `caller` is the
    number of its hub (E.164), that the contacts call back.
    """

    control: Path
    simulation: Path | None = None
    network: Path | None = None
    caller: str = ""
    hosts: frozenset[str] = frozenset({"localhost"})
    login: bool = True
    tls: bool = True
    certificate: Path | None = None
    secret: bytes = field(default_factory=lambda: token_bytes(32), repr=False)


def create_app(settings: Settings) -> Flask:
    app = Flask(__name__)
    app.config.from_mapping(
        SECRET_KEY=settings.secret,
        SESSION_COOKIE_NAME="__Host-session" if settings.tls else "session",
        SESSION_COOKIE_SECURE=settings.tls,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Strict",
        MAX_CONTENT_LENGTH=16 * 1024,
        WTF_CSRF_TIME_LIMIT=None,  # as long as the session: a page may stay open all day
        WTF_CSRF_SSL_STRICT=False,  # web.access looks at where a form comes from
    )
    app.extensions["hub"] = settings
    access.guard(app, settings.hosts)
    CSRFProtect(app)
    languages.install(app)
    words.install(app)
    failures.install(app)
    live.install(app)
    for area in (door, technician, people, home, buttons, incidents, recordings, setup, sheet, trials):
        area.install(app)
    if settings.simulation and settings.network:
        demo.install(app)
    return app


def demo_app() -> Flask:
    """The pages of `hub demo`, with the contacts' telephones; the environment says where the sockets are."""
    hosts = frozenset(name for name in os.environ.get("HUB_HOSTS", "").split(",") if name)
    return create_app(
        Settings(
            control=Path(os.environ["HUB_CONTROL_SOCKET"]),
            simulation=Path(os.environ["HUB_SIMULATION_SOCKET"]),
            network=Path(os.environ["HUB_NETWORK_SOCKET"]),
            caller=os.environ["HUB_CALLER"],
            hosts=hosts | {"localhost"},
            login=False,
            tls=False,
        )
    )
