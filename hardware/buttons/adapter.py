"""One Bluetooth adapter, watched on a D-Bus connection of its own: bleak does not say when it is gone.

bleak keeps a scanner "running" without a word when bluetoothd restarts, the adapter is unplugged or
switched off, the bus restarts, or its own connection to the bus is lost.
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Collection, Mapping
from dataclasses import dataclass

from dbus_fast import BusType, Message, MessageType, Variant
from dbus_fast.aio import MessageBus

from hub.errors import DeviceError

_BLUEZ = "org.bluez"
_ADAPTER = "org.bluez.Adapter1"
_DEVICE = "org.bluez.Device1"
_OBJECTS = "org.freedesktop.DBus.ObjectManager"
_BUS = "org.freedesktop.DBus"
_PROPERTIES = "org.freedesktop.DBus.Properties"

_TIMEOUT = 5.0

_REASONS = {
    "ServiceUnknown": "bluetoothd is not running",
    "NameHasNoOwner": "bluetoothd is not running",
    "NoReply": "bluetoothd does not answer",
    "UnknownObject": "there is no such adapter",
    "UnknownMethod": "there is no such adapter",
    "InvalidArgs": "there is no such adapter",
    "AccessDenied": "access to bluetoothd is denied",
    "Blocked": "the adapter is blocked (rfkill)",
}


async def end_of(bus: MessageBus) -> None:
    """Until the connection ends; dbus-fast drops one at once when a write would block. To cancel this cancels what
    everybody else waits for who waits for the same connection.
    """
    with contextlib.suppress(Exception):  # however it ended, it ended
        await bus.wait_for_disconnect()  # type: ignore[no-untyped-call]


@dataclass(frozen=True, slots=True)
class Trouble:
    """`links`: connections that were made on the adapter are gone, too."""

    reason: str
    links: bool = False


class AdapterWatch:
    """`trouble` is done as soon as what was started on the adapter cannot work any more."""

    def __init__(self, bus: MessageBus, adapter: str) -> None:
        self._bus = bus
        self._adapter = adapter
        self._path = f"/org/bluez/{adapter}"
        self._loss = asyncio.create_task(end_of(bus))
        self._followed: dict[asyncio.Future[None], Callable[[object], None]] = {}
        self.discovers: Callable[[], bool] = lambda: False  # while it says yes "Discovering" has to stay on
        self.trouble: asyncio.Future[Trouble] = asyncio.get_running_loop().create_future()

    async def begin(self) -> None:
        """Listen to the bus for everything that can go wrong."""
        self.follow(self._loss, Trouble("the D-Bus connection was lost"))
        self._bus.add_message_handler(self._on_message)
        for rule in (
            f"type='signal',sender='{_BUS}',member='NameOwnerChanged',arg0='{_BLUEZ}'",
            f"type='signal',sender='{_BLUEZ}',member='InterfacesRemoved',arg0path='{self._path}'",
            f"type='signal',sender='{_BLUEZ}',member='InterfacesAdded',arg0path='{self._path}'",
            f"type='signal',sender='{_BLUEZ}',member='PropertiesChanged',path='{self._path}'",
        ):
            await self._call(_BUS, "/org/freedesktop/DBus", _BUS, "AddMatch", "s", rule)

    async def power_on(self) -> None:
        """bluetoothd may leave the adapter off, and a passive scan on it starts and hears nothing."""
        answer = await self._property("Get", "ss", _ADAPTER, "Powered")
        if answer.body[0].value is not True:
            await self._property("Set", "ssv", _ADAPTER, "Powered", Variant("b", True))

    async def forget_devices(self, spared: Collection[str]) -> list[str]:
        """Have BlueZ forget what it knows, but for what is paired, connected, or `spared`; the addresses it forgot.

        BlueZ tells of a device it knows only when something changed, so that a room where nothing moves looks like a
        deaf radio. What it does not know it tells of with the next advert. Raises DeviceError.
        """
        answer = await self._call(_BLUEZ, "/", _OBJECTS, "GetManagedObjects", "")
        forgotten = []
        for path, interfaces in answer.body[0].items():
            device = interfaces.get(_DEVICE)
            if device and path.startswith(f"{self._path}/") and _is_stranger(device, spared):
                with contextlib.suppress(DeviceError):  # it left by itself
                    await self._call(_BLUEZ, self._path, _ADAPTER, "RemoveDevice", "o", path)
                forgotten.append(str(device["Address"].value))
        return forgotten

    async def bluetoothd(self) -> str:
        """The name of the running bluetoothd on the bus: another one is another process."""
        answer = await self._call(_BUS, "/org/freedesktop/DBus", _BUS, "GetNameOwner", "s", _BLUEZ)
        return str(answer.body[0])

    def report(self, trouble: Trouble) -> None:
        if not self.trouble.done():
            self.trouble.set_result(trouble)

    def follow(self, loss: asyncio.Future[None], trouble: Trouble) -> None:
        """Report it as soon as `loss` is done."""
        self._followed[loss] = lambda _: self.report(trouble)
        loss.add_done_callback(self._followed[loss])

    def end(self) -> None:
        for loss, callback in self._followed.items():
            loss.remove_done_callback(callback)
        self._loss.cancel()

    async def _property(self, member: str, signature: str, *body: object) -> Message:
        return await self._call(_BLUEZ, self._path, _PROPERTIES, member, signature, *body)

    async def _call(
        self, service: str, path: str, interface: str, member: str, signature: str, *body: object
    ) -> Message:
        answer = await self._bus.call(
            Message(
                destination=service,
                path=path,
                interface=interface,
                member=member,
                signature=signature,
                body=list(body),
            )
        )
        if answer.message_type is MessageType.ERROR:
            name = str(answer.error_name)
            raise DeviceError(f"{self._adapter}: {_REASONS.get(name.rpartition('.')[2], name)}")
        return answer

    def _on_message(self, message: Message) -> None:
        if message.message_type is MessageType.SIGNAL and (trouble := self._trouble_in(message)):
            self.report(trouble)

    def _trouble_in(self, signal: Message) -> Trouble | None:
        subject = signal.body[0] if signal.body else ""
        if signal.member == "NameOwnerChanged" and subject == _BLUEZ:
            return Trouble("bluetoothd came back" if signal.body[2] else "bluetoothd went away", links=True)
        if signal.member == "InterfacesAdded" and subject == self._path:
            return Trouble("the adapter came back")
        if signal.member == "InterfacesRemoved" and subject == self._path:
            return Trouble("the adapter went away", links=True)
        if signal.member == "PropertiesChanged" and signal.path == self._path and subject == _ADAPTER:
            return self._switched_off(signal.body[1])
        return None

    def _switched_off(self, changed: dict[str, Variant]) -> Trouble | None:
        if "Powered" in changed and changed["Powered"].value is False:
            return Trouble("the adapter was switched off", links=True)
        if "Discovering" in changed and changed["Discovering"].value is False and self.discovers():
            return Trouble("the scan was stopped")
        return None


def _is_stranger(device: Mapping[str, Variant], spared: Collection[str]) -> bool:
    kept = any(name in device and device[name].value is True for name in ("Connected", "Paired", "Trusted"))
    return not kept and device["Address"].value not in spared


@contextlib.asynccontextmanager
async def watch_adapter(adapter: str) -> AsyncIterator[AdapterWatch]:
    """Watch from before the first call to BlueZ until the end. Raises DeviceError or OSError."""
    bus = MessageBus(bus_type=BusType.SYSTEM)
    watch = AdapterWatch(bus, adapter)
    try:
        async with asyncio.timeout(_TIMEOUT):
            await bus.connect()
            await watch.begin()
        yield watch
    finally:
        watch.end()
        bus.disconnect()
