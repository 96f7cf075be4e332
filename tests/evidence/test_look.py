"""Looking for the microphone keeps nobody waiting."""

import os
import select
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from hub.errors import DeviceError
from hub.evidence.look import PATIENCE_SECONDS, Found, Look


def absent() -> None:
    raise DeviceError("microphone not found")


def hang() -> None:
    time.sleep(60)


def die() -> None:
    os._exit(9)


@pytest.fixture
def look() -> Iterator[Callable[[Callable[[], float | None]], Look]]:
    looks: list[Look] = []

    def begin(check: Callable[[], float | None]) -> Look:
        looks.append(Look(check))
        looks[-1].begin(0)
        return looks[-1]

    yield begin
    for each in looks:
        each.end()


@pytest.mark.parametrize(
    ("check", "found"),
    [
        (lambda: None, Found()),
        (lambda: -31.4, Found(said=-31.4)),
        (absent, Found("microphone not found")),
        (die, Found("microphone cannot be looked for")),
    ],
)
def test_what_a_look_comes_to_can_be_taken_once(
    look: Callable[[Callable[[], float | None]], Look], check: Callable[[], float | None], found: Found
) -> None:
    one = look(check)
    assert select.select(one.answers, [], [], 10)[0]
    assert (one.result(1), one.answers, one.result(1)) == (found, [], None)


def test_one_that_takes_too_long_is_given_up_and_another_can_begin(
    look: Callable[[Callable[[], float | None]], Look],
) -> None:
    one = look(hang)
    assert one.result(PATIENCE_SECONDS - 0.1) is None
    assert one.pause(PATIENCE_SECONDS - 3) == 3
    assert one.result(PATIENCE_SECONDS) == Found("microphone does not answer")
    one.begin(20)
    assert (one.result(20), len(one.answers)) == (None, 1)


def test_whoever_looked_is_gone_afterwards(look: Callable[[Callable[[], float | None]], Look]) -> None:
    one = look(hang)
    process = one._process
    one.end()
    one.begin(1)  # takes note of the end of the one before, when it has ended
    until = time.monotonic() + 10
    while Path(f"/proc/{process}").exists() and time.monotonic() < until:
        one.end()
        one.begin(1)
    assert not Path(f"/proc/{process}").exists()
