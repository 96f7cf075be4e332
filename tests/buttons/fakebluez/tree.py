"""The tree of D-Bus objects that BlueZ shows, and the signals that tell its changes."""

from collections.abc import Mapping

from dbus_fast import Message, Variant
from dbus_fast.aio import MessageBus

ADAPTER = "org.bluez.Adapter1"
DEVICE = "org.bluez.Device1"
MONITORS = "org.bluez.AdvertisementMonitorManager1"

_PROPERTIES = "org.freedesktop.DBus.Properties"
_OBJECTS = "org.freedesktop.DBus.ObjectManager"
_SIGNATURES = {
    **dict.fromkeys(("Address", "AddressType", "Name", "Alias"), "s"),
    **dict.fromkeys(("Paired", "Bonded", "Trusted", "Blocked", "Connected"), "b"),
    **dict.fromkeys(("LegacyPairing", "ServicesResolved", "Powered", "Discovering"), "b"),
    **dict.fromkeys(("UUIDs", "Roles", "SupportedMonitorTypes", "SupportedFeatures"), "as"),
    **dict.fromkeys(("Adapter", "Device", "Service"), "o"),
    **dict.fromkeys(("Primary", "Notifying"), "b"),
    "UUID": "s",
    "Flags": "as",
    "Includes": "ao",
    "MTU": "q",
    "Value": "ay",
    "RSSI": "n",
    "ServiceData": "a{sv}",
    "ManufacturerData": "a{qv}",
}
_ADVERTISED = ("ServiceData", "ManufacturerData")
_ALWAYS_TOLD = (*_ADVERTISED, "Value")

Properties = dict[str, object]
Interfaces = dict[str, Properties]


def packed(name: str, value: object) -> Variant:
    if name in _ADVERTISED and isinstance(value, Mapping):
        value = {key: Variant("ay", bytes(data)) for key, data in value.items()}
    return Variant(_SIGNATURES[name], value)


def packed_all(interfaces: Interfaces) -> dict[str, dict[str, Variant]]:
    return {
        interface: {name: packed(name, value) for name, value in properties.items()}
        for interface, properties in interfaces.items()
    }


class Tree:
    """`bus` is None while bluetoothd is dead: then nothing is said."""

    def __init__(self) -> None:
        self.objects: dict[str, Interfaces] = {"/org/bluez": {}}
        self.bus: MessageBus | None = None

    def add(self, path: str, interfaces: Interfaces) -> None:
        self.objects[path] = interfaces
        self._emit("/", _OBJECTS, "InterfacesAdded", "oa{sa{sv}}", [path, packed_all(interfaces)])

    def remove_below(self, path: str) -> None:
        """Remove the object and all its children, the deepest first."""
        for gone in sorted((one for one in self.objects if one.startswith(path)), reverse=True):
            interfaces = list(self.objects.pop(gone))
            self._emit("/", _OBJECTS, "InterfacesRemoved", "oas", [gone, interfaces])

    def change(self, path: str, interface: str, changed: Properties) -> None:
        """Only what differs is told, but data of adverts and notifications always."""
        known = self.objects.get(path, {}).get(interface)
        if known is None:
            return
        changed = {n: v for n, v in changed.items() if known.get(n) != v or n in _ALWAYS_TOLD}
        if changed:
            known.update(changed)
            told = {name: packed(name, value) for name, value in changed.items()}
            self._emit(path, _PROPERTIES, "PropertiesChanged", "sa{sv}as", [interface, told, []])

    def _emit(self, path: str, interface: str, member: str, signature: str, body: list[object]) -> None:
        self.send(Message.new_signal(path, interface, member, signature, body))

    def send(self, message: Message) -> None:
        """Whether it arrives is not bluetoothd's concern: its bus may have died."""
        if self.bus and self.bus.connected:
            self.bus.send(message).add_done_callback(lambda sent: sent.cancelled() or sent.exception())
