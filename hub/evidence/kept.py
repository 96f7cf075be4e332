"""A child of the daemon: it is told JSON lines, says JSON lines, and is never waited for.

It ends when its standard input closes; one that does not is killed.
"""

import asyncio
import contextlib
import json
from abc import ABC, abstractmethod
from asyncio.subprocess import PIPE, Process
from collections.abc import Mapping, Sequence

from hub.errors import DeviceError

END_SECONDS = 2.0
UNREAD_BYTES = 65536  # so many that wait in the pipe: the child hangs, and will be told again when it was started anew


class KeptChild(ABC):
    """Each kind says what it tells a child that has begun, and what becomes of what the child says."""

    name: str  # for the sentences of DeviceError

    def __init__(self, command: Sequence[str]) -> None:
        self._command = tuple(command)
        self._process: Process | None = None
        self._patience: asyncio.Timeout | None = None

    @property
    @abstractmethod
    def silence(self) -> float:
        """So many seconds without a word mean that it hangs."""

    @abstractmethod
    def begun(self) -> None:
        """A child is there: tell it what holds."""

    @abstractmethod
    def take(self, report: Mapping[str, object]) -> None:
        """One line of it."""

    @abstractmethod
    def ended(self) -> None:
        """It is gone."""

    async def run(self) -> None:
        """Keep a child until cancelled. Raises DeviceError when it ends or hangs; then call again."""
        try:
            process = await asyncio.create_subprocess_exec(*self._command, stdin=PIPE, stdout=PIPE)
        except OSError as problem:
            raise DeviceError(f"{self.name} does not start: {problem.strerror}") from problem
        self._process = process
        try:
            self.begun()
            await self._listen(process)
        finally:
            self._process = self._patience = None
            await self._end(process)
            self.ended()

    def say(self, command: Mapping[str, object]) -> None:
        """Tell the child, if there is one that listens."""
        pipe = self._process.stdin if self._process else None
        if pipe and not pipe.is_closing() and pipe.transport.get_write_buffer_size() < UNREAD_BYTES:
            pipe.write(json.dumps(command).encode() + b"\n")

    def be_patient(self) -> None:
        """Count its silence from now."""
        if self._patience:
            with contextlib.suppress(RuntimeError):  # it is expiring this very moment: the child is started anew
                self._patience.reschedule(asyncio.get_running_loop().time() + self.silence)

    async def _listen(self, process: Process) -> None:
        assert process.stdout
        try:
            async with asyncio.timeout(None) as self._patience:
                self.be_patient()
                async for line in process.stdout:
                    self._hear(line)
                    self.be_patient()
        except TimeoutError:
            raise DeviceError(f"{self.name} does not answer") from None
        except ValueError as problem:  # a line longer than any report
            raise DeviceError(f"{self.name} talks nonsense") from problem
        raise DeviceError(f"{self.name} ended")

    def _hear(self, line: bytes) -> None:
        with contextlib.suppress(json.JSONDecodeError, UnicodeDecodeError):
            report = json.loads(line)
            if isinstance(report, dict):
                self.take(report)

    async def _end(self, process: Process) -> None:
        """Close standard input, which ends it; make sure of it."""
        assert process.stdin
        assert process.stdout
        process.stdin.close()
        try:
            async with asyncio.timeout(END_SECONDS):
                async for line in process.stdout:
                    self._hear(line)
                await process.wait()
        except (TimeoutError, ValueError):
            pass
        finally:
            await _make_sure(process, process.stdin)


async def _make_sure(process: Process, pipe: asyncio.StreamWriter) -> None:
    if process.returncode is None:
        with contextlib.suppress(ProcessLookupError):
            process.kill()
    with contextlib.suppress(TimeoutError, OSError):  # it hangs in the kernel; it was gone when last told something
        async with asyncio.timeout(END_SECONDS):
            await process.wait()
            await pipe.wait_closed()
