"""The daemon's side of the recorder: starts the child, tells it what to do, and never waits for it."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from time import monotonic

from hub.errors import DeviceError
from hub.evidence.commands import LONGEST_SECONDS
from hub.evidence.kept import KeptChild
from hub.evidence.recipients import Keys, keep, kept

RECORDING_SILENCE_SECONDS = 15.0  # it reports each second; at its start it needs some to load
IDLE_SILENCE_SECONDS = 150.0  # it reports each minute
LISTENING_SECONDS = 4.5  # one second of sound, and what a slow device needs before


class RecorderChild(KeptChild):
    """Fulfils `hub.ports.Recorder`. `report` gets each line the child says, `latest` is the last with a state;
    `recipients` gives the age public keys that a recording is sealed to, None when nobody knows them: then the child
    looks for itself.
    """

    name = "recorder"

    def __init__(
        self,
        command: Sequence[str],
        report: Callable[[Mapping[str, object]], None],
        recipients: Callable[[], Sequence[str] | None] = tuple,
    ) -> None:
        super().__init__(command)
        self.latest: Mapping[str, object] = {}
        self._recipients = recipients
        self._report = report
        self._wanted: str | None = None
        self._until = 0.0  # monotonic; then what is wanted has lasted as long as it may
        self._level: asyncio.Future[float] | None = None

    def start(self, incident: str, ago: float = 0.0) -> None:
        """Record the room, now or as soon as there is a child, until four hours after the press, `ago` in s."""
        left = LONGEST_SECONDS - max(0.0, ago)
        if left < 1:
            return
        known, self._wanted = self._wanted, incident
        self._until = monotonic() + left
        if known is None:
            self.be_patient()
        self.say({"do": "start", "incident": incident, "recipients": self._recipients(), "seconds": round(left)})

    def seal(self) -> None:
        """There are other recipients: what is heard from now on is sealed to them."""
        if self._wanted and (recipients := self._recipients()):
            self.say({"do": "seal", "recipients": recipients})

    def stop(self) -> None:
        """Close the recording."""
        self._wanted = None
        self.say({"do": "stop"})

    async def level(self) -> float:
        """Listen for a second while nothing is recorded: dB below full scale. Raises DeviceError."""
        asked = self._level
        if asked is None or asked.done():
            asked = self._level = asyncio.get_running_loop().create_future()
            self.say({"do": "listen"})
        if not (await asyncio.wait({asked}, timeout=LISTENING_SECONDS))[0]:
            self._level = None
            raise DeviceError("microphone gives nothing")
        return asked.result()

    @property
    def silence(self) -> float:
        """Shorter while it should record."""
        return RECORDING_SILENCE_SECONDS if self._wanted else IDLE_SILENCE_SECONDS

    def begun(self) -> None:
        """What was asked for before goes on."""
        wanted, self._wanted = self._wanted, None
        if wanted:
            self.start(wanted, LONGEST_SECONDS - (self._until - monotonic()))

    def take(self, report: Mapping[str, object]) -> None:
        """Keep it and pass it on."""
        if report.get("why") == "limit":
            self._wanted = None
        if "state" in report:
            self.latest = report
        elif self._level and not self._level.done():
            self._heard(self._level, report)
        self._report(report)

    def ended(self) -> None:
        """Nothing is known of it any more."""
        self.latest = {}

    @staticmethod
    def _heard(level: "asyncio.Future[float]", report: Mapping[str, object]) -> None:
        match report:
            case {"level": int() | float() as loud}:
                level.set_result(float(loud))
            case {"deaf": problem}:
                level.set_exception(DeviceError(str(problem)))


class Recipients:
    """Keeps the file with whom recordings are sealed to; `changed` is called when there are other keys than before."""

    def __init__(self, folder: Path, changed: Callable[[], None]) -> None:
        self._folder, self._changed = folder, changed
        self._kept: Keys | None = None

    async def kept(self) -> Keys | None:
        """What the file has. Raises nothing; the disk may hang, so wait for it no longer than you can."""
        return await asyncio.to_thread(kept, self._folder)

    async def look(self, keys: Keys | None) -> None:
        """Often. `keys` None: nobody knows, and the file stays. Raises OSError; then look again."""
        if keys is None or keys == self._kept:
            return
        self._changed()
        if await self.kept() != keys:
            await asyncio.to_thread(keep, self._folder, keys)
        self._kept = keys
