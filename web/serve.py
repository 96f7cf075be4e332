"""Serves the pages on a device, over TLS only: on the socket that systemd hands over, or on HUB_PAGE_BIND."""

import os
import ssl
import sys
from collections.abc import Callable
from pathlib import Path

from flask import Flask
from gunicorn.app.base import BaseApplication
from gunicorn.config import Config

from web import Settings, create_app

BIND = "127.0.0.1:8443"
CONTROL = "/run/hub/control.sock"


class Pages(BaseApplication):  # type: ignore[misc]
    """One process, so that a login is known whoever of its threads is asked."""

    def __init__(self, settings: Settings, certificate: Path, bind: str) -> None:
        self.settings, self.certificate, self.bind = settings, certificate, bind
        super().__init__()

    def load_config(self) -> None:
        options = {
            "bind": self.bind,  # not used where systemd hands over a socket
            "workers": 1,
            "worker_class": "gthread",
            "threads": 8,
            "worker_tmp_dir": "/dev/shm",  # noqa: S108 - in memory: the card is not written to
            "graceful_timeout": 2,
            "keepalive": 5,
            "limit_request_line": 2048,
            "limit_request_fields": 50,
            "limit_request_field_size": 4096,
            "certfile": str(self.certificate / "page.crt"),
            "keyfile": str(self.certificate / "page.key"),
            "ssl_context": modern,
            "control_socket_disable": True,
            "proc_name": "hub-web",
            "loglevel": "error",  # a warning would name the address of whoever came
        }
        for name, value in options.items():
            self.cfg.set(name, value)

    def load(self) -> Flask:
        return create_app(self.settings)


def modern(_config: Config, usual: Callable[[], ssl.SSLContext]) -> ssl.SSLContext:
    """TLS 1.2 with forward secrecy and authenticated ciphers only, or 1.3."""
    context = usual()
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.set_ciphers("ECDHE+AESGCM:ECDHE+CHACHA20")
    return context


def main() -> None:
    hosts = frozenset(name for name in os.environ.get("HUB_HOSTS", "").split(",") if name)
    folder = os.environ.get("HUB_PAGE_CERTIFICATE") or os.environ.get("CREDENTIALS_DIRECTORY")
    if not folder:
        sys.exit("HUB_PAGE_CERTIFICATE names the folder with page.crt and page.key; make them: hub certificate")
    settings = Settings(
        control=Path(os.environ.get("HUB_CONTROL_SOCKET", CONTROL)),
        hosts=hosts | {"localhost"},
        certificate=Path(folder) / "page.crt",
    )
    Pages(settings, Path(folder), os.environ.get("HUB_PAGE_BIND", BIND)).run()


if __name__ == "__main__":
    main()
