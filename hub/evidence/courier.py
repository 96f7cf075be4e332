"""The daemon's side of the courier: keeps the child, tells it when to hurry, and makes faults of what it says."""

from collections.abc import Mapping, Sequence

from hub.evidence.kept import KeptChild
from hub.faults import Faults
from hub.way import Way

SILENCE_SECONDS = 150.0  # it reports each minute
FAULTS = ("offsite", "offsite_refused", "timestamps")


class CourierChild(KeptChild):
    """`latest`: its last report, `hub.evidence.carrying.summary`; {} while there is none. `hurried`: whether the room
    is recorded just now.
    """

    name = "courier"

    def __init__(self, command: Sequence[str], faults: Faults) -> None:
        super().__init__(command)
        self.latest: Mapping[str, object] = {}
        self.hurried = False
        self._faults = faults
        self._way: Mapping[str, object] = {"do": "way", "device": None, "mobile": False}

    def hurry(self, recording: bool) -> None:
        """Whether the room is recorded just now; may be said again and again."""
        if recording is not self.hurried:
            self.hurried = recording
            self.say({"do": "hurry" if recording else "rest"})

    def leave_by(self, way: Way) -> None:
        """By which way it is to go from now on; may be said again and again."""
        said = {"do": "way", "device": way.device or None, "mobile": way.mobile}
        if said != self._way:
            self._way = said
            self.say(said)

    @property
    def silence(self) -> float:
        """At its start it needs some time to load."""
        return SILENCE_SECONDS

    @property
    def offsite(self) -> Mapping[str, object]:
        """What it says of the store: "waits", "seconds", "last"; {} when it says nothing."""
        said = self.latest.get("offsite")
        return said if isinstance(said, dict) else {}

    def begun(self) -> None:
        """What is recorded meanwhile is in a hurry."""
        self.say(self._way)
        if self.hurried:
            self.say({"do": "hurry"})

    def take(self, report: Mapping[str, object]) -> None:
        """Every report is about everything."""
        self.latest = report
        wrong = report.get("faults")
        for code in FAULTS:
            why = wrong.get(code) if isinstance(wrong, dict) else None
            self._faults.set(code, why is None, str(why))

    def ended(self) -> None:
        """Nothing is known of it any more; what was wrong stays so until the next one says otherwise."""
        self.latest = {}
