"""From BTHome adverts of any address to presses of the home's own buttons, and what was heard lately."""

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from hardware.buttons.bthome import Frame, decode
from hardware.buttons.memory import Memory
from hub.ports import Heard, Press

log = logging.getLogger(__name__)

PROTOCOL = "bthome"
PROTOCOL_ENCRYPTED = "bthome-encrypted"  # recognised, and not yet understood

_RECENT = 120.0  # seconds
_MOST = 256  # strangers remembered at once: anybody can fill the air with addresses


@dataclass(frozen=True, slots=True)
class Advert:
    """BTHome service data as the radio delivered it; `heard_at` is monotonic seconds."""

    address: str
    payload: bytes
    heard_at: float
    name: str = ""
    rssi: int = 0


class Hearing:
    """All buttons within range. The home's own are named by `watch`; strangers are only shown."""

    def __init__(self) -> None:
        self._watched: frozenset[str] = frozenset()
        self._memories: dict[str, Memory] = {}
        self._recent: dict[str, Heard] = {}
        self._seen: dict[str, float] = {}
        self._unreadable: set[str] = set()

    def watch(self, buttons: Mapping[str, int | None]) -> None:
        """Report these addresses only. What was heard meanwhile is newer than a stored counter."""
        counters = {address.upper(): counter for address, counter in buttons.items()}
        self._watched = frozenset(counters)
        for address, counter in counters.items():
            self._memories.setdefault(address, Memory()).recall(counter)
        self._seen = {address: at for address, at in self._seen.items() if address in self._watched}

    def take(self, advert: Advert, hear: Callable[[Press], None]) -> None:
        """Read one advert; a press of the home's own button is told before anything else is done."""
        frame = decode(advert.payload)
        if frame is None:
            return
        address = advert.address.upper()
        gestures = self._memory(address).take(frame, advert.payload, advert.heard_at)
        if address in self._watched:
            for gesture in gestures:
                hear(Press(address, gesture, advert.heard_at, frame.packet, frame.battery))
            self._supervise(address, advert.heard_at, frame)
        if gestures or frame.encrypted:
            self._note(address, advert, frame)

    def recent(self, now: float) -> list[Heard]:
        """Buttons pressed in the last two minutes, newest first."""
        heard = [one for one in self._recent.values() if now - one.heard_at <= _RECENT]
        return sorted(heard, key=lambda one: one.heard_at, reverse=True)

    def seen(self) -> dict[str, float]:
        """When each watched button was heard last, a beacon included."""
        return dict(self._seen)

    def unreadable(self) -> frozenset[str]:
        """The watched buttons that send encrypted adverts: their presses are not understood."""
        return frozenset(self._unreadable & self._watched)

    def _supervise(self, address: str, now: float, frame: Frame) -> None:
        self._seen[address] = now
        if not frame.encrypted:
            self._unreadable.discard(address)
        elif address not in self._unreadable:
            self._unreadable.add(address)
            log.warning("A button of this home sends encrypted adverts; its presses cannot be read")

    def _memory(self, address: str) -> Memory:
        if address not in self._memories:
            _make_room(self._memories, self._watched)
            self._memories[address] = Memory()
        return self._memories[address]

    def _note(self, address: str, advert: Advert, frame: Frame) -> None:
        self._recent.pop(address, None)
        _make_room(self._recent, frozenset())
        protocol = PROTOCOL_ENCRYPTED if frame.encrypted else PROTOCOL
        self._recent[address] = Heard(address, advert.name, protocol, advert.rssi, advert.heard_at, frame.battery)


def _make_room(known: dict[str, Memory] | dict[str, Heard], kept: frozenset[str]) -> None:
    """Forget the stranger that came first when there are too many."""
    strangers = len(known) - len(kept & known.keys())
    if strangers >= _MOST:
        del known[next(address for address in known if address not in kept)]
