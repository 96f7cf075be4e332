"""A simulated org.bluez, good enough for bleak's scanner, that can fail in all the ways BlueZ does.

It follows the rules of BlueZ (src/adapter.c, src/device.c): an unknown device is announced with
InterfacesAdded, a known one with PropertiesChanged; service data is told only when the bytes changed
(unless the scan asked for DuplicateData), RSSI only when it moved by 8 dB; nothing cached ever goes away.
"""

import asyncio
import contextlib
from dataclasses import dataclass
from typing import Self

from dbus_fast import BusType, Message
from dbus_fast.aio import MessageBus

from .calls import Calls
from .tree import ADAPTER, DEVICE, MONITORS, Interfaces, Properties

_RSSI_STEP = 8


@dataclass(frozen=True)
class FakeDevice:
    """Something that advertises."""

    address: str
    name: str = ""

    def path(self, adapter: str) -> str:
        return f"{adapter}/dev_{self.address.replace(':', '_')}"


class FakeBluez(Calls):
    """bluetoothd with one adapter. `experimental`: whether it offers passive scans.

    Faults: `deaf` (the controller hears nothing and does not say so), `start_faults` (errors of the next
    StartDiscovery calls), `crash`, `unplug` and `plug`, `power`.
    """

    def __init__(self, address: str, adapter: str = "hci0", experimental: bool = True) -> None:
        super().__init__(f"/org/bluez/{adapter}", experimental)
        self.bus_address = address
        self.deaf = False

    async def start(self, *, powered: bool = True, plugged: bool = True) -> None:
        """`powered=False`: as after a clean stop, where bluetoothd switched the adapter off."""
        bus = await MessageBus(bus_address=self.bus_address, bus_type=BusType.SYSTEM).connect()
        bus.add_message_handler(self.on_message)
        await bus.call(
            Message(
                destination="org.freedesktop.DBus",
                path="/org/freedesktop/DBus",
                interface="org.freedesktop.DBus",
                member="AddMatch",
                signature="s",
                body=["type='signal',sender='org.freedesktop.DBus',member='NameOwnerChanged'"],
            )
        )
        self.tree.objects = {"/org/bluez": {}}
        if plugged:
            self.tree.objects[self.adapter] = self._adapter(powered)
        self.tree.bus = bus
        await bus.request_name("org.bluez")

    async def crash(self) -> None:
        """bluetoothd dies: its name vanishes, nothing else is said on the bus."""
        self.forget_clients()
        bus, self.tree.bus = self.tree.bus, None
        if bus:
            bus.disconnect()
            with contextlib.suppress(Exception):
                await bus.wait_for_disconnect()

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(self, *error: object) -> None:
        await self.crash()

    def power(self, on: bool) -> None:
        """rfkill, or the firmware crashed: the adapter stays and is off."""
        if not on:
            self.sessions.clear()
        self.tree.change(self.adapter, ADAPTER, {"Powered": on, "Discovering": bool(self.sessions)})

    def stop_sessions(self) -> None:
        """Discovery ends without anybody having asked for it."""
        self.sessions.clear()
        self.tree.change(self.adapter, ADAPTER, {"Discovering": False})

    def unplug(self) -> None:
        self.sessions.clear()
        self.monitors.clear()
        self.tree.remove_below(self.adapter)

    def plug(self, *, powered: bool = True) -> None:
        self.tree.add(self.adapter, self._adapter(powered))

    @property
    def scanning(self) -> bool:
        adapter = self.tree.objects.get(self.adapter, {}).get(ADAPTER, {})
        return bool(adapter.get("Powered")) and bool(self.sessions or any(self.monitors.values()))

    async def until_scanning(self) -> None:
        async with asyncio.timeout(5):
            while not self.scanning:
                await asyncio.sleep(0.002)

    def advertise(self, device: FakeDevice, service_data: dict[str, bytes] | None = None, rssi: int = -60) -> bool:
        """One advert reaches the adapter. Whether the scanner is told."""
        if self.deaf or not self.scanning:
            return False
        path = device.path(self.adapter)
        known = self.tree.objects.get(path, {}).get(DEVICE)
        if known is None:
            self.tree.add(path, {DEVICE: self._device(device, service_data, rssi)})
            return True
        changed = self._changed(known, service_data, rssi)
        self.tree.change(path, DEVICE, changed)
        return bool(changed)

    def forget(self, device: FakeDevice) -> None:
        """BlueZ drops a device that it has not heard for 30 s."""
        self.tree.remove_below(device.path(self.adapter))

    def _changed(self, known: Properties, service_data: dict[str, bytes] | None, rssi: int) -> Properties:
        changed: Properties = {}
        before = known.get("RSSI")
        if not isinstance(before, int) or abs(before - rssi) >= _RSSI_STEP:
            changed["RSSI"] = rssi
        if service_data and (self.wants_duplicates() or known.get("ServiceData") != service_data):
            changed["ServiceData"] = service_data
        return changed

    def _device(self, device: FakeDevice, service_data: dict[str, bytes] | None, rssi: int) -> Properties:
        facts: Properties = {
            "Address": device.address,
            "AddressType": "public",
            "Alias": device.name or device.address.replace(":", "-"),
            "Adapter": self.adapter,
            "UUIDs": [],
            "RSSI": rssi,
            "Connected": False,
            "Paired": False,
        }
        if device.name:
            facts["Name"] = device.name
        if service_data:
            facts["ServiceData"] = service_data
        return facts

    def _adapter(self, powered: bool) -> Interfaces:
        adapter: Properties = {
            "Address": "00:11:22:33:44:55",
            "Powered": powered,
            "Discovering": False,
            "Roles": ["central", "peripheral"],
        }
        passive: Interfaces = {MONITORS: {"SupportedMonitorTypes": ["or_patterns"], "SupportedFeatures": []}}
        return {ADAPTER: adapter, **(passive if self.experimental else {})}
