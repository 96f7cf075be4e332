"""Until somebody answers: when those who did not are called again, and when the one in charge is asked again.

Pure: `now` in, a decision out. A round of calls is over when none of its calls waits, rings or talks any more.
"""

from collections.abc import Collection
from enum import StrEnum

from hub.delivery import PENDING, Delivery, Outcome
from hub.incident import Incident, State
from hub.messages import Purpose
from hub.response import Action

ROUNDS = 5  # of calls, the first one included
ROUND_EVERY = 90.0  # s from one round to the next, for a telephone has to ring out and its owner to find it
ROUND_LONGEST = 180.0  # s; then the next one begins whatever the calls of this one do
LAPSES_AFTER = 600.0  # s after a person took charge, or last said that they still are
CHECK_PATIENCE = 60.0  # s in which the one in charge can say so; while that call goes on, ROUND_LONGEST

# Who is in charge. Beside the alert: neither takes the other's place.
ASIDES = frozenset({Purpose.TAKEN, Purpose.YOURS, Purpose.SECOND})
LIVE = frozenset({Outcome.QUEUED, Outcome.SENDING, Outcome.ACCEPTED})


class Turn(StrEnum):
    """What is due."""

    CALL_AGAIN = "call_again"
    CHECK = "check"
    LAPSE = "lapse"


def turn(incident: Incident, deliveries: Collection[Delivery], now: float) -> Turn | None:
    """What is due at `now` (monotonic seconds)."""
    next_one = upcoming(incident, deliveries)
    return next_one[1] if next_one is not None and now >= next_one[0] else None


def upcoming(incident: Incident, deliveries: Collection[Delivery]) -> tuple[float, Turn] | None:
    """What comes next, and when; None: nothing before something else happens.

    A drill never calls again. Where no call was made, prevention, nobody is called again.
    """
    calls = [d for d in deliveries if d.channel is Action.CALL]
    if not incident.open or incident.drill or not calls:
        return None
    if incident.state is State.ACKNOWLEDGED:
        return _while_in_charge(incident, calls)
    return _while_nobody_is(incident, calls)


def _while_in_charge(incident: Incident, calls: list[Delivery]) -> tuple[float, Turn] | None:
    """Whoever picked up late and is still listening may yet press a key."""
    if incident.checked is not None:
        asking = any(call.purpose is Purpose.CHECK and call.outcome is Outcome.ACCEPTED for call in calls)
        return incident.checked.mono + (ROUND_LONGEST if asking else CHECK_PATIENCE), Turn.LAPSE
    return None if incident.taken is None else (incident.taken.mono + LAPSES_AFTER, Turn.CHECK)


def _while_nobody_is(incident: Incident, calls: list[Delivery]) -> tuple[float, Turn] | None:
    """A call that no provider has taken yet is tried on its own schedule: it is no reason for a further round, and
    from when it left at last a telephone has its time to ring.
    """
    if incident.rounds >= ROUNDS or incident.called is None:
        return None
    left = [call.due for call in newest(calls).values() if call.outcome not in PENDING]
    if not left:
        return None
    live = any(call.outcome in LIVE for call in calls)
    return max(incident.called.mono, *left) + (ROUND_LONGEST if live else ROUND_EVERY), Turn.CALL_AGAIN


def timely(incident: Incident, purpose: Purpose, channel: Action) -> bool:
    """Whether this still says what is so, and is still needed: once a person is in charge nobody else is called. In a
    drill everybody is, so that everybody has answered once.
    """
    if purpose is Purpose.CHECK:
        return incident.checked is not None
    if purpose in ASIDES:
        return incident.state is State.ACKNOWLEDGED
    return channel is not Action.CALL or incident.drill or incident.state is State.ALERTING


def newest(calls: Collection[Delivery]) -> dict[str, Delivery]:
    """The last call to each contact."""
    return {call.contact: call for call in sorted(calls, key=lambda call: call.begun.mono)}
