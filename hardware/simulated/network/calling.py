"""All the calls: each rings at a telephone, and its line is told what becomes of it."""

import time
from functools import partial
from typing import Protocol

from hardware.simulated.network.call import KEYS, LIVE, Call, CallError, CallState, Detection, Line, Turn
from hardware.simulated.network.timing import Clock, Timing
from hardware.simulated.network.twiml import Speech


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
    @property
    def machine(self) -> bool: ...
    @property
    def typed(self) -> tuple[str, ...]: ...


class Recital:
    """The line of a call that says one text and ends."""

    def __init__(self, calling: "Calling", said: Speech) -> None:
        self._calling = calling
        self._said = said

    def answered(self, call: Call) -> None:
        call.said = self._said
        self._calling.end_after(call, self._said.text)

    def pressed(self, call: Call, digit: str) -> None:
        """Nothing listens to keys here."""

    def over(self, call: Call) -> None:
        """Nothing is left to do."""


class Calling:
    """Every call that was accepted, oldest first, by its id."""

    def __init__(self, clock: Clock, timing: Timing, calls_per_second: float | None) -> None:
        self.accepted: dict[str, Call] = {}
        self._clock = clock
        self._timing = timing
        self._pause = 1 / calls_per_second if calls_per_second else 0.0
        self._next_start = 0.0

    def say(self, sender: str, phone: Ringer, said: Speech, ring: float, detection: Detection) -> Call:
        """Call to say one text, that is known before it is heard."""
        call = self.dial(sender, phone, Recital(self, said), ring, detection)
        call.said = said
        return call

    def dial(self, sender: str, phone: Ringer, line: Line, ring: float, detection: Detection) -> Call:
        """`ring`: seconds at most."""
        now = time.monotonic()
        wait = max(0.0, self._next_start - now)
        self._next_start = now + wait + self._pause
        call = Call(sender, phone.number, line, detection, queued_for=wait)
        self.accepted[call.id] = call
        self._clock.after(wait + self._timing.dial, partial(self._ring, call, phone, ring))
        return call

    def refuse_engaged(self, phone: Ringer) -> None:
        """Raises CallError when this telephone cannot call."""
        if not phone.in_reach or self._engaged(phone):
            raise CallError("this telephone cannot call now")

    def come_in(self, phone: Ringer, to: str, line: Line) -> Call:
        """Somebody who is free to calls a number of the account."""
        call = Call(phone.number, to, line, inbound=True, state=CallState.RINGING)
        self.accepted[call.id] = call
        phone.calls.append(call)
        self._clock.after(self._timing.dial, partial(self._pick_up, call, phone))
        self._clock.changed()
        return call

    def pick_up(self, call: str, phone: Ringer) -> None:
        found = self.found(call)
        if not self._pick_up(found, phone):
            raise CallError(f"this call is {found.state}, it does not ring")

    def hang_up(self, call: str) -> None:
        found = self.found(call)
        if not self._take(found, Turn.HANG_UP):
            raise CallError(f"this call is {found.state} already")

    def key(self, call: str, digit: str) -> None:
        found = self.found(call)
        if digit not in KEYS:
            raise CallError("a telephone has the keys 0 to 9, * and #")
        if found.state is not CallState.IN_PROGRESS:
            raise CallError(f"this call is {found.state}, nobody is talking")
        self.press(found, digit)

    def press(self, call: Call, digit: str) -> None:
        call.keys += digit
        call.line.pressed(call, digit)
        self._clock.changed()

    def end(self, call: Call) -> None:
        self._take(call, Turn.END)

    def end_after(self, call: Call, text: str) -> None:
        """End it when all of the text was spoken."""
        self._clock.after(len(text) * self._timing.talk, partial(self._take, call, Turn.END))

    def found(self, call: str) -> Call:
        """Raises CallError."""
        if call not in self.accepted:
            raise CallError("there is no such call")
        return self.accepted[call]

    def forget(self) -> None:
        self.accepted.clear()

    def _ring(self, call: Call, phone: Ringer, ring: float) -> None:
        if call.id not in self.accepted or not self._take(call, self._first_turn(phone)):
            return
        phone.calls.append(call)
        if phone.answers:
            patience = self._timing.machine if phone.machine else self._timing.answer
            self._clock.after(patience, partial(self._pick_up, call, phone))
        longest = self._timing.hand if phone.by_hand else self._timing.ring
        self._clock.after(min(ring, longest), partial(self._take, call, Turn.RING_OUT))

    def _first_turn(self, phone: Ringer) -> Turn:
        if not phone.in_reach:
            return Turn.UNREACHABLE
        return Turn.ENGAGED if self._engaged(phone) else Turn.RING

    @staticmethod
    def _engaged(phone: Ringer) -> bool:
        return any(other.state in LIVE for other in phone.calls)

    def _pick_up(self, call: Call, phone: Ringer) -> bool:
        if not self._take(call, Turn.PICK_UP):
            return False
        call.script = list(phone.typed)
        if call.detection is Detection.NONE:
            call.line.answered(call)
        else:
            beep = phone.machine and call.detection is Detection.MESSAGE_END
            seconds = self._timing.greeting if beep else self._timing.detect
            self._clock.after(seconds, partial(self._detected, call, phone.machine))
        return True

    def _detected(self, call: Call, machine: bool) -> None:
        if call.state is CallState.IN_PROGRESS:
            call.answered_by = call.detection.machine if machine else "human"
            call.line.answered(call)

    def _take(self, call: Call, turn: Turn) -> bool:
        """Whether the state changed; then the line knows."""
        taken = call.take(turn)
        if taken and call.over:
            call.line.over(call)
        if taken:
            self._clock.changed()
        return taken
