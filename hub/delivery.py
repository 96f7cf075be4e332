"""One text for one contact over one channel, and what became of it.

Policy: commands refuse. *accepted* (the next hop took it), *delivered* (a receipt) and
*acknowledged* (a person answered, see the incident) are three different things.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import Enum, StrEnum

from hub.errors import IllegalTransition
from hub.messages import Purpose
from hub.model import Moment
from hub.response import Action


class Outcome(StrEnum):
    QUEUED = "queued"  # waits for its next attempt
    SENDING = "sending"  # a request may be on its way
    ACCEPTED = "accepted"  # the next hop took it
    DELIVERED = "delivered"  # there is a receipt
    UNKNOWN = "unknown"  # accepted, and no receipt for too long
    FAILED = "failed"  # refused for good, given up, or stopped


class Step(Enum):
    START = "start"
    ACCEPT = "accept"
    FAIL = "fail"  # this attempt; another one follows
    REFUSE = "refuse"  # for good
    RESTART = "restart"  # the daemon was killed in the middle
    REPLACE = "replace"  # a newer text takes its place
    STOP = "stop"  # the incident ended, or 24 h are over
    DELIVER = "deliver"
    UNDELIVER = "undeliver"
    LOSE = "lose"


TRANSITIONS: dict[tuple[Outcome, Step], Outcome] = {
    (Outcome.QUEUED, Step.START): Outcome.SENDING,
    (Outcome.QUEUED, Step.REPLACE): Outcome.QUEUED,
    (Outcome.QUEUED, Step.STOP): Outcome.FAILED,
    (Outcome.SENDING, Step.ACCEPT): Outcome.ACCEPTED,
    (Outcome.SENDING, Step.FAIL): Outcome.QUEUED,
    (Outcome.SENDING, Step.REFUSE): Outcome.FAILED,
    (Outcome.SENDING, Step.RESTART): Outcome.QUEUED,
    (Outcome.ACCEPTED, Step.DELIVER): Outcome.DELIVERED,
    (Outcome.ACCEPTED, Step.UNDELIVER): Outcome.FAILED,
    (Outcome.ACCEPTED, Step.LOSE): Outcome.UNKNOWN,
    (Outcome.UNKNOWN, Step.DELIVER): Outcome.DELIVERED,
    (Outcome.UNKNOWN, Step.UNDELIVER): Outcome.FAILED,
}

PENDING = frozenset({Outcome.QUEUED, Outcome.SENDING})


@dataclass(frozen=True, slots=True)
class Delivery:
    """`to` is a copy of the number or address, so that removing the contact stops nothing.

    `begun`: when its schedule started; `due`: monotonic seconds before which it is not tried;
    `tries`: attempts begun; `accepted_id`: the next hop's own id. `machine` is what a call says to an answering
    machine, `brief` what it says to a person after a key. `path`: "modem" for an SMS by the hub's own SIM.
    """

    id: str
    incident: str
    contact: str
    channel: Action
    purpose: Purpose
    to: str = field(repr=False)
    language: str
    subject: str = field(repr=False)
    text: str = field(repr=False)
    begun: Moment
    due: float
    outcome: Outcome = Outcome.QUEUED
    tries: int = 0
    accepted_id: str = ""
    machine: str = field(default="", repr=False)
    brief: str = field(default="", repr=False)
    path: str = ""

    @property
    def way(self) -> str:
        """The name of the channel that sends it."""
        return self.path or self.channel

    @property
    def pending(self) -> bool:
        return self.outcome in PENDING

    @property
    def followed(self) -> bool:
        """Whether a receipt may come: an e-mail gives none."""
        return self.channel is not Action.EMAIL and bool(self.accepted_id)

    @property
    def over(self) -> bool:
        """Nothing is to be sent, and no receipt is waited for."""
        return not self.pending and not (self.followed and self.outcome is Outcome.ACCEPTED)

    def step(self, step: Step, *, due: float | None = None, accepted_id: str = "") -> "Delivery":
        """Raises IllegalTransition when the step does not fit the outcome."""
        try:
            outcome = TRANSITIONS[self.outcome, step]
        except KeyError:
            raise IllegalTransition("illegal_step", outcome=self.outcome, step=step.value) from None
        return replace(
            self,
            outcome=outcome,
            due=self.due if due is None else due,
            tries=self.tries + (step is Step.START),
            accepted_id=accepted_id or self.accepted_id,
        )


@dataclass(frozen=True, slots=True)
class Attempt:
    """`result`: accepted, failed or refused; `code`: what the next hop called it."""

    delivery: str
    at: Moment
    path: str
    result: str
    code: str = ""


def reached(deliveries: Mapping[str, Delivery], contact: str) -> bool:
    """Whether anything may have reached this contact (an answer can be lost), so that the all-clear must follow it."""
    return any(d.contact == contact and d.tries and d.outcome is not Outcome.FAILED for d in deliveries.values())
