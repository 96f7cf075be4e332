"""A link that stands: silenced first, then listened to, and proven every now and then."""

import asyncio
import contextlib
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from bleak import BleakClient
from bleak.backends.characteristic import BleakGATTCharacteristic
from bleak.exc import BleakDBusError, BleakError, BleakGATTProtocolError

from hardware.buttons.connected.driver import BATTERY, Driver, sources
from hub.errors import DeviceError

_WRITABLE = {"write", "write-without-response"}
_REFUSALS = {"org.bluez.Error.NotPermitted", "org.bluez.Error.NotAuthorized"}  # "Not paired", for example
_DEVICE_INFORMATION = "char:0000180a-"

Offers = Mapping[str, BleakGATTCharacteristic]


@dataclass(slots=True)
class Life:
    """What is known of a button; it outlives its connections. `at` and `pressed_at` are monotonic seconds."""

    at: float | None = None
    battery: int | None = None
    pressed_at: float | None = None


class Connection:
    """One client that is connected. `answer`: seconds within which the button has to answer."""

    def __init__(self, client: BleakClient, driver: Driver, life: Life, answer: float) -> None:
        self._client = client
        self._driver = driver
        self._life = life
        self._answer = answer
        self.offers = sources(client.services)
        self._proof = _proof(self.offers, driver)

    async def begin(self, tell: Callable[[str, bytes], None]) -> None:
        """`tell` gets each notification at once. Raises DeviceError when this button cannot say what it should."""
        if not self._driver.hears <= self.offers.keys():
            raise DeviceError("it does not offer what a button of its kind says")
        await silence(self._client, self.offers, self._driver.quiet, self._answer)
        for source in sorted(self._driver.hears):
            await listen_to(self._client, self.offers[source], source, tell, self._answer)
        await self.prove()
        if BATTERY in self.offers.keys() - self._driver.hears:
            with _while_linked(self._client):  # some only let it be read
                await listen_to(self._client, self.offers[BATTERY], BATTERY, self._charge, self._answer)

    async def stay(self, ended: asyncio.Event, every: float) -> None:
        """Until the link ends. Raises when it cannot be proven: bleak believes links that are dead."""
        while not ended.is_set():
            try:
                async with asyncio.timeout(every):
                    await ended.wait()
            except TimeoutError:
                await self.prove()

    async def prove(self) -> None:
        """Read something; a refusal proves the link as well. Where nothing can be read, BlueZ is believed."""
        if self._proof:
            try:
                async with asyncio.timeout(self._answer):
                    value = await self._client.read_gatt_char(self.offers[self._proof])
                self._charge(self._proof, bytes(value))
            except BleakError as error:
                if not (_is_refusal(error) and self._client.is_connected):
                    raise
        self._life.at = time.monotonic()

    async def show(self) -> None:
        """What the button has to tell its wearer something. Raises DeviceError."""
        feedback = self._driver.feedback
        if feedback.source not in self.offers:
            raise DeviceError("the button has nothing to show it with")
        one = self.offers[feedback.source]
        try:
            try:
                await write(self._client, one, feedback.on, self._answer)
                await asyncio.sleep(feedback.seconds)
            finally:
                await write(self._client, one, feedback.off, self._answer)
        except (BleakError, OSError, EOFError) as error:
            raise DeviceError(f"the button did not take it ({type(error).__name__})") from error

    def _charge(self, source: str, value: bytes) -> None:
        self._life.at = time.monotonic()
        if source == BATTERY and value and value[0] <= 100:
            self._life.battery = value[0]


def _is_refusal(error: BleakError) -> bool:
    """Whether the button itself said no."""
    refused = isinstance(error, BleakDBusError) and error.dbus_error in _REFUSALS
    return refused or isinstance(error, BleakGATTProtocolError)


@contextlib.contextmanager
def _while_linked(client: BleakClient) -> Iterator[None]:
    """For what a button may refuse or never answer: it is a button all the same, as long as the link stands."""
    try:
        yield
    except (BleakError, TimeoutError):
        if not client.is_connected:
            raise


async def write(client: BleakClient, one: BleakGATTCharacteristic, value: bytes, answer: float) -> None:
    async with asyncio.timeout(answer):
        await client.write_gatt_char(one, value)


async def silence(client: BleakClient, offers: Offers, quiet: Mapping[str, bytes], answer: float) -> None:
    """All of it gets as long as one answer: meanwhile the button is not listened to."""
    for source, value in quiet.items():
        if source in offers and _WRITABLE & set(offers[source].properties):
            with _while_linked(client):
                await write(client, offers[source], value, answer / len(quiet))


async def listen_to(
    client: BleakClient,
    one: BleakGATTCharacteristic,
    source: str,
    tell: Callable[[str, bytes], None],
    answer: float,
) -> None:
    async with asyncio.timeout(answer):
        await client.start_notify(one, lambda _one, value: tell(source, bytes(value)))


def _proof(offers: Offers, driver: Driver) -> str:
    """What to read: never what it is listened to for, because BlueZ tells a reading like a notification."""
    readable = [source for source, one in offers.items() if "read" in one.properties and source not in driver.hears]
    named = [source for source in readable if source == BATTERY]
    return next(iter(named or [one for one in readable if one.startswith(_DEVICE_INFORMATION)]), "")
