"""What there is to tell: what happened, where, how grave it is, and so what the reader should do."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from hub.model import Home, Position
from hub.response import Level


class Purpose(StrEnum):
    ALERT = "alert"
    AGAIN = "again"  # the button was pressed again
    STILL = "still"  # nobody has answered yet
    LAPSED = "lapsed"  # whoever took charge does not answer any more
    CHECK = "check"  # asks the one in charge whether they still are
    TAKEN = "taken"  # to the others: somebody has taken charge
    YOURS = "yours"  # to the one who has
    SECOND = "second"  # to whoever would have, but came later
    MOVED = "moved"  # the hub is not where the home is, or not any more where it was
    ALL_CLEAR = "all_clear"
    UNDER_THREAT = "under_threat"  # cancelled, but not of her own will


class Course(StrEnum):
    """What the reader should do; texts are chosen by it."""

    PREVENTION = "prevention"  # stay reachable
    NOW = "now"  # call the police now
    STANDBY = "standby"  # leave it to the one in charge, be ready
    DRILL = "drill"  # nothing, it is an exercise
    OVER = "over"  # nothing more


DETAILS = ("floor", "door_code", "residents", "notes")  # of the home, for the emergency services
STANDBY = frozenset({Purpose.TAKEN, Purpose.SECOND})
TO_ONE_IN_CHARGE = frozenset({Purpose.YOURS, Purpose.CHECK})
FIRST_WORD = frozenset({Purpose.ALERT, Purpose.AGAIN, Purpose.STILL})


@dataclass(frozen=True, slots=True)
class Alert:
    """`at`: when what this tells happened: the press, the end, the answer. `room`: a whole address, or "".

    `by`: the name of who is (or was) in charge; `code`: four digits with which they end it by telephone. `elsewhere`:
    where the hub is, if that is not at home, measured `age` seconds before `at`.
    """

    home: Home
    level: Level
    reference: str
    at: datetime
    purpose: Purpose
    drill: bool = False
    after_drill: bool = False
    room: str = ""
    by: str = field(default="", repr=False)
    code: str = field(default="", repr=False)
    elsewhere: Position | None = None
    age: float = 0.0

    @property
    def course(self) -> Course:
        if self.purpose is Purpose.ALL_CLEAR:
            return Course.OVER
        if self.drill:
            return Course.DRILL
        if self.purpose in STANDBY:
            return Course.STANDBY
        return Course.NOW if self.urgent else Course.PREVENTION

    @property
    def urgent(self) -> bool:
        return self.level > Level.PREVENTION or self.purpose is Purpose.UNDER_THREAT

    @property
    def segments(self) -> int:
        """How many an SMS may have: what must be done now is worth a second one."""
        one = self.level is Level.PREVENTION and self.purpose in FIRST_WORD and not self.shows_elsewhere
        return 1 if one or self.purpose is Purpose.ALL_CLEAR else 2

    @property
    def shows_place(self) -> bool:
        """Whether it says where she is, to people who may have to act."""
        return self.purpose is not Purpose.ALL_CLEAR and self.purpose not in STANDBY

    @property
    def shows_elsewhere(self) -> bool:
        """A hub that is carried about in an exercise frightens nobody."""
        return self.shows_place and not self.drill and self.elsewhere is not None

    @property
    def shows_room(self) -> bool:
        return bool(self.room) and self.segments > 1

    @property
    def shows_code(self) -> bool:
        return bool(self.code) and self.purpose in TO_ONE_IN_CHARGE

    @property
    def marks(self) -> list[str]:
        """The keys of what every text of an exercise, or of what is none, begins with."""
        if self.drill:
            return ["mark_drill"]
        return ["mark_after_drill"] if self.after_drill and self.course is not Course.OVER else []
