"""An SMS on its way: a table-driven machine that timers move on, and that waits for a phone in reach."""

import secrets
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import Enum, StrEnum
from functools import partial
from typing import Protocol

from hardware.simulated.network.segments import segments
from hardware.simulated.network.timing import Clock, Timing

OUT_OF_REACH = 30003


class SmsState(StrEnum):
    QUEUED = "queued"
    SENDING = "sending"
    SENT = "sent"  # the operator has it
    DELIVERED = "delivered"  # the telephone has it
    UNDELIVERED = "undelivered"  # the operator gave up


class Step(Enum):
    NEXT = "next"
    REACHED = "reached"
    GIVEN_UP = "given up"


# A pair that is not listed changes nothing: a timer may come late.
TRANSITIONS: dict[tuple[SmsState, Step], SmsState] = {
    (SmsState.QUEUED, Step.NEXT): SmsState.SENDING,
    (SmsState.SENDING, Step.NEXT): SmsState.SENT,
    (SmsState.SENT, Step.REACHED): SmsState.DELIVERED,
    (SmsState.SENT, Step.GIVEN_UP): SmsState.UNDELIVERED,
}


@dataclass(slots=True)
class Sms:
    """`accepted_at` is monotonic, for measurements; `error` is Twilio's code once it is undelivered."""

    sender: str
    to: str
    text: str
    id: str = field(default_factory=lambda: "SM" + secrets.token_hex(16))
    state: SmsState = SmsState.QUEUED
    error: int | None = None
    accepted_at: float = field(default_factory=time.monotonic)
    created: datetime = field(default_factory=lambda: datetime.now(UTC))
    updated: datetime = field(default_factory=lambda: datetime.now(UTC))
    sent: datetime | None = None

    @property
    def segments(self) -> int:
        return segments(self.text)

    def take(self, step: Step) -> bool:
        """Whether the state changed."""
        new = TRANSITIONS.get((self.state, step))
        if new is None:
            return False
        self.state = new
        self.updated = datetime.now(UTC)
        if new is SmsState.SENT:
            self.sent = self.updated
        return True


class Mailbox(Protocol):
    """What a telephone is to the one who brings it SMS."""

    number: str
    messages: list[Sms]

    @property
    def in_reach(self) -> bool: ...


class Texting:
    """Every SMS that was accepted, oldest first, by its id."""

    def __init__(self, clock: Clock, timing: Timing) -> None:
        self.accepted: dict[str, Sms] = {}
        self._clock = clock
        self._timing = timing

    def send(self, sender: str, phone: Mailbox, text: str, validity: float) -> Sms:
        sms = Sms(sender, phone.number, text)
        self.accepted[sms.id] = sms
        step = self._timing.step
        self._clock.after(step, partial(sms.take, Step.NEXT))
        self._clock.after(2 * step, partial(sms.take, Step.NEXT))
        self._clock.after(3 * step, partial(self._deliver, sms, phone))
        patience = max(min(validity, self._timing.operator), 4 * step)
        self._clock.after(patience, partial(self._give_up, sms))
        return sms

    def reach(self, phone: Mailbox) -> None:
        """A telephone that is back in reach gets what was kept for it."""
        for sms in self.accepted.values():
            if sms.to == phone.number:
                self._deliver(sms, phone)

    def forget(self) -> None:
        self.accepted.clear()

    def _deliver(self, sms: Sms, phone: Mailbox) -> None:
        known = sms.id in self.accepted
        if known and phone.in_reach and sms.take(Step.REACHED):
            phone.messages.append(sms)

    def _give_up(self, sms: Sms) -> None:
        if sms.take(Step.GIVEN_UP):
            sms.error = OUT_OF_REACH
