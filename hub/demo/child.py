"""A process of the demo: it has a log, it never outlives the demo, and it is ended politely."""

import ctypes
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Self

PR_SET_PDEATHSIG = 1
PATIENCE = 5.0  # seconds a child has to end by itself

# What the demo was started with must not reach its children: they have their own configuration.
STRANGE = ("HUB_CONFIG", "CREDENTIALS_DIRECTORY", "NOTIFY_SOCKET", "WATCHDOG_USEC", "WATCHDOG_PID", "GUNICORN_CMD_ARGS")

_libc = ctypes.CDLL(None)


class Child:
    """`arguments` follow "python -m". Its standard input is a pipe that closes with the demo."""

    def __init__(
        self, log: Path, arguments: Sequence[str], environment: Mapping[str, str] | None = None, reads: bool = False
    ) -> None:
        kept = {name: value for name, value in os.environ.items() if name not in STRANGE}
        with log.open("ab") as output:
            self._process = subprocess.Popen(
                [sys.executable, "-m", *arguments],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE if reads else output,
                stderr=output,
                env=kept | {"PYTHONUNBUFFERED": "1"} | dict(environment or {}),
                process_group=0,  # Ctrl-C is for the demo alone, which then ends its children in order
                preexec_fn=_ends_with(os.getpid()),
            )
        self.log = log

    @property
    def code(self) -> int | None:
        """How it ended, or None while it runs."""
        return self._process.poll()

    def line(self) -> bytes:
        """The next line of its standard output; empty when it ended."""
        assert self._process.stdout
        return self._process.stdout.readline()

    def end(self) -> None:
        self._process.terminate()
        if self._process.stdin:
            with suppress(OSError):
                self._process.stdin.close()
        try:
            self._process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        if self._process.stdout:
            self._process.stdout.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.end()


def _ends_with(parent: int) -> Callable[[], None]:
    """In the child, before it becomes another program: end when the parent does, even by SIGKILL."""

    def prepare() -> None:
        _libc.prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
        if os.getppid() != parent:
            os._exit(1)

    return prepare
