"""These tests build a Debian and take minutes: they run when this folder is named, and not with all the others."""

import fcntl
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.device.machine import BASE, Machine, obstacle, prepared

HERE = Path(__file__).parent


def pytest_ignore_collect(config: pytest.Config) -> bool | None:
    named = (Path(argument.partition("::")[0]).resolve() for argument in config.args)
    return None if any(path == HERE or HERE in path.parents for path in named) else True


@pytest.fixture(scope="session")
def fresh() -> Iterator[Machine]:
    """A Debian 12 as from the card, with what a Raspberry Pi has, and the project in a folder of root's."""
    if reason := obstacle():
        pytest.skip(reason)
    root = BASE.parent / f"device-{os.getpid()}"
    BASE.parent.mkdir(exist_ok=True)
    with (BASE.parent / "device.lock").open("w") as lock:  # what was downloaded is shared, and apt lets one in
        fcntl.flock(lock, fcntl.LOCK_EX)
        try:
            yield prepared(root)
        finally:
            shutil.rmtree(root, ignore_errors=True)
            shutil.rmtree(root.with_name(f"{root.name}-copy"), ignore_errors=True)
