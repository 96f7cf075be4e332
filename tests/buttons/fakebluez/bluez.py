"""A simulated org.bluez, good enough for bleak's scanner, that can fail in all the ways BlueZ does.

It follows the rules of BlueZ (src/adapter.c, src/device.c): an unknown device is announced with
InterfacesAdded, a known one with PropertiesChanged; service data is told only when the bytes changed
(unless the scan asked for DuplicateData), RSSI only when it moved by 8 dB; nothing cached ever goes away.
"""

import asyncio
import contextlib
from collections.abc import Mapping, Sequence
from itertools import cycle
from typing import Self

from dbus_fast import BusType, Message
from dbus_fast.aio import MessageBus

from hardware.buttons.dead_bus import guard

from .calls import Calls
from .device import FakeDevice
from .gatt import Gatt, Peripheral
from .tree import ADAPTER, DEVICE, MONITORS, Interfaces, Properties

_RSSI_STEP = 8
_NEIGHBOUR_EVERY = 0.05  # seconds

NEIGHBOUR = FakeDevice("62:0F:00:00:00:01", name="a neighbour's lamp")


class FakeBluez(Calls):
    """bluetoothd with one adapter. `experimental`: whether it offers passive scans.

    `busy`: a neighbour's device is on the air, about 20 adverts a second; only what is heard proves that a radio
    hears. Faults: `deaf` (the controller hears nothing and does not say so), `start_faults` (errors of the next
    StartDiscovery or RegisterMonitor calls) and `faults` (of any call, by its name), `crash`, `unplug` and `plug`,
    `power`, `stop_sessions`, `forget`; PrivateBus has those of the bus.
    """

    def __init__(self, address: str, adapter: str = "hci0", experimental: bool = True, busy: bool = False) -> None:
        guard()
        super().__init__(f"/org/bluez/{adapter}", experimental)
        self.gatt = Gatt(self.tree, self.adapter)
        self._answers |= self.gatt.answers
        self.bus_address = address
        self.busy = busy
        self.deaf = False
        self._neighbour: asyncio.Task[None] | None = None

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
        self.gatt.forget_links()
        bus, self.tree.bus = self.tree.bus, None
        if bus:
            bus.disconnect()
            with contextlib.suppress(Exception):
                await bus.wait_for_disconnect()

    def _client_gone(self, name: str) -> None:
        super()._client_gone(name)
        self.gatt.forget_client(name)

    async def __aenter__(self) -> Self:
        await self.start()
        self._neighbour = asyncio.create_task(self._live_next_door())
        return self

    async def __aexit__(self, *error: object) -> None:
        """Raises what has silenced the neighbour: no test is to wait for adverts of somebody who is gone."""
        await self.crash()
        if self._neighbour:
            self._neighbour.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._neighbour

    async def _live_next_door(self) -> None:
        for rssi in cycle((-70, -90)):
            if self.busy:
                self.advertise(NEIGHBOUR, rssi=rssi)
            await asyncio.sleep(_NEIGHBOUR_EVERY)

    def power(self, on: bool) -> None:
        """rfkill, or the firmware crashed: the adapter stays and is off."""
        if not on:
            self.sessions.clear()
            self.gatt.drop_all()
        self.tree.change(self.adapter, ADAPTER, {"Powered": on, "Discovering": bool(self.sessions)})

    def stop_sessions(self) -> None:
        """Discovery ends without anybody having asked for it."""
        self.sessions.clear()
        self.tree.change(self.adapter, ADAPTER, {"Discovering": False})

    def unplug(self) -> None:
        self.gatt.drop_all()
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

    async def until_settled(self) -> None:
        """What was said on the bus up to now has been read: a message sent behind it came back."""
        bus = self.tree.bus
        assert bus is not None
        for _ in range(3):  # one way and back, and whoever reads has had its turn
            await bus.call(_ping())
            await asyncio.sleep(0)

    def advertise(
        self,
        device: FakeDevice,
        service_data: Mapping[str, bytes] | None = None,
        rssi: int = -60,
        maker: Mapping[int, bytes] | None = None,
        services: Sequence[str] = (),
    ) -> bool:
        """One advert reaches the adapter. Whether the scanner is told."""
        self.gatt.know(device)
        if self.deaf or not self.scanning or not (device.flags or self.sessions) or self.gatt.connected(device):
            return False
        path = device.path(self.adapter)
        known = self.tree.objects.get(path, {}).get(DEVICE)
        data: Properties = {"ServiceData": service_data, "ManufacturerData": maker}
        if known is None:
            self.tree.add(path, {DEVICE: self._device(device, data, rssi, services)})
            return True
        changed = self._changed(known, data, rssi)
        self.tree.change(path, DEVICE, changed)
        return bool(changed)

    def forget(self, device: FakeDevice) -> None:
        """BlueZ drops a device that it has not heard for 30 s."""
        self.tree.remove_below(device.path(self.adapter))

    def hold(self, device: Peripheral) -> None:
        """BlueZ holds a link that a process left behind when it died."""
        self.tree.add(device.path(self.adapter), {DEVICE: self._device(device, {}, -60, ())})
        self.gatt.link(device)

    def _changed(self, known: Properties, data: Properties, rssi: int) -> Properties:
        changed: Properties = {}
        before = known.get("RSSI")
        if not isinstance(before, int) or abs(before - rssi) >= _RSSI_STEP:
            changed["RSSI"] = rssi
        news = {n: v for n, v in data.items() if v and (self.wants_duplicates() or known.get(n) != v)}
        return {**changed, **news}

    def _device(self, device: FakeDevice, data: Properties, rssi: int, services: Sequence[str]) -> Properties:
        facts: Properties = {
            "Address": device.address,
            "AddressType": "public",
            "Alias": device.name or device.address.replace(":", "-"),
            "Adapter": self.adapter,
            "UUIDs": list(services),
            "RSSI": rssi,
            "Connected": False,
            "ServicesResolved": False,
            "Paired": False,
        }
        if device.name:
            facts["Name"] = device.name
        return {**facts, **{name: value for name, value in data.items() if value}}

    def _adapter(self, powered: bool) -> Interfaces:
        adapter: Properties = {
            "Address": "00:11:22:33:44:55",
            "Powered": powered,
            "Discovering": False,
            "Roles": ["central", "peripheral"],
        }
        passive: Interfaces = {MONITORS: {"SupportedMonitorTypes": ["or_patterns"], "SupportedFeatures": []}}
        return {ADAPTER: adapter, **(passive if self.experimental else {})}


def _ping() -> Message:
    path, interface = "/org/freedesktop/DBus", "org.freedesktop.DBus.Peer"
    return Message(destination="org.freedesktop.DBus", path=path, interface=interface, member="Ping")
