"""The telephones: what each one does when it is called, and what has reached it."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol

from hardware.simulated.network.call import Call, CallError, Detection, Line
from hardware.simulated.network.calling import Calling
from hardware.simulated.network.texting import Bar, Sms, Texting
from hardware.simulated.network.timing import Clock, Timing
from hardware.simulated.network.twiml import Speech

DAY = 24 * 3600.0  # s; so long an operator keeps an SMS between two telephones
STOP_WORDS = frozenset({"STOP", "STOPALL", "UNSUBSCRIBE", "CANCEL", "END", "QUIT"})
START_WORDS = frozenset({"START", "YES", "UNSTOP"})


class Behaviour(StrEnum):
    ANSWERS = "answers"  # picks up after a while, hears the text, hangs up
    IGNORES = "ignores"  # rings out
    OUT_OF_REACH = "out_of_reach"
    BY_HAND = "by_hand"  # rings until somebody does something
    ANSWERING_MACHINE = "answering_machine"  # picks up late, records what it hears
    TAKES_CHARGE = "takes_charge"  # picks up, listens, presses 1 when asked for a key, hears the rest


@dataclass(slots=True)
class Phone:
    """`messages` and `calls` have arrived here; `stopped` after it answered STOP; a landline takes no SMS.

    No SMS passes its `bar`; without `receipts` its operator never says that one has arrived. `script`: what its
    person types in every call, one entry each time the call asks for keys.
    """

    number: str
    behaviour: Behaviour
    stopped: bool = False
    landline: bool = False
    bar: Bar | None = None
    receipts: bool = True
    script: tuple[str, ...] = ()
    messages: list[Sms] = field(default_factory=list)
    calls: list[Call] = field(default_factory=list)

    @property
    def in_reach(self) -> bool:
        return self.behaviour is not Behaviour.OUT_OF_REACH

    @property
    def answers(self) -> bool:
        return self.behaviour in (Behaviour.ANSWERS, Behaviour.ANSWERING_MACHINE, Behaviour.TAKES_CHARGE)

    @property
    def machine(self) -> bool:
        return self.behaviour is Behaviour.ANSWERING_MACHINE

    @property
    def typed(self) -> tuple[str, ...]:
        """What is typed in each call, one entry each time it asks for keys."""
        if self.machine:
            return ()
        return self.script or ("1",) * (self.behaviour is Behaviour.TAKES_CHARGE)

    @property
    def by_hand(self) -> bool:
        return self.behaviour is Behaviour.BY_HAND

    @property
    def texts(self) -> list[str]:
        return [sms.text for sms in self.messages]


class Reception(Protocol):
    """Who takes the calls to the account's numbers."""

    def line(self, caller: str, number: str) -> Line:
        """Raises CallError when nobody has that number."""


class Phones:
    """Every telephone by its number; one that was never seen exists as soon as somebody asks for it."""

    def __init__(
        self,
        clock: Clock,
        timing: Timing,
        default: Behaviour,
        calls_per_second: float | None = None,
        segments_per_second: float | None = None,
    ) -> None:
        self.texting = Texting(clock, timing, segments_per_second)
        self.mobile = Texting(clock, timing, None)  # from one telephone to another: the account knows nothing of it
        self.calling = Calling(clock, timing, calls_per_second)
        self.reception: Reception | None = None
        self._clock = clock
        self._default = default
        self._phones: dict[str, Phone] = {}

    def __getitem__(self, number: str) -> Phone:
        if number not in self._phones:
            landline = number.startswith(("+331", "+332", "+333", "+334", "+335", "+339"))
            self._phones[number] = Phone(number, self._default, landline=landline)
        return self._phones[number]

    def __iter__(self) -> Iterator[Phone]:
        return iter(list(self._phones.values()))

    def behave(self, number: str, behaviour: Behaviour | str) -> None:
        """Raises ValueError for a behaviour there is not."""
        self[number].behaviour = Behaviour(behaviour)
        for way in (self.texting, self.mobile):
            way.reach(self[number])
        self._clock.changed()

    def stop(self, number: str) -> None:
        """The person answers STOP: no SMS is taken for this number any more."""
        self[number].stopped = True

    def undeliverable(self, number: str, code: int, refused: bool = False) -> None:
        """Its SMS end undelivered with Twilio's `code`, or failed when `refused`; code 0: no more."""
        self[number].bar = Bar(code, refused) if code else None

    def reply(self, number: str, to: str, text: str) -> Sms:
        """The person writes an SMS to a number of the account; Twilio takes some words as STOP, or its end."""
        word = text.strip().upper()
        if word in STOP_WORDS | START_WORDS:
            self[number].stopped = word in STOP_WORDS
        return self.texting.receive(number, to, text)

    def write(self, number: str, to: str, text: str) -> Sms:
        """The person, or whatever has that SIM, writes an SMS to another telephone."""
        return self.mobile.send(number, self[to], text, DAY)

    def take(self, number: str) -> list[Sms]:
        """What has come to this telephone, which keeps it no longer."""
        phone = self[number]
        came, phone.messages = phone.messages, []
        return came

    def text(self, sender: str, to: str, text: str, validity: float) -> Sms:
        return self.texting.send(sender, self[to], text, validity)

    def call(self, sender: str, to: str, said: Speech, ring: float, detection: Detection = Detection.NONE) -> Call:
        return self.calling.say(sender, self[to], said, ring, detection)

    def dial(self, number: str, to: str) -> Call:
        """The person calls a number of the account. Raises CallError when that is not possible."""
        if self.reception is None:
            raise CallError("nobody takes calls here")
        self.calling.refuse_engaged(self[number])
        return self.calling.come_in(self[number], to, self.reception.line(number, to))

    def keys(self, number: str, *script: str) -> None:
        """The person types in every call from now on: one entry each time the call asks; none: nothing any more."""
        self[number].script = script

    def pick_up(self, call: str) -> None:
        self.calling.pick_up(call, self[self.calling.found(call).telephone])

    def hang_up(self, call: str) -> None:
        self.calling.hang_up(call)

    def key(self, call: str, digit: str) -> None:
        self.calling.key(call, digit)

    def forget(self) -> None:
        self._phones.clear()
        self.texting.forget()
        self.mobile.forget()
        self.calling.forget()
        self._clock.changed()
