"""These tests build a machine and take minutes: they run when this folder is named, and not with all the others."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.machine import figures, home
from tests.machine.machine import Machine
from tests.machine.provider import Provider, now
from tests.machine.qemu import HAS_KVM, SLOWER
from tests.patience import until

HERE = Path(__file__).parent


def pytest_ignore_collect(config: pytest.Config) -> bool | None:
    named = (Path(argument.partition("::")[0]).resolve() for argument in config.args)
    return None if any(path == HERE or HERE in path.parents for path in named) else True


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.timeout(1200 if HAS_KVM else 3600))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    figures.show(terminalreporter)


@pytest.fixture(scope="session")
def provider() -> Iterator[Provider]:
    with Provider() as provider:
        yield provider


@pytest.fixture(scope="session")
def machine(provider: Provider, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Machine]:
    """A clean Debian with the hub installed by the real install.sh, started anew once, and somebody's home."""
    if os.geteuid() != 0 or not shutil.which("qemu-system-x86_64"):
        pytest.skip("A machine of its own takes root and QEMU: ./install.sh test --machine")
    machine = Machine(tmp_path_factory.mktemp("vm"))
    began = now()
    machine.build()
    figures.note("clean Debian built (nothing, where one was kept)", f"{now() - began:.0f} s")
    _install(machine, provider, tmp_path_factory.mktemp("files"))
    machine.boot()
    try:
        until(machine.listens, 120 * SLOWER, "the hub is ready after the start")
        home.settle_in(machine)
        yield machine
    finally:
        machine.close()


def _install(machine: Machine, provider: Provider, files: Path) -> None:
    home.furnish(files, provider)
    began = now()
    said = machine.prepare(files, "--yes --ssh keys --config /root/hub.toml --secret twilio.secret=/root/twilio.secret")
    figures.note("install.sh, from nothing, at the host's speed", f"{now() - began:.0f} s")
    assert "Done." in said
