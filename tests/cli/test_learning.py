"""`hub button learn` against a real hub with the simulated button that nobody has described."""

import asyncio
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from hardware.simulated.buttons import STRANGER
from hub.cli import learning
from hub.control.server import serve
from hub.control.table import Desk
from hub.core import Hub
from hub.learning.times import Times
from tests.cli.conftest import Terminal
from tests.hub_fixture import build


class Home:
    """A hub in a thread; `presses`: whoever holds the button does what is asked for, or the same each time."""

    def __init__(self, folder: Path) -> None:
        self.hub: Hub = build(folder)
        self.hub.learner.times = Times().scaled(0.03)
        self.does: str | None = None
        self.asked_for: set[int] = set()
        self._socket = folder / "s"
        self._loop = asyncio.new_event_loop()
        self._up = threading.Event()
        self._end = asyncio.Event()
        self._thread = threading.Thread(target=self._loop.run_until_complete, args=(self._run(),))

    def __enter__(self) -> "Home":
        self._thread.start()
        assert self._up.wait(10)
        return self

    def __exit__(self, *_: object) -> None:
        self._loop.call_soon_threadsafe(self._end.set)
        self._thread.join()
        self._loop.close()

    async def _run(self) -> None:
        await self.hub.store.open()
        async with serve(self._socket, Desk(self.hub)):
            self._up.set()
            pupil = asyncio.create_task(self._hold_the_button())
            await self._end.wait()
            pupil.cancel()
        await self.hub.learner.stop()
        self.hub.devices.siren.close()
        await self.hub.dispatcher.stop()
        await self.hub.store.close()

    async def _hold_the_button(self) -> None:
        while True:
            session = self.hub.learner.session
            if session and session.lesson.asked and not session.lesson.heard and self.does != "nothing":
                await asyncio.sleep(0.1)  # a person reads first
                do = self.does or session.lesson.asked
                self.hub.devices.buttons.simulate(  # type: ignore[attr-defined]
                    {"command": "buttons", "do": str(do), "button": STRANGER}
                )
            await asyncio.sleep(0.005)


@pytest.fixture
def home(tmp_path: Path, terminal: Terminal, monkeypatch: pytest.MonkeyPatch) -> Iterator[Home]:
    monkeypatch.setattr(learning, "PAUSE", 0.005)
    with Home(tmp_path) as home:
        yield home


def test_a_lesson_says_what_to_do_what_was_heard_and_what_was_found(home: Home, terminal: Terminal) -> None:
    result = terminal.type("button", "learn", STRANGER, "--name", "gift", "--fixed", "--yes")
    assert result.exit_code == 0, result.output
    lines = result.stdout.splitlines()
    for line in ("○  Press TWICE", "○  HOLD it", "○  Heard ✓", "●  Do not touch the button"):
        assert line in result.stdout
    assert lines[-2] == "The button itself tells apart: one press, two presses, a hold."
    (button,) = home.hub.household.buttons.values()
    assert (button.name, button.worn, button.protocol) == ("gift", False, "learned")
    assert button.id in lines[-1]


@pytest.mark.parametrize(
    ("language", "answer", "kept"), [("en", "y", 1), ("fr", "Oui", 1), ("en", "n", 0), ("fr", "", 0)]
)
def test_whoever_learns_decides_whether_to_keep(
    home: Home, terminal: Terminal, language: str, answer: str, kept: int
) -> None:
    result = terminal.type("button", "learn", STRANGER, language=language, typed=f"{answer}\n")
    assert result.exit_code == 0
    assert len(home.hub.household.buttons) == kept
    assert home.hub.learner.session is None


def test_gestures_that_are_all_alike_are_said_to_be(home: Home, terminal: Terminal) -> None:
    home.does = "single"
    result = terminal.type("button", "learn", STRANGER, "--yes")
    assert "cannot be told apart" in result.stdout


def test_a_silent_button_is_a_sentence_and_an_exit_code(home: Home, terminal: Terminal) -> None:
    home.does = "nothing"
    result = terminal.type("button", "learn", STRANGER)
    assert (result.exit_code, result.stderr.count("\n")) == (1, 1)
    assert "says nothing" in result.stderr
    assert "once more: Press ONCE" in result.stdout


def test_ctrl_c_leaves_nothing_behind(home: Home, terminal: Terminal, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(_: float) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(learning.time, "sleep", interrupt)
    assert terminal.type("button", "learn", STRANGER).exit_code == 1
    assert home.hub.learner.session is None
    assert home.hub.household.buttons == {}
