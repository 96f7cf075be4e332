"""The daemon's side of the recorder: starts the child, tells it what to do, and never waits for it."""

import asyncio
from collections.abc import Callable, Mapping, Sequence

from hub.errors import DeviceError
from hub.evidence.kept import KeptChild

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
        self._level: asyncio.Future[float] | None = None

    def start(self, incident: str) -> None:
        """Record the room, now or as soon as there is a child."""
        known, self._wanted = self._wanted, incident
        if known is None:
            self.be_patient()
        self.say({"do": "start", "incident": incident, "recipients": self._recipients()})

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
        if self._wanted:
            self.start(self._wanted)

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
