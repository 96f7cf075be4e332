"""The life of one incident: opened by a press, raised, pressed again, acknowledged, ended.

Policy: commands refuse. A pair that is not in the table raises IllegalTransition and changes nothing.
"""

from dataclasses import dataclass, field, replace
from enum import StrEnum

from hub.errors import IllegalTransition
from hub.model import Moment
from hub.response import Level

JOIN_WITHIN = 10.0  # s; a press so soon after the last one is logged, not sent again
QUIET_BEFORE_CLOSING = 60.0  # s; keeps a prevention open while its SMS are merged to one a minute
CLOSE_AFTER = 3600.0  # s; a prevention closes by then whatever its deliveries do


class State(StrEnum):
    ALERTING = "alerting"  # nobody has taken charge yet
    ACKNOWLEDGED = "acknowledged"  # a person has
    RESOLVED = "resolved"  # over; nothing leads out of it


class Event(StrEnum):
    JOINED = "joined"  # a press within JOIN_WITHIN at the same or a lower level
    REPEATED = "repeated"  # a later press at the same or a lower level
    RAISED = "raised"  # a press at a higher level
    CALLED_AGAIN = "called_again"  # nobody has answered: a further round of calls
    ACKNOWLEDGED = "acknowledged"
    CHECKED = "checked"  # whoever is in charge is asked whether they still are
    LAPSED = "lapsed"  # the acknowledgement is too old
    THREATENED = "threatened"  # "ended" under duress: it only looks like an end
    ENDED = "ended"  # by a person
    EXPIRED = "expired"  # a prevention or a drill that closes by itself


TRANSITIONS: dict[tuple[State, Event], State] = {
    (State.ALERTING, Event.JOINED): State.ALERTING,
    (State.ALERTING, Event.REPEATED): State.ALERTING,
    (State.ALERTING, Event.RAISED): State.ALERTING,
    (State.ALERTING, Event.CALLED_AGAIN): State.ALERTING,
    (State.ALERTING, Event.ACKNOWLEDGED): State.ACKNOWLEDGED,
    (State.ALERTING, Event.THREATENED): State.ALERTING,
    (State.ALERTING, Event.ENDED): State.RESOLVED,
    (State.ALERTING, Event.EXPIRED): State.RESOLVED,
    (State.ACKNOWLEDGED, Event.JOINED): State.ACKNOWLEDGED,
    (State.ACKNOWLEDGED, Event.REPEATED): State.ALERTING,
    (State.ACKNOWLEDGED, Event.RAISED): State.ALERTING,
    (State.ACKNOWLEDGED, Event.ACKNOWLEDGED): State.ACKNOWLEDGED,
    (State.ACKNOWLEDGED, Event.CHECKED): State.ACKNOWLEDGED,
    (State.ACKNOWLEDGED, Event.LAPSED): State.ALERTING,
    (State.ACKNOWLEDGED, Event.THREATENED): State.ALERTING,
    (State.ACKNOWLEDGED, Event.ENDED): State.RESOLVED,
    (State.ACKNOWLEDGED, Event.EXPIRED): State.RESOLVED,
}


class End(StrEnum):
    """How an incident ended. DURESS never ends one; EXPIRED is the hub's own."""

    REAL = "real"
    FALSE_ALARM = "false_alarm"
    TEST = "test"
    DURESS = "duress"
    EXPIRED = "expired"


@dataclass(frozen=True, slots=True)
class Incident:
    """`id` is also the reference people read ("K7Q2M"). `pressed` is the last press, `room` the video room's token,
    `sounded` when the siren was last told to sound; `records`: the room is being recorded.

    `code`: four digits, told to whoever takes charge, that end it by telephone. `told`: when everybody last was;
    `rounds`: of calls since then; `called`: when the last one began. `by`: the contact in charge, `taken`: since when,
    or when last confirmed; `checked`: when that contact was asked and has not answered yet.
    """

    id: str
    level: Level
    opened: Moment
    pressed: Moment
    drill: bool = False
    after_drill: bool = False
    room: str = ""
    state: State = State.ALERTING
    threatened: bool = False
    kind: End | None = None
    ended: Moment | None = None
    sounded: Moment | None = None
    records: bool = False
    code: str = field(default="", repr=False)
    rounds: int = 0
    told: Moment | None = None
    called: Moment | None = None
    by: str = ""
    taken: Moment | None = None
    checked: Moment | None = None

    @property
    def open(self) -> bool:
        return self.state is not State.RESOLVED

    @property
    def closes_itself(self) -> bool:
        """Rescue and alarm end only by a person; so does anything under threat."""
        return self.open and not self.threatened and (self.drill or self.level is Level.PREVENTION)

    def deadline(self, delivered: bool) -> float | None:
        """When `expire` is due (monotonic); `delivered`: all its deliveries have ended."""
        if not self.closes_itself:
            return None
        return self.pressed.mono + (QUIET_BEFORE_CLOSING if delivered else CLOSE_AFTER)


def press(incident: Incident, level: Level, now: Moment) -> tuple[Incident, Event]:
    """A further press while the incident is open. Nothing is ever lowered."""
    event = _event(incident, level, now)
    after = replace(incident, state=_next(incident, event), level=max(incident.level, level), pressed=now)
    return (after if event is Event.JOINED else _told(after, now)), event


def _event(incident: Incident, level: Level, now: Moment) -> Event:
    if level > incident.level:
        return Event.RAISED
    if now.mono - incident.pressed.mono < JOIN_WITHIN:
        return Event.JOINED
    return Event.REPEATED


def end(incident: Incident, kind: End, now: Moment) -> tuple[Incident, Event]:
    """A person ends it, or seems to: duress leaves it open, and makes an exercise real."""
    if kind is End.DURESS:
        after = replace(incident, state=_next(incident, Event.THREATENED), threatened=True, drill=False)
        return _told(after, now), Event.THREATENED
    event = Event.EXPIRED if kind is End.EXPIRED else Event.ENDED
    return replace(incident, state=_next(incident, event), kind=kind, ended=now), event


def acknowledge(incident: Incident, contact: str, now: Moment) -> Incident:
    """A person takes charge, or still is; a second one takes the place of the first only while that one is asked."""
    state = _next(incident, Event.ACKNOWLEDGED)
    if incident.by not in ("", contact) and incident.checked is None:
        return incident
    return replace(incident, state=state, by=contact, taken=now, checked=None)


def check(incident: Incident, now: Moment) -> Incident:
    """Whoever is in charge is asked."""
    return replace(incident, state=_next(incident, Event.CHECKED), checked=now)


def lapse(incident: Incident, now: Moment) -> Incident:
    """Nobody is in charge any more: everybody is told again."""
    return _told(replace(incident, state=_next(incident, Event.LAPSED)), now)


def call_again(incident: Incident, now: Moment) -> Incident:
    """A further round of calls."""
    return replace(incident, state=_next(incident, Event.CALLED_AGAIN), rounds=incident.rounds + 1, called=now)


def _told(incident: Incident, now: Moment) -> Incident:
    """Everybody is told (again), which is the first round; nobody is in charge."""
    return replace(incident, rounds=1, told=now, called=now, by="", taken=None, checked=None)


def _next(incident: Incident, event: Event) -> State:
    try:
        return TRANSITIONS[incident.state, event]
    except KeyError:
        raise IllegalTransition("incident_ended", id=incident.id) from None
