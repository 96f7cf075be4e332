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
EXPIRED = 30036


class SmsState(StrEnum):
    QUEUED = "queued"
    SENDING = "sending"
    SENT = "sent"  # the operator has it
    DELIVERED = "delivered"  # the telephone has it
    UNDELIVERED = "undelivered"  # the operator gave up
    FAILED = "failed"  # no operator took it
    RECEIVED = "received"  # written by a telephone, to the account


class Step(Enum):
    NEXT = "next"
    REACHED = "reached"
    GIVEN_UP = "given up"
    REFUSED = "refused"
    EXPIRED = "expired"


# A pair that is not listed changes nothing: a timer may come late.
TRANSITIONS: dict[tuple[SmsState, Step], SmsState] = {
    (SmsState.QUEUED, Step.NEXT): SmsState.SENDING,
    (SmsState.QUEUED, Step.EXPIRED): SmsState.FAILED,
    (SmsState.SENDING, Step.NEXT): SmsState.SENT,
    (SmsState.SENDING, Step.REFUSED): SmsState.FAILED,
    (SmsState.SENT, Step.REACHED): SmsState.DELIVERED,
    (SmsState.SENT, Step.GIVEN_UP): SmsState.UNDELIVERED,
}


@dataclass(frozen=True, slots=True)
class Bar:
    """Why no SMS reaches a telephone: Twilio's `code`; `refused` by every operator, or given up by one."""

    code: int
    refused: bool = False


@dataclass(slots=True)
class Sms:
    """`accepted_at` is monotonic, for measurements; `error` is Twilio's code once it failed or is undelivered."""

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

    @property
    def inbound(self) -> bool:
        return self.state is SmsState.RECEIVED

    def take(self, step: Step, error: int | None = None) -> bool:
        """Whether the state changed."""
        new = TRANSITIONS.get((self.state, step))
        if new is None:
            return False
        self.state = new
        self.error = error
        self.updated = datetime.now(UTC)
        if new is SmsState.SENT:
            self.sent = self.updated
        return True


class Mailbox(Protocol):
    """What a telephone is to the one who brings it SMS."""

    number: str
    messages: list[Sms]
    bar: Bar | None
    receipts: bool

    @property
    def in_reach(self) -> bool: ...


class Texting:
    """Every SMS that was accepted, oldest first, by its id."""

    def __init__(self, clock: Clock, timing: Timing, segments_per_second: float | None) -> None:
        self.accepted: dict[str, Sms] = {}
        self._clock = clock
        self._timing = timing
        self._rate = segments_per_second
        self._free_at: dict[str, float] = {}

    def send(self, sender: str, phone: Mailbox, text: str, validity: float) -> Sms:
        sms = Sms(sender, phone.number, text)
        self.accepted[sms.id] = sms
        step, wait = self._timing.step, self._wait(sms)
        if wait > validity:
            self._clock.after(validity, partial(sms.take, Step.EXPIRED, EXPIRED))
        self._clock.after(wait + step, partial(sms.take, Step.NEXT))
        self._clock.after(wait + 2 * step, partial(self._hand_over, sms, phone))
        self._clock.after(wait + 3 * step, partial(self._deliver, sms, phone))
        patience = max(min(validity, self._timing.operator), 4 * step)
        self._clock.after(wait + patience, partial(self._give_up, sms, phone))
        return sms

    def receive(self, sender: str, to: str, text: str) -> Sms:
        """What a telephone writes to a number of the account."""
        sms = Sms(sender, to, text, state=SmsState.RECEIVED)
        sms.sent = sms.created
        self.accepted[sms.id] = sms
        self._clock.changed()
        return sms

    def reach(self, phone: Mailbox) -> None:
        """A telephone that is back in reach gets what was kept for it."""
        for sms in self.accepted.values():
            if sms.to == phone.number:
                self._deliver(sms, phone)

    def forget(self) -> None:
        self.accepted.clear()
        self._free_at.clear()

    def _wait(self, sms: Sms) -> float:
        """Seconds until its sender has sent what was there before."""
        if self._rate is None:
            return 0.0
        now = time.monotonic()
        start = max(now, self._free_at.get(sms.sender, now))
        self._free_at[sms.sender] = start + sms.segments / self._rate
        return start - now

    def _hand_over(self, sms: Sms, phone: Mailbox) -> None:
        if phone.bar and phone.bar.refused:
            sms.take(Step.REFUSED, phone.bar.code)
        sms.take(Step.NEXT)

    def _deliver(self, sms: Sms, phone: Mailbox) -> None:
        if sms.id not in self.accepted or sms.state is not SmsState.SENT or sms in phone.messages:
            return
        if phone.bar:
            sms.take(Step.GIVEN_UP, phone.bar.code)
        elif phone.in_reach:
            phone.messages.append(sms)
            if phone.receipts:
                sms.take(Step.REACHED)

    def _give_up(self, sms: Sms, phone: Mailbox) -> None:
        if sms not in phone.messages:
            sms.take(Step.GIVEN_UP, OUT_OF_REACH)
