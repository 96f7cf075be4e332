"""A cut of power at any moment of the forgetting: nothing comes back, and the next start goes on."""

import time
from pathlib import Path

import pytest

from hub import wiping

FILES = ("hub.db", "hub.db-wal", "hub.db.copy", "keys/recorder.key", "evidence/A-1/000000.age", "addresses.json")
STRANGE = ("demo.log", "hub.toml")  # what others put there


class CutError(Exception):
    """The power went."""


def fill(state: Path) -> None:
    for name in (*FILES, *STRANGE):
        (state / name).parent.mkdir(parents=True, exist_ok=True)
        (state / name).write_text(name)


def gone(state: Path) -> bool:
    return sorted(path.name for path in state.iterdir()) == sorted(STRANGE)


def wait(state: Path) -> None:
    until = time.monotonic() + 10
    while not gone(state):
        assert time.monotonic() < until
        time.sleep(0.01)


def test_nothing_is_forgotten_that_nobody_asked_for(tmp_path: Path) -> None:
    fill(tmp_path)
    assert not wiping.begin(tmp_path)
    assert all((tmp_path / name).exists() for name in FILES)


def test_what_the_hub_knew_is_gone_and_nothing_else(tmp_path: Path) -> None:
    fill(tmp_path)
    wiping.ask(tmp_path)
    assert wiping.begin(tmp_path)
    assert not any((tmp_path / name).exists() for name in FILES)  # before anything of it is read
    wait(tmp_path)


@pytest.mark.parametrize("step", range(1, 9))
def test_after_a_cut_at_any_step_the_next_start_goes_on(
    tmp_path: Path, step: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(tmp_path)
    wiping.ask(tmp_path)
    steps = iter(range(1, 100))

    def cut(real):
        def call(*arguments, **options):
            if next(steps) == step:
                raise CutError
            return real(*arguments, **options)

        return call

    with monkeypatch.context() as patched:
        for name in ("rename", "unlink", "mkdir"):
            patched.setattr(Path, name, cut(getattr(Path, name)))
        with pytest.raises(CutError):
            wiping.begin(tmp_path)
    assert wiping.begin(tmp_path)
    wait(tmp_path)
    fill(tmp_path)
    assert not wiping.begin(tmp_path)  # what came afterwards stays


def test_what_a_cut_left_half_deleted_is_deleted(tmp_path: Path) -> None:
    fill(tmp_path / wiping.GOING)
    assert wiping.begin(tmp_path)
    until = time.monotonic() + 10
    while list(tmp_path.iterdir()):
        assert time.monotonic() < until
        time.sleep(0.01)
