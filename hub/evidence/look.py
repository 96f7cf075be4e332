"""Asks the microphone something, in a process of its own: a device that takes its time keeps no start waiting.

A thread could not: PortAudio may not be opened by two at once, and cannot be given up in the middle. A process can.
"""

import contextlib
import json
import os
import signal
import warnings
from collections.abc import Callable
from dataclasses import asdict, dataclass

from hub.errors import DeviceError

PATIENCE_SECONDS = 10.0
LAST_RESORT_SECONDS = 20  # of the process itself, when nobody is left to end it


@dataclass(frozen=True, slots=True)
class Found:
    """`problem`: why there is no answer, "" when there is one; `said`: the answer."""

    problem: str = ""
    said: float | None = None


class Look:
    """One at a time. `ask` gives the answer, or raises DeviceError; `now` is monotonic."""

    def __init__(self, ask: Callable[[], float | None]) -> None:
        self._ask = ask
        self._process = 0
        self._given_up: list[int] = []
        self._until = 0.0
        self.answers: list[int] = []  # the file that can be read when there is an answer; none while nobody looks

    def begin(self, now: float) -> None:
        """Unless it has begun."""
        if self.answers:
            return
        self._given_up = [process for process in self._given_up if not os.waitpid(process, os.WNOHANG)[0]]
        answer, end = os.pipe()
        with warnings.catch_warnings():
            # Of other threads' locks, which nobody lets go of there: those of this process sleep while it is idle.
            warnings.simplefilter("ignore", DeprecationWarning)
            self._process = os.fork()
        if not self._process:
            self._answer(end)
        os.close(end)
        self.answers, self._until = [answer], now + PATIENCE_SECONDS

    def result(self, now: float) -> Found | None:
        """None: nothing yet. Given once."""
        if not self.answers:
            return None
        os.set_blocking(self.answers[0], False)
        with contextlib.suppress(BlockingIOError):
            answer = os.read(self.answers[0], 4096)
            self.end()
            return Found(**json.loads(answer)) if answer else Found("microphone cannot be looked for")
        if now < self._until:
            return None
        self.end()
        return Found("microphone does not answer")

    def pause(self, now: float) -> float:
        """How long to wait for it at most."""
        return max(0.0, self._until - now)

    def end(self) -> None:
        """Give it up, and do not wait for that either: it may hang in the kernel."""
        if self.answers:
            os.close(self.answers.pop())
            os.kill(self._process, signal.SIGKILL)
            self._given_up.append(self._process)

    def _answer(self, end: int) -> None:
        """In the other process, which has nothing but its answer, and standard error."""
        try:
            signal.alarm(LAST_RESORT_SECONDS)
            os.dup2(end, 0)
            os.closerange(3, 65536)
            os.write(0, json.dumps(asdict(self._found())).encode())
        finally:
            os._exit(0)

    def _found(self) -> Found:
        try:
            return Found(said=self._ask())
        except DeviceError as problem:
            return Found(str(problem))
