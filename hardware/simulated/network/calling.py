"""A telephone call: a table-driven machine that timers, the person called, and the caller move on."""

import secrets
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import Enum, StrEnum
from functools import partial
from typing import Protocol

from hardware.simulated.network.timing import Clock, Timing
from hardware.simulated.network.twiml import Speech

KEYS = frozenset("0123456789*#")


class CallError(ValueError):
    """Asked of a call that is not there, or not in a state for it; nothing was changed."""


class CallState(StrEnum):
    QUEUED = "queued"
    RINGING = "ringing"
    IN_PROGRESS = "in-progress"
    COMPLETED = "completed"
    BUSY = "busy"  # engaged, or turned away
    NO_ANSWER = "no-answer"
    FAILED = "failed"  # out of reach
    CANCELED = "canceled"  # the caller gave up while it rang


class Turn(Enum):
    RING = "ring"
    ENGAGED = "engaged"
    UNREACHABLE = "unreachable"
    PICK_UP = "pick up"
    RING_OUT = "ring out"
    HANG_UP = "hang up"  # the person called
    END = "end"  # the caller, or the text is over


# Timers tolerate: a pair that is not listed changes nothing. Persons are refused (CallError).
TRANSITIONS: dict[tuple[CallState, Turn], CallState] = {
    (CallState.QUEUED, Turn.RING): CallState.RINGING,
    (CallState.QUEUED, Turn.ENGAGED): CallState.BUSY,
    (CallState.QUEUED, Turn.UNREACHABLE): CallState.FAILED,
    (CallState.QUEUED, Turn.END): CallState.CANCELED,
    (CallState.RINGING, Turn.PICK_UP): CallState.IN_PROGRESS,
    (CallState.RINGING, Turn.RING_OUT): CallState.NO_ANSWER,
    (CallState.RINGING, Turn.HANG_UP): CallState.BUSY,
    (CallState.RINGING, Turn.END): CallState.CANCELED,
    (CallState.IN_PROGRESS, Turn.HANG_UP): CallState.COMPLETED,
    (CallState.IN_PROGRESS, Turn.END): CallState.COMPLETED,
}
LIVE = frozenset({CallState.RINGING, CallState.IN_PROGRESS})


@dataclass(slots=True)
class Call:
    """`accepted_at` is monotonic, for measurements; `keys` are the digits pressed while talking."""

    sender: str
    to: str
    said: Speech
    id: str = field(default_factory=lambda: "CA" + secrets.token_hex(16))
    state: CallState = CallState.QUEUED
    keys: str = ""
    queued_for: float = 0.0
    accepted_at: float = field(default_factory=time.monotonic)
    created: datetime = field(default_factory=lambda: datetime.now(UTC))
    updated: datetime = field(default_factory=lambda: datetime.now(UTC))
    started: datetime | None = None
    ended: datetime | None = None

    @property
    def text(self) -> str:
        return self.said.text

    @property
    def language(self) -> str:
        return self.said.language

    @property
    def over(self) -> bool:
        return self.state not in LIVE and self.state is not CallState.QUEUED

    def take(self, turn: Turn) -> bool:
        """Whether the state changed."""
        new = TRANSITIONS.get((self.state, turn))
        if new is None:
            return False
        self.state = new
        self.updated = datetime.now(UTC)
        if new is CallState.IN_PROGRESS:
            self.started = self.updated
        if self.over:
            self.ended = self.updated
        return True


class Ringer(Protocol):
    """What a telephone is to the one who calls it."""

    number: str
    calls: list[Call]

    @property
    def in_reach(self) -> bool: ...
    @property
    def answers(self) -> bool: ...
    @property
    def by_hand(self) -> bool: ...


class Calling:
    """Every call that was accepted, oldest first, by its id."""

    def __init__(self, clock: Clock, timing: Timing, calls_per_second: float | None) -> None:
        self.accepted: dict[str, Call] = {}
        self._clock = clock
        self._timing = timing
        self._pause = 1 / calls_per_second if calls_per_second else 0.0
        self._next_start = 0.0

    def dial(self, sender: str, phone: Ringer, said: Speech, ring: float) -> Call:
        now = time.monotonic()
        wait = max(0.0, self._next_start - now)
        self._next_start = now + wait + self._pause
        call = Call(sender, phone.number, said, queued_for=wait)
        self.accepted[call.id] = call
        self._clock.after(wait + self._timing.dial, partial(self._ring, call, phone, ring))
        return call

    def pick_up(self, call: str) -> None:
        found = self._found(call)
        if not self._pick_up(found):
            raise CallError(f"this call is {found.state}, it does not ring")

    def hang_up(self, call: str) -> None:
        found = self._found(call)
        if not found.take(Turn.HANG_UP):
            raise CallError(f"this call is {found.state} already")
        self._clock.changed()

    def key(self, call: str, digit: str) -> None:
        found = self._found(call)
        if digit not in KEYS:
            raise CallError("a telephone has the keys 0 to 9, * and #")
        if found.state is not CallState.IN_PROGRESS:
            raise CallError(f"this call is {found.state}, nobody is talking")
        found.keys += digit
        self._clock.changed()

    def end(self, call: Call) -> None:
        call.take(Turn.END)
        self._clock.changed()

    def forget(self) -> None:
        self.accepted.clear()

    def _found(self, call: str) -> Call:
        if call not in self.accepted:
            raise CallError("there is no such call")
        return self.accepted[call]

    def _ring(self, call: Call, phone: Ringer, ring: float) -> None:
        if call.id not in self.accepted or not call.take(self._first_turn(phone)):
            return
        phone.calls.append(call)
        if phone.answers:
            self._clock.after(self._timing.answer, partial(self._pick_up, call))
        longest = self._timing.hand if phone.by_hand else self._timing.ring
        self._clock.after(min(ring, longest), partial(call.take, Turn.RING_OUT))

    @staticmethod
    def _first_turn(phone: Ringer) -> Turn:
        if not phone.in_reach:
            return Turn.UNREACHABLE
        engaged = any(other.state in LIVE for other in phone.calls)
        return Turn.ENGAGED if engaged else Turn.RING

    def _pick_up(self, call: Call) -> bool:
        picked_up = call.take(Turn.PICK_UP)
        if picked_up:
            self._clock.after(len(call.text) * self._timing.talk, partial(call.take, Turn.END))
            self._clock.changed()
        return picked_up
