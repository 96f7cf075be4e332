"""A telephone call: a table-driven machine that timers, the person called, and the caller move on."""

import secrets
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import Enum, StrEnum
from typing import Protocol

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


class Detection(StrEnum):
    """Whether the caller wants to know who picked up, and when: at once, or after a machine's beep."""

    NONE = ""
    ENABLE = "Enable"
    MESSAGE_END = "DetectMessageEnd"

    @property
    def machine(self) -> str:
        """What is said of a machine."""
        return "machine_end_beep" if self is Detection.MESSAGE_END else "machine_start"


class Line(Protocol):
    """What Twilio does with a call, told of what becomes of it."""

    def answered(self, call: "Call") -> None:
        """Somebody listens; it is known who, where that was asked for."""

    def pressed(self, call: "Call", digit: str) -> None: ...
    def over(self, call: "Call") -> None: ...


@dataclass(slots=True)
class Call:
    """`accepted_at` is monotonic, for measurements; `keys` are the digits pressed while talking.

    `script`: what the person will type each time the call asks for keys, without what was typed already.
    """

    sender: str
    to: str
    line: Line = field(repr=False, compare=False)
    detection: Detection = Detection.NONE
    said: Speech = field(default_factory=Speech)
    id: str = field(default_factory=lambda: "CA" + secrets.token_hex(16))
    state: CallState = CallState.QUEUED
    keys: str = ""
    inbound: bool = False
    answered_by: str | None = None
    script: list[str] = field(default_factory=list)
    queued_for: float = 0.0
    accepted_at: float = field(default_factory=time.monotonic)
    created: datetime = field(default_factory=lambda: datetime.now(UTC))
    updated: datetime = field(default_factory=lambda: datetime.now(UTC))
    started: datetime | None = None
    ended: datetime | None = None

    @property
    def telephone(self) -> str:
        """The number of the person."""
        return self.sender if self.inbound else self.to

    @property
    def text(self) -> str:
        return self.said.text

    @property
    def language(self) -> str:
        return self.said.language

    @property
    def over(self) -> bool:
        return self.state not in LIVE and self.state is not CallState.QUEUED

    def hear(self, text: str, language: str) -> None:
        """One more line reaches the ear."""
        lines = [self.said.text, text] if self.said.text else [text]
        self.said = Speech("\n".join(lines), self.said.language or language)

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
