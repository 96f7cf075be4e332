"""These tests build a Debian and take minutes: they run when this folder is named, and not with all the others."""

import fcntl
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.device.home import Home, Provider, furnish, lived_in
from tests.device.machine import BASE, Machine, obstacle, prepared

HERE = Path(__file__).parent


def pytest_ignore_collect(config: pytest.Config) -> bool | None:
    named = (Path(argument.partition("::")[0]).resolve() for argument in config.args)
    return None if any(path == HERE or HERE in path.parents for path in named) else True


@pytest.fixture(scope="session")
def alone() -> Iterator[None]:
    """What was downloaded is shared with other runs, and apt lets one in."""
    if reason := obstacle():
        pytest.skip(reason)
    BASE.parent.mkdir(exist_ok=True)
    with (BASE.parent / "device.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


@pytest.fixture(scope="session")
def fresh(alone: None) -> Iterator[Machine]:
    """A Debian 12 as from the card, with what a Raspberry Pi has, and the project in a folder of root's."""
    root = BASE.parent / f"device-{os.getpid()}"
    try:
        yield prepared(root)
    finally:
        shutil.rmtree(root, ignore_errors=True)
        shutil.rmtree(root.with_name(f"{root.name}-copy"), ignore_errors=True)


@pytest.fixture(scope="session")
def furnished(alone: None) -> Iterator[Machine]:
    """One with the hub installed, its devices simulated, its providers beside it. No test installs there."""
    root = BASE.parent / f"home-{os.getpid()}"
    try:
        machine = prepared(root)
        furnish(machine)
        yield machine
    finally:
        shutil.rmtree(root, ignore_errors=True)


@pytest.fixture(scope="module")
def home(furnished: Machine) -> Iterator[Home]:
    with furnished.booted(), Provider(furnished) as provider:
        yield lived_in(Home(furnished, provider))
