"""A fresh hub with its page, and what somebody does there, for real: the daemon, gunicorn with TLS, Chromium."""

import json
import os
import re
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from time import monotonic

from playwright.sync_api import Browser, Page

from hub.certificate import make
from hub.client import Client, Unreachable
from hub.demo import written
from hub.demo.plan import Plan
from hub.store import fingerprint
from hub.store.file import connect, uri

from .test_serve import until

ROOT = Path(__file__).parents[2]
LONG = 30_000  # ms; a shared machine is slow
ANNA = "+33639980001"
STRANGER = "simulated"  # as the button calls itself that lies beside a simulated hub


class Hub:
    """A fresh one, with its page."""

    def __init__(self, plan: Plan, page: str) -> None:
        self.plan, self.page = plan, page
        self.control, self.simulation, self.network = map(Client, (plan.control, plan.simulation, plan.network))
        self.page_process: subprocess.Popen[str] | None = None
        self.page_begun = 0.0  # monotonic
        self._process: subprocess.Popen[str] | None = None

    def start(self) -> None:
        command = [sys.executable, "-m", "hub", "--config", str(self.plan.written), "run"]
        self._process = subprocess.Popen(command, cwd=ROOT, text=True)
        until(self.answers, 40)

    def stop(self) -> None:
        if self._process:
            self._process.terminate()
            self._process.wait(20)

    def go_on_a_day_later(self) -> None:
        """Nobody waits so long: what waits was asked for a day earlier instead."""
        self.stop()
        with closing(connect(uri(self.plan.state / "hub.db"))) as store:
            store.execute("UPDATE pending_changes SET asked_at = strftime('%Y-%m-%dT%H:%M:%fZ', asked_at, '-25 hours')")
            fingerprint.renew(store)
        self.start()

    def command(self, *typed: str) -> str:
        line = [sys.executable, "-m", "hub", "--config", str(self.plan.written), *typed]
        return subprocess.run(line, cwd=ROOT, capture_output=True, text=True, check=True).stdout

    def new_code(self, role: str) -> str:
        found = re.search(r"\b(\w{5}-\w{5}|\d{6})\b", self.command("code", "new", role))
        assert found
        return found[1]

    def sent(self, incident: str) -> bool:
        deliveries = self.control.ask("incident", id=incident)["incident"]["deliveries"]
        return bool(deliveries) and all(one["outcome"] in ("accepted", "delivered") for one in deliveries)

    def nobody_is_called(self, number: str) -> bool:
        (phone,) = [one for one in self.network.ask("phones")["phones"] if one["number"] == number]
        return all(call["result"] for call in phone["calls"])

    def answers(self) -> bool:
        try:
            self.control.ask("status")
            self.simulation.ask("buttons")
        except Unreachable:
            return False
        return True


class Hand:
    """What somebody does on a page; each touch counts."""

    def __init__(self, page: Page) -> None:
        self.page, self.touches = page, 0

    def press(self, name: str, role: str = "button") -> None:
        self.touches += 1
        self.page.get_by_role(role, name=name, exact=True).first.click()

    def type(self, label: str, text: str) -> None:
        self.touches += 1
        self.page.get_by_label(label, exact=True).fill(text)

    def tick(self, label: str) -> None:
        self.touches += 1
        self.page.get_by_label(label, exact=True).check()


@contextmanager
def running(*command: str, **options) -> Iterator[subprocess.Popen[str]]:
    with subprocess.Popen([sys.executable, "-m", *command], cwd=ROOT, text=True, **options) as process:
        try:
            yield process
        finally:
            process.terminate()


@contextmanager
def fresh_hub(state: Path) -> Iterator[Hub]:
    """A new one in this folder, on simulated devices, with its page."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    plan = Plan(port, "127.0.0.1", state, "fr")
    made = Hub(plan, f"https://127.0.0.1:{port}")
    make(state)
    served = {
        "HUB_CONTROL_SOCKET": str(plan.control),
        "HUB_PAGE_CERTIFICATE": str(state),
        "HUB_PAGE_BIND": f"127.0.0.1:{port}",
    }
    with ExitStack() as stack:
        network = ("hardware.simulated.network", "--socket", str(plan.network))
        line = stack.enter_context(running(*network, stdin=subprocess.PIPE, stdout=subprocess.PIPE)).stdout
        assert line
        written.write(plan, json.loads(line.readline()))
        stack.callback(made.stop)
        made.start()
        made.page_begun = monotonic()
        made.page_process = stack.enter_context(running("web.serve", env=os.environ | served))
        until(lambda: listens(port))
        yield made


def listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


@contextmanager
def telephone(browser: Browser, hub: Hub, language: str) -> Iterator[Page]:
    with browser.new_context(viewport={"width": 360, "height": 740}, ignore_https_errors=True) as fresh:
        page = fresh.new_page()
        page.set_default_timeout(LONG)
        page.goto(f"{hub.page}/?lang={language}")
        yield page
