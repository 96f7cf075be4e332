"""The connected side of the simulated BlueZ: links, services, characteristics and notifications.

It follows BlueZ (src/device.c, src/gatt-client.c): the services of a device appear after it is connected and go
with the link; a link outlives the process that asked for it; a connected device does not advertise.
"""

import asyncio
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from dbus_fast import Message

from .calls import HANG, NOTHING, Answer, BluezError
from .device import FakeDevice
from .tree import DEVICE, Properties, Tree

SERVICE = "org.bluez.GattService1"
CHARACTERISTIC = "org.bluez.GattCharacteristic1"
ABORT = "le-connection-abort-by-local"
_ANSWER_AFTER = 0.01  # seconds from the link to the answer; the news of it is long known by then


def full(uuid: str) -> str:
    return f"0000{uuid}-0000-1000-8000-00805f9b34fb" if len(uuid) == 4 else uuid


@dataclass
class Characteristic:
    """`refuses`: "read", "write" or "notify" is answered with an error; `path` is set while there is a link."""

    service: str
    uuid: str
    flags: Sequence[str]
    value: bytes = b""
    refuses: set[str] = field(default_factory=set)
    path: str = ""


@dataclass(frozen=True, eq=False)
class Peripheral(FakeDevice):
    """Something that lets itself be connected, and what it shows then.

    Faults: `connect_faults` (of the next Connect calls: ABORT, HANG or the text of an error); `silent`, when it is
    set: reads and writes are never answered, and BlueZ does not know that the link is dead. `late`: BlueZ says that
    the services are known so many seconds before it tells each of them, as bluetoothd 5.66 does now and then.
    """

    characteristics: Sequence[Characteristic] = ()
    late: float = 0.0
    connect_faults: list[str] = field(default_factory=list)
    silent: asyncio.Event = field(default_factory=asyncio.Event)
    connects: list[float] = field(default_factory=list)  # when it was asked to connect
    asked: list[tuple[str, str]] = field(default_factory=list)  # "read", "write" or "notify", and what of
    written: list[tuple[str, bytes]] = field(default_factory=list)  # "service/characteristic", the value


class Gatt:
    """All links of one adapter."""

    def __init__(self, tree: Tree, adapter: str) -> None:
        self._tree = tree
        self._adapter = adapter
        self._devices: dict[str, Peripheral] = {}
        self._subscribers: dict[str, set[str]] = {}
        self.answers: dict[str, Callable[[Message], Answer]] = {
            "Connect": self._connect,
            "Disconnect": self._disconnect,
            "RemoveDevice": self._remove,
            "ReadValue": self._read,
            "WriteValue": self._write,
            "StartNotify": self._start_notify,
            "StopNotify": self._stop_notify,
        }

    def know(self, device: FakeDevice) -> None:
        if isinstance(device, Peripheral):
            self._devices[device.path(self._adapter)] = device

    def connected(self, device: FakeDevice) -> bool:
        known = self._tree.objects.get(device.path(self._adapter), {}).get(DEVICE, {})
        return bool(known.get("Connected"))

    def connections(self) -> list[str]:
        return [device.address for device in self._devices.values() if self.connected(device)]

    def subscribed(self, device: Peripheral, uuid: str) -> bool:
        return any(self._subscribers.get(one.path) for one in _named(device, uuid))

    def notify(self, device: Peripheral, uuid: str, value: bytes, number: int = 0) -> bool:
        """Send a notification; whether anybody is told. `number`: of several with this UUID."""
        path = _named(device, uuid)[number].path
        if not self.connected(device) or not self._subscribers.get(path):
            return False
        self._tree.change(path, CHARACTERISTIC, {"Value": value})
        return True

    def link(self, device: Peripheral) -> None:
        """The link stands and the services are known, whoever asked for it: also one of a process that died."""
        self.know(device)
        path = device.path(self._adapter)
        self._tree.change(path, DEVICE, {"Connected": True})
        told = [(one, {interface: properties}) for one, interface, properties in self._objects(path, device)]
        for number, (one_path, interfaces) in enumerate(told):
            if device.late:
                asyncio.get_running_loop().call_later(
                    device.late + 0.005 * number, self._tree.add, one_path, interfaces
                )
            else:
                self._tree.add(one_path, interfaces)
        self._tree.change(path, DEVICE, {"ServicesResolved": True})

    def drop(self, device: Peripheral) -> None:
        """Out of range, battery out, supervision timeout."""
        path = device.path(self._adapter)
        for one in device.characteristics:
            self._subscribers.pop(one.path, None)
            one.path = ""
        self._tree.change(path, DEVICE, {"ServicesResolved": False, "Connected": False})
        self._tree.remove_below(f"{path}/")

    def drop_all(self) -> None:
        for device in self._devices.values():
            self.drop(device)

    def forget_links(self) -> None:
        """bluetoothd is dead; nobody is told."""
        self._subscribers.clear()
        for device in self._devices.values():
            for one in device.characteristics:
                one.path = ""

    def forget_client(self, name: str) -> None:
        for subscribers in self._subscribers.values():
            subscribers.discard(name)

    def _objects(self, path: str, device: Peripheral) -> Iterator[tuple[str, str, Properties]]:
        handle, service, service_path = 0x000A, "", ""
        for one in device.characteristics:
            if one.service != service:
                service, service_path = one.service, f"{path}/service{handle:04x}"
                facts: Properties = {"UUID": full(service), "Device": path, "Primary": True, "Includes": []}
                yield service_path, SERVICE, facts
            one.path = f"{service_path}/char{handle + 1:04x}"
            facts = {"UUID": full(one.uuid), "Service": service_path, "Flags": list(one.flags), "MTU": 23}
            yield one.path, CHARACTERISTIC, {**facts, "Value": one.value, "Notifying": False}
            handle += 4

    def _connect(self, call: Message) -> Answer:
        device = self._devices.get(call.path or "")
        if device is None:  # its adverts say that it is not to be connected: BlueZ goes on waiting for one that does
            raise BluezError("Failed", HANG)
        device.connects.append(asyncio.get_running_loop().time())
        fault = device.connect_faults.pop(0) if device.connect_faults else ""
        if fault == ABORT:  # BlueZ really reports a link that lives for a moment
            self._tree.change(call.path or "", DEVICE, {"Connected": True})
            asyncio.get_running_loop().call_later(0.01, self.drop, device)
        if fault:
            raise BluezError("Failed", fault)
        self._tree.change(call.path or "", DEVICE, {"Connected": True})
        asyncio.get_running_loop().call_later(_ANSWER_AFTER, self._resolve, call, device)
        raise BluezError("Failed", HANG)  # not answered yet

    def _resolve(self, call: Message, device: Peripheral) -> None:
        if self.connected(device):
            self.link(device)
        self._tree.send(Message.new_method_return(call))

    def _disconnect(self, call: Message) -> Answer:
        if device := self._devices.get(call.path or ""):
            self.drop(device)
        return NOTHING

    def _remove(self, call: Message) -> Answer:
        """A connected device is only disconnected: BlueZ removes it some time after."""
        path = str(call.body[0])
        if path not in self._tree.objects:
            raise BluezError("DoesNotExist", "Does Not Exist")
        if self._tree.objects[path][DEVICE]["Connected"]:
            self.drop(self._devices[path])
        else:
            self._tree.remove_below(path)
        return NOTHING

    def _read(self, call: Message) -> Answer:
        one = self._asked(call, "read")
        self._tree.change(one.path, CHARACTERISTIC, {"Value": one.value})  # BlueZ tells it like a notification
        return "ay", [one.value]

    def _write(self, call: Message) -> Answer:
        one = self._asked(call, "write")
        device = self._device_of(call)
        device.written.append((f"{one.service}/{one.uuid}", bytes(call.body[0])))
        return NOTHING

    def _start_notify(self, call: Message) -> Answer:
        self._asked(call, "notify")
        self._subscribers.setdefault(call.path or "", set()).add(call.sender or "")
        self._tree.change(call.path or "", CHARACTERISTIC, {"Notifying": True})
        return NOTHING

    def _stop_notify(self, call: Message) -> Answer:
        self._subscribers.get(call.path or "", set()).discard(call.sender or "")
        return NOTHING

    def _asked(self, call: Message, what: str) -> Characteristic:
        device = self._device_of(call)
        if device.silent.is_set():
            raise BluezError("Failed", HANG)
        one = next(one for one in device.characteristics if one.path == call.path)
        device.asked.append((what, f"{one.service}/{one.uuid}"))
        if what in one.refuses:
            raise BluezError("Failed", "Operation failed with ATT error: 0x80")
        return one

    def _device_of(self, call: Message) -> Peripheral:
        return self._devices[(call.path or "").partition("/service")[0]]


def _named(device: Peripheral, uuid: str) -> list[Characteristic]:
    return [one for one in device.characteristics if one.uuid == uuid]


def itag(address: str) -> Peripheral:
    """A fob with one button, as its makers build them; FFE2 and Link Loss are not on all of them."""
    return Peripheral(
        address,
        "iTAG",
        characteristics=(
            Characteristic("1802", "2a06", ("write-without-response",)),
            Characteristic("1803", "2a06", ("read", "write")),
            Characteristic("180f", "2a19", ("read", "notify"), b"\x5a"),
            Characteristic("ffe0", "ffe1", ("read", "notify")),
            Characteristic("ffe0", "ffe2", ("write",)),
        ),
    )
