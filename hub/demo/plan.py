"""What a demo was asked for, where its files lie, and why it may not start."""

import errno
import fcntl
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from ipaddress import ip_address
from pathlib import Path

from hub import config, place
from hub.config.rules import LONGEST_SOCKET
from hub.errors import HubError


class CannotStart(HubError):
    """`key` names a sentence of the command line, `values` fill it."""

    def __init__(self, key: str, **values: object) -> None:
        super().__init__(key)
        self.key = key
        self.values = values


@dataclass(frozen=True, slots=True)
class Plan:
    """`state`: an absolute folder. `configuration`: what --config named, if anything."""

    port: int
    bind: str
    state: Path
    language: str
    configuration: Path | None = None

    @property
    def control(self) -> Path:
        return self.state / "control.sock"

    @property
    def simulation(self) -> Path:
        return self.state / "simulation.sock"

    @property
    def network(self) -> Path:
        return self.state / "network.sock"

    @property
    def written(self) -> Path:
        return self.state / "hub.toml"

    @property
    def addresses(self) -> list[str]:
        """Where a browser finds the page: first on this machine, then, if it is open to it, from the network."""
        hosts = [self.bind]
        if _unspecified(self.bind):
            hosts = ["[::1]" if ":" in self.bind else "127.0.0.1", *_own_addresses()]
        return [f"http://{bracketed(host)}:{self.port}/" for host in hosts]


def bracketed(host: str) -> str:
    return f"[{host}]" if ":" in host and not host.startswith("[") else host


def _unspecified(host: str) -> bool:
    try:
        return ip_address(host).is_unspecified
    except ValueError:
        return False


def _own_addresses() -> Iterator[str]:
    """The address this machine has on its main network; a UDP socket that connects sends nothing."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))
        except OSError:
            return
        yield probe.getsockname()[0]


def refuse_real_devices(plan: Plan) -> None:
    """A demo beside a real hub would be taken for it. Raises CannotStart, or ConfigError."""
    found = place.configuration(plan.configuration)
    if found == place.CONFIGURATION and not found.exists():
        return
    real = config.devices(found).real
    if real:
        raise CannotStart("demo_real", devices=", ".join(real), file=found)


def refuse_long_paths(plan: Plan) -> None:
    if len(bytes(plan.simulation)) > LONGEST_SOCKET:
        raise CannotStart("demo_path", folder=plan.state)


@contextmanager
def alone(plan: Plan) -> Iterator[None]:
    """Only one demo a folder; the kernel lets go of the lock however this process ends."""
    try:
        plan.state.mkdir(mode=0o700, parents=True, exist_ok=True)
        lock = (plan.state / "lock").open("w")
    except OSError as problem:
        raise CannotStart("demo_folder", folder=plan.state, problem=problem.strerror) from None
    with lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise CannotStart("demo_twice", folder=plan.state) from None
        yield


def refuse_taken_port(plan: Plan) -> None:
    """Say so now, in one sentence, instead of in the page's log."""
    try:
        ((family, kind, _, _, address), *_) = socket.getaddrinfo(plan.bind, plan.port, type=socket.SOCK_STREAM)
        with socket.socket(family, kind) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
    except OSError as problem:
        key = "demo_port" if problem.errno == errno.EADDRINUSE else "demo_bind"
        raise CannotStart(key, port=plan.port, address=plan.bind, problem=problem.strerror) from None
