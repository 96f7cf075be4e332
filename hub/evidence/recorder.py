"""The daemon's side of the recorder: starts the child, tells it what to do, and never waits for it."""

import asyncio
import contextlib
import json
from asyncio.subprocess import PIPE, Process
from collections.abc import Callable, Mapping, Sequence

from hub.errors import DeviceError

RECORDING_SILENCE_SECONDS = 15.0  # it reports each second; at its start it needs some to load
IDLE_SILENCE_SECONDS = 150.0  # it reports each minute
END_SECONDS = 2.0
UNREAD_BYTES = 65536  # so many that wait in the pipe: the child hangs, and will be told again when it was started anew


class RecorderChild:
    """Fulfils `hub.ports.Recorder`. `report` gets each line the child says, `latest` is the last with a state;
    `recipients` gives the age public keys that a recording is sealed to.
    """

    def __init__(
        self,
        command: Sequence[str],
        report: Callable[[Mapping[str, object]], None],
        recipients: Callable[[], Sequence[str]] = tuple,
    ) -> None:
        self.latest: Mapping[str, object] = {}
        self._recipients = recipients
        self._command, self._report = tuple(command), report
        self._process: Process | None = None
        self._wanted: str | None = None
        self._patience: asyncio.Timeout | None = None

    def start(self, incident: str) -> None:
        """Record the room, now or as soon as there is a child."""
        known, self._wanted = self._wanted, incident
        if known is None:
            self._be_patient()
        self._say({"do": "start", "incident": incident, "recipients": list(self._recipients())})

    def stop(self) -> None:
        """Close the recording."""
        self._wanted = None
        self._say({"do": "stop"})

    async def run(self) -> None:
        """Keep a child until cancelled. Raises DeviceError when it ends or hangs; then call again."""
        try:
            process = await asyncio.create_subprocess_exec(*self._command, stdin=PIPE, stdout=PIPE)
        except OSError as problem:
            raise DeviceError(f"recorder does not start: {problem.strerror}") from problem
        self._process = process
        try:
            if self._wanted:
                self.start(self._wanted)
            await self._listen(process)
        finally:
            self._process = self._patience = None
            await self._end(process)
            self.latest = {}

    def _say(self, command: Mapping[str, object]) -> None:
        pipe = self._process.stdin if self._process else None
        if pipe and not pipe.is_closing() and pipe.transport.get_write_buffer_size() < UNREAD_BYTES:
            pipe.write(json.dumps(command).encode() + b"\n")

    async def _listen(self, process: Process) -> None:
        assert process.stdout
        try:
            async with asyncio.timeout(None) as self._patience:
                self._be_patient()
                async for line in process.stdout:
                    self._hear(line)
                    self._be_patient()
        except TimeoutError:
            raise DeviceError("recorder does not answer") from None
        except ValueError as problem:  # a line longer than any report
            raise DeviceError("recorder talks nonsense") from problem
        raise DeviceError("recorder ended")

    def _be_patient(self) -> None:
        if self._patience:
            silence = RECORDING_SILENCE_SECONDS if self._wanted else IDLE_SILENCE_SECONDS
            with contextlib.suppress(RuntimeError):  # it is expiring this very moment: the child is started anew
                self._patience.reschedule(asyncio.get_running_loop().time() + silence)

    def _hear(self, line: bytes) -> None:
        with contextlib.suppress(json.JSONDecodeError, UnicodeDecodeError):
            report = json.loads(line)
            if isinstance(report, dict):
                self._take(report)

    def _take(self, report: Mapping[str, object]) -> None:
        if report.get("why") == "limit":
            self._wanted = None
        if "state" in report:
            self.latest = report
        self._report(report)

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
