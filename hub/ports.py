"""What the hub needs from the outside, as Protocols. `hardware/` and `hub/channels/` fulfil them."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Protocol, runtime_checkable

from hub.gesture import Edge, Gesture
from hub.model import Button, Cell, Deliver, Position
from hub.profile import Signal


class Doubt(StrEnum):
    """Why a press that acts is flagged all the same."""

    RESTARTED = "restarted"  # its counter fell: the battery was changed, or somebody plays it back
    PLAIN = "plain"  # a button with a key spoke without it


@dataclass(frozen=True, slots=True)
class Press:
    """What a button did. `action` is a whole gesture, or an edge when the hub has to time it.

    `button` is the device's address ("" for a press by command), `heard_at` monotonic seconds,
    `counter` the packet id, `battery` per cent, `seal` what makes an encrypted frame the only one of its kind.
    """

    button: str
    action: Gesture | Edge
    heard_at: float
    counter: int | None = None
    battery: int | None = None
    seal: bytes = field(default=b"", repr=False)
    doubt: Doubt | None = None


@dataclass(frozen=True, slots=True)
class Heard:
    """A button that was heard lately, known or not: what `hub button scan` shows. `rssi` is dBm."""

    address: str
    name: str
    protocol: str
    rssi: int
    heard_at: float
    battery: int | None = None


@dataclass(frozen=True, slots=True)
class Sighting:
    """The last that was seen of a watched button, in memory only: it shows presence.

    `at` and `pressed_at` are monotonic seconds, `at` of any sign of life; `rssi` is dBm, `battery` per cent;
    `period`: seconds between two signs of life that come by themselves, as measured; `linked`: connected now.
    """

    at: float
    rssi: int | None = None
    battery: int | None = None
    pressed_at: float | None = None
    period: float | None = None
    linked: bool = False


class Buttons(Protocol):
    """The radio the buttons talk to."""

    @property
    def listening(self) -> bool:
        """Whether adverts are being heard: the only proof that a press would be."""

    @property
    def trouble(self) -> str:
        """Why presses may not be heard; "" when nothing speaks against it. A fault to be shown."""

    @property
    def degraded(self) -> bool:
        """Listening in a way that may miss a press: a fault to be shown."""

    @property
    def unreadable(self) -> frozenset[str]:
        """Watched buttons whose frames are not understood: a fault to be shown."""

    def seen(self) -> Mapping[str, Sighting]:
        """By address, each watched button that was heard since it is watched."""

    def watch(self, buttons: Iterable[Button]) -> None:
        """Report presses of these only. What was heard meanwhile is newer than their counters."""

    def recent(self, *, near: bool = False) -> Sequence[Heard]:
        """Buttons that were *pressed* in the last two minutes, newest first, known or not.

        `near`: and whatever else is held close to the hub, its protocol "unknown".
        """

    def fits(self, address: str, key: bytes) -> bool | None:
        """Whether this key opens what the button sent last; None when nothing encrypted was heard of it."""

    async def confirm(self, address: str) -> None:
        """Show the wearer that a person has acknowledged. Raises DeviceError when this button cannot, or is away."""

    async def study(self, address: str, note: Callable[[Signal], None]) -> None:
        """Until cancelled: tell all that this device says, in adverts and, where it lets itself be connected, in
        notifications. The first signal is LINK: b"\\x01" when it is connected, b"\\x00" when there are only adverts.
        """

    async def listen(self, hear: Callable[[Press], None]) -> None:
        """Call `hear` at once, in the loop's thread, for each press; until cancelled. Raises DeviceError when the radio
        fails; the caller shows a fault and calls again.
        """


class Pattern(StrEnum):
    STEADY = "steady"
    PULSED = "pulsed"


class Siren(Protocol):
    """Off after `open` and after `close`. Any method but `close` may raise DeviceError."""

    @property
    def sounding(self) -> bool:
        """Whether it is told to sound."""

    def open(self) -> None:
        """Take the device, silent; harmless when it is open already."""

    def sound(self, pattern: Pattern, seconds: float) -> None:
        """Sound now and return at once; fall silent after `seconds` whatever becomes of the caller."""

    def silence(self) -> None:
        """Stop now."""

    def close(self) -> None:
        """Silence and let go of the device."""


class Recorder(Protocol):
    """The recorder child, seen from the daemon. Nothing here waits for it."""

    def start(self, incident: str, ago: float = 0.0) -> None:
        """Record the room for this incident until four hours after the press, `ago` in s; it may run already."""

    def stop(self) -> None:
        """Close the recording."""


class Microphone(Protocol):
    """A source of 16-bit little-endian mono samples, in blocks of 100 ms."""

    rate: int
    lost: int  # how often the device said that samples were lost, since `open`; changes before the block after

    def check(self) -> None:
        """Say whether the device is there, without opening a stream. Raises DeviceError."""

    def open(self, deliver: Deliver) -> None:
        """Start; `deliver` is called from any thread. Raises DeviceError."""

    def active(self) -> bool:
        """Whether the stream says it runs; silence of `deliver` must be watched besides."""

    def close(self) -> None:
        """Stop; never raises."""


@dataclass(frozen=True, slots=True)
class Message:
    """One text for one person. `to` is an E.164 number or an e-mail address.

    `reference` is the incident's ("K7Q2M"), `id` the delivery's; `subject` is for e-mail only. `machine` is what a call
    says to an answering machine, `brief` what it says to a person after a key; neither is asked of other channels.
    `again`: an earlier try may have been accepted though nobody heard of it.
    """

    id: str
    to: str = field(repr=False)
    language: str
    reference: str
    text: str = field(repr=False)
    subject: str = field(default="", repr=False)
    machine: str = field(default="", repr=False)
    brief: str = field(default="", repr=False)
    again: bool = False


class Progress(StrEnum):
    """How far something that was accepted has come."""

    WAITING = "waiting"  # nothing is known yet
    RINGING = "ringing"
    TALKING = "talking"  # the call was picked up, by a person or a machine, and is not over
    DELIVERED = "delivered"  # the telephone has the SMS; the call was picked up and is over
    UNDELIVERED = "undelivered"  # for good


@dataclass(frozen=True, slots=True)
class Receipt:
    """What the next hop says became of a message. `code`: why not ("30003", "busy"), or "machine" for a call that a
    machine took. `taken`: key 1 was pressed after the text; `over`: the digits typed after key 9, or "".
    """

    progress: Progress
    code: str = ""
    taken: bool = False
    over: str = field(default="", repr=False)


class How(StrEnum):
    """How a person who was not asked for it just then got through to the hub."""

    CALLBACK = "callback"
    SMS = "sms"


@dataclass(frozen=True, slots=True)
class Incoming:
    """A call back or an SMS to the hub's number. `source`: the next hop's id; `sender`: E.164; `text` of an SMS;
    `taken` and `over` as in Receipt. `message`: the id of what we called with, if it was us without knowing it.
    `at`: by the next hop's clock; of an SMS to the hub's own SIM when the hub heard it, for an operator's clock may be
    hours off. `waited`: it may have waited in the SIM or the network until then, nobody knows how long.
    """

    source: str
    sender: str = field(repr=False)
    at: datetime
    how: How
    text: str = field(default="", repr=False)
    taken: bool = False
    over: str = field(default="", repr=False)
    message: str = ""
    waited: bool = False


class Channel(Protocol):
    """A way to a person: one short file in `hub/channels/`."""

    path: str  # "twilio", "smtp" or "modem"

    async def send(self, message: Message) -> str:
        """Return the next hop's own id once it has *accepted* the message. Raises DeliveryError."""

    async def check(self) -> None:
        """Ask the next hop whether it would take a message, without sending one. Raises DeliveryError."""

    async def receipt(self, id: str) -> Receipt | None:
        """What became of what `send` called `id`; None: nobody here ever knows. Raises DeliveryError."""

    async def withdraw(self, id: str) -> None:
        """End a call that still rings, as far as possible. Raises DeliveryError."""


@dataclass(frozen=True, slots=True)
class ModemView:
    """`signal`: per cent; `answering`: it proved it lately; `trouble`, `limited` (yet SMS leave): docs/modem.md."""

    present: bool = False
    unlocked: bool = False
    registered: bool = False
    operator: str = ""
    technology: str = ""  # "LTE", "3G"
    signal: int | None = None
    answering: bool = False
    trouble: str = ""
    limited: str = ""


class Modem(Protocol):
    """The hub's own SIM: SMS that need no internet."""

    @property
    def view(self) -> ModemView:
        """As it was last seen; asks nobody."""

    async def send(self, number: str, text: str) -> str:
        """An id, once the network *accepted* the whole text. Raises DeliveryError; "timeout": it may have left."""

    async def receipt(self, id: str) -> Receipt | None:
        """What became of it; None when nobody here knows, as after a restart."""

    async def listen(self, hear: Callable[[Incoming], None]) -> None:
        """Until cancelled: look after the modem, call `hear` at once for each whole SMS. Raises DeviceError; an SMS
        that comes twice has the same `source`.
        """


@runtime_checkable
class Positioning(Protocol):
    """A modem that can tell where it is."""

    async def locate(self) -> tuple[Position | None, Cell | None]:
        """Its last fix, and its cell; soon, and without asking the modem itself. Raises DeviceError."""


class Mains(Protocol):
    """The power-fail line of a supply that has a battery."""

    def lost(self) -> bool:
        """What the line says at this moment, which may be a flicker. At once; raises DeviceError."""
