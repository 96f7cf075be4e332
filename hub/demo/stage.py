"""The demo from curtain to curtain: start the processes in order, watch over them, end them all."""

import http.client
import json
import signal
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from time import monotonic, sleep
from typing import NoReturn

import click

from hub.cli.words import sentence
from hub.client import Client, Unreachable
from hub.demo import plan as plans
from hub.demo import written
from hub.demo.child import Child
from hub.demo.people import move_in
from hub.demo.plan import CannotStart, Plan, bracketed

PATIENCE = 30.0  # seconds each process has to answer for the first time
RESTART = 1.0  # seconds before the hub is started again, as its service would be
LOOK = 0.2
SIGNALS = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)


class Ended(BaseException):
    """SIGTERM, SIGINT or SIGHUP; passes through everything but the clearing up."""


def run(plan: Plan) -> int:
    """Until it is told to end. The exit code is 0 for that, 1 when the demo cannot start or go on."""
    try:
        plans.refuse_real_devices(plan)
        plans.refuse_long_paths(plan)
        with _signals(), plans.alone(plan), ExitStack() as stack:
            plans.refuse_taken_port(plan)
            Stage(plan, stack).play()
    except CannotStart as problem:
        click.echo(sentence(plan.language, problem.key, **problem.values), err=True)
        return 1
    except Ended:
        click.echo(sentence(plan.language, "demo_ended"))
    return 0


@dataclass(slots=True)
class Stage:
    """Everything on `stack` ends when the demo does, the last that was started first."""

    plan: Plan
    stack: ExitStack
    children: dict[str, Child] = field(default_factory=dict)

    def play(self) -> NoReturn:
        self._tell("demo_network")
        written.write(self.plan, self._network())
        self._tell("demo_hub")
        self._hub()
        self._within(PATIENCE, "hub", self._hub_answers)
        move_in(self._client())
        self._tell("demo_page")
        self._page()
        self._within(PATIENCE, "page", self._page_answers)
        click.echo(_box(self.plan))
        self._watch()

    def _network(self) -> dict[str, object]:
        network = self._start("network", "hardware.simulated.network", "--socket", str(self.plan.network), reads=True)
        line = network.line()
        if not line:
            raise CannotStart("demo_died", name="network", log=network.log)
        announced: dict[str, object] = json.loads(line)
        return announced

    def _hub(self) -> None:
        self._start("hub", "hub", "--config", str(self.plan.written), "run")

    def _page(self) -> None:
        environment = {
            "HUB_CONTROL_SOCKET": str(self.plan.control),
            "HUB_SIMULATION_SOCKET": str(self.plan.simulation),
            "HUB_NETWORK_SOCKET": str(self.plan.network),
            "HUB_CALLER": written.CALLER,
            "HUB_HOSTS": self.plan.bind,
        }
        address = f"{bracketed(self.plan.bind)}:{self.plan.port}"
        options = ("--bind", address, "--threads", "8", "--workers", "1", "--no-control-socket")
        self._start("page", "gunicorn", *options, "web:demo_app()", environment=environment)

    def _start(
        self, name: str, *arguments: str, environment: dict[str, str] | None = None, reads: bool = False
    ) -> Child:
        child = Child(self.plan.state / f"{name}.log", arguments, environment, reads)
        self.children[name] = self.stack.enter_context(child)
        return child

    def _within(self, seconds: float, name: str, answers: Callable[[], bool]) -> None:
        """Wait for the first answer, no longer than the process lives."""
        deadline = monotonic() + seconds
        while not answers():
            if self.children[name].code is not None or monotonic() > deadline:
                raise CannotStart("demo_died", name=name, log=self.children[name].log)
            sleep(LOOK / 2)

    def _hub_answers(self) -> bool:
        try:
            self._client().ask("status")
        except Unreachable:
            return False
        return True

    def _page_answers(self) -> bool:
        host = self.plan.addresses[0].removeprefix("http://").rstrip("/")
        page = http.client.HTTPConnection(host, timeout=5)
        try:
            page.request("GET", "/")
            page.getresponse().read()
        except (OSError, http.client.HTTPException):
            return False
        finally:
            page.close()
        return True

    def _watch(self) -> NoReturn:
        """The hub comes back as it would at home; without the network or the page there is nothing to see."""
        while True:
            sleep(LOOK)
            for name in ("network", "page"):
                if self.children[name].code is not None:
                    raise CannotStart("demo_died", name=name, log=self.children[name].log)
            if self.children["hub"].code is not None:
                self._tell("demo_again", code=self.children["hub"].code)
                sleep(RESTART)
                self._hub()

    def _client(self) -> Client:
        return Client(self.plan.control, self.plan.language)

    def _tell(self, key: str, **values: object) -> None:
        click.echo(sentence(self.plan.language, key, **values))


def _box(plan: Plan) -> str:
    """The address, in both languages, where nobody can overlook it."""
    lines = [
        *(sentence(language, "demo_ready") for language in ("fr", "en")),
        "",
        *plan.addresses,
        "",
        *(sentence(language, "demo_stop") for language in ("fr", "en")),
    ]
    width = max(map(len, lines))
    inner = [f"│  {line.ljust(width)}  │" for line in ["", *lines, ""]]
    edge = "─" * (width + 4)
    return "\n".join(["", f"┌{edge}┐", *inner, f"└{edge}┘", ""])


@contextmanager
def _signals() -> Iterator[None]:
    """From here on the first signal ends the demo in order; those after it change nothing."""

    def end(number: int, frame: object) -> NoReturn:  # noqa: ARG001 - the shape of a signal handler
        for also in SIGNALS:
            signal.signal(also, signal.SIG_IGN)
        raise Ended

    before = {number: signal.signal(number, end) for number in SIGNALS}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
