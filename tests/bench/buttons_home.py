"""A home with 32 buttons that advertise and 5 that are connected, and what each of them means by what it sends."""

import difflib
import random
from collections.abc import Sequence
from dataclasses import dataclass, field

from hub.model import Button
from tests.buttons.fakebluez import FakeBluez, FakeDevice, frames
from tests.buttons.fakebluez.gatt import Peripheral, itag

ADVERTISING, CONNECTED = 32, 5
KINDS = {frames.PRESS: "single", frames.DOUBLE: "double", frames.TRIPLE: "many", frames.LONG: "hold"}
CLICKS = {"single": 1, "double": 2, "many": 3}
ITAG_SERVICE = "0000ffe0-0000-1000-8000-00805f9b34fb"
KEY = "ffe1"

Meant = tuple[int | None, str]  # packet id, kind of gesture


@dataclass(slots=True)
class Advertiser:
    """A BTHome button; one with a key seals what it sends."""

    button: Button
    device: FakeDevice
    meant: list[Meant] = field(default_factory=list)
    _packet: int = 0
    _counter: int = 1000
    _code: int = frames.PRESS
    _near: bool = False

    def press(self, bluez: FakeBluez, code: int = frames.PRESS) -> None:
        self._packet, self._code = (self._packet + 1) % 256, code
        assert self._send(bluez), "BlueZ did not tell of the press"
        self.meant.append((self._packet, KINDS[code]))

    def repeat(self, bluez: FakeBluez) -> None:
        """The same press once more: a button that seals sends it with a higher counter."""
        self._send(bluez)

    def echo(self, bluez: FakeBluez) -> None:
        """Only the signal strength changes, and bleak delivers the last press again."""
        self._near = not self._near
        bluez.advertise(self.device, rssi=-50 if self._near else -80)

    def beacon(self, bluez: FakeBluez) -> None:
        """Between the presses, with a packet id of its own."""
        self._packet, self._code = (self._packet + 1) % 256, frames.BEACON
        self._send(bluez)

    def _send(self, bluez: FakeBluez) -> bool:
        data = frames.plain(self._packet, self._code)
        if self.button.key:
            self._counter += 1
            data = frames.sealed(
                self._counter, self._packet, self._code, key=self.button.key, address=self.device.address
            )
        return bluez.advertise(self.device, data, rssi=-50 if self._near else -80)


@dataclass(slots=True)
class Fob:
    """An iTAG: it is connected, says that it was clicked, and the hub times the gestures."""

    button: Button
    device: Peripheral
    meant: list[Meant] = field(default_factory=list)

    def call(self, bluez: FakeBluez) -> bool:
        """It advertises until it is connected and listened to; whether it is."""
        if bluez.gatt.subscribed(self.device, KEY):
            return True
        bluez.advertise(self.device, services=[ITAG_SERVICE])
        return False

    def click(self, bluez: FakeBluez) -> None:
        assert bluez.gatt.notify(self.device, KEY, b"\x01"), "BlueZ did not tell of the click"


def advertisers() -> list[Advertiser]:
    """Every second one has a key of its own."""
    chance = random.Random(1)
    made = []
    for number in range(ADVERTISING):
        address = f"3C:2E:F5:00:01:{number:02X}"
        key = chance.randbytes(16) if number % 2 else None
        made.append(Advertiser(Button(f"a{number}", address, key=key), FakeDevice(address, "SBBT-002C")))
    return made


def fobs() -> list[Fob]:
    addresses = [f"FF:FF:10:00:00:{number:02X}" for number in range(CONNECTED)]
    return [Fob(Button(address, address, protocol="itag"), itag(address)) for address in addresses]


def home() -> list[Button]:
    """All of them, as the hub knows them."""
    return [*(one.button for one in advertisers()), *(one.button for one in fobs())]


def differences(meant: Sequence[Meant], heard: Sequence[Meant]) -> tuple[int, int]:
    """How many presses were lost, and how many were heard that nobody made, or once too often; order counts."""
    lost = surplus = 0
    for what, i, j, k, end in difflib.SequenceMatcher(None, meant, heard, autojunk=False).get_opcodes():
        if what != "equal":
            lost, surplus = lost + presses(meant[i:j]), surplus + presses(heard[k:end])
    return lost, surplus


def presses(gestures: Sequence[Meant]) -> int:
    """A gesture that the button told apart is one press; of one that the hub timed each click is."""
    return sum(1 if packet is not None else CLICKS[kind] for packet, kind in gestures)
