"""Debian's Chromium, and pages that complain of anything their own policy forbids."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from threading import Thread
from wsgiref.types import StartResponse, WSGIEnvironment

from flask import Flask
from playwright.sync_api import Browser, Page, sync_playwright
from werkzeug.serving import WSGIRequestHandler, make_server

QUIET = (
    "--headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking"
    " --disable-component-update --disable-sync"
)
HARMLESS = "Failed to load resource"  # said of every 503 and 404, which are tests of their own


class Silent(WSGIRequestHandler):
    def log(self, type: str, message: str, *args: object) -> None:
        """No line for each request."""


@contextmanager
def chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=QUIET.split())
        yield browser
        browser.close()


class Whole:
    """The answers of an app, read at once: Werkzeug's server leaves files open when a browser goes away early."""

    def __init__(self, app: Flask) -> None:
        self._app = app

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> list[bytes]:
        with closing(self._app(environ, start_response)) as parts:
            return [b"".join(parts)]


@contextmanager
def serving(app: Flask) -> Iterator[str]:
    """The address of the pages, on a port of their own."""
    server = make_server("127.0.0.1", 0, Whole(app), threaded=True, request_handler=Silent)
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@contextmanager
def opened(browser: Browser, address: str, width: int = 1280, **context: object) -> Iterator[Page]:
    """A page in a context of its own; at its end nothing may have gone wrong in it."""
    problems: list[str] = []
    with browser.new_context(viewport={"width": width, "height": 800}, **context) as fresh:
        page = fresh.new_page()
        page.set_default_timeout(15_000)
        page.on("pageerror", lambda error: problems.append(str(error)))
        page.on("console", lambda line: problems.append(line.text) if line.type == "error" else None)
        page.goto(address)
        yield page
    assert [problem for problem in problems if HARMLESS not in problem] == []
