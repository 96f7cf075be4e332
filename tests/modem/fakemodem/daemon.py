"""The real ModemManager on a private bus, with a simulated modem in the place of a USB device."""

import asyncio
import contextlib
import os
import subprocess
from collections.abc import AsyncIterator
from pathlib import Path

from dbus_fast import Message, MessageType
from dbus_fast.aio import MessageBus

from tests.buttons.fakebluez import PrivateBus

from .commands import Commands
from .modem import FakeModem
from .polkit import NAME, FakePolkit
from .port import Port

MANAGER = "org.freedesktop.ModemManager1"
ROOT = "/org/freedesktop/ModemManager1"
_PROGRAM = "/usr/sbin/ModemManager"
_FLAGS = ("--test-enable", "--no-auto-scan", "--test-no-udev", "--test-no-suspend-resume", "--test-no-qrtr")


class World:
    """What surrounds the hub's driver: bus, polkit, ModemManager, modem."""

    def __init__(self, bus: PrivateBus, connection: MessageBus, modem: FakeModem, folder: Path) -> None:
        self.modem = modem
        self.polkit = FakePolkit()
        self._bus = bus
        self._connection = connection
        self._folder = folder
        self._manager: subprocess.Popen[bytes] | None = None
        modem.ports = [Port(f"abstract:{folder.name}-{os.getpid()}-{n}", Commands(modem).run) for n in range(2)]

    async def begin(self) -> None:
        self._connection.add_message_handler(self.polkit.answer)
        await self._connection.request_name(NAME)
        await self.modem.plug()
        await self.start()

    async def start(self) -> None:
        """ModemManager, and what it finds."""
        with (self._folder / "log").open("ab") as log:
            self._manager = subprocess.Popen(
                self._command(),
                env={**os.environ, **self._bus.environ},
                stdout=log,
                stderr=log,
            )
        async with asyncio.timeout(10):
            while (await self._call("org.freedesktop.DBus.Peer", "Ping")) is None:
                await asyncio.sleep(0.02)
        await self._announce("generic")

    def _command(self) -> list[str]:
        return [_PROGRAM, *_FLAGS]

    async def stop(self) -> None:
        """ModemManager crashes."""
        if self._manager:
            self._manager.kill()
            await asyncio.to_thread(self._manager.wait)

    async def restart(self) -> None:
        await self.stop()
        await self.start()

    async def plug(self) -> None:
        await self.modem.plug()
        await self._announce("generic")

    async def unplug(self) -> None:
        """Pull the modem out as a kernel sees it: inhibited, it loses its object, and no plugin takes it again."""
        await self.modem.unplug()
        device = ["/virtual/hub"]
        await self._call(MANAGER, "InhibitDevice", "sb", *device, True)
        await self._announce("unplugged")
        await self._call(MANAGER, "InhibitDevice", "sb", *device, False)

    async def end(self) -> None:
        await self.stop()
        await self.modem.unplug()

    async def _announce(self, plugin: str) -> None:
        ports = [port.name for port in self.modem.ports]
        await self._call(f"{MANAGER}.Test", "SetProfile", "ssas", "hub", plugin, ports)

    async def _call(self, interface: str, member: str, signature: str = "", *body: object) -> Message | None:
        answer = await self._connection.call(
            Message(
                destination=MANAGER,
                path=ROOT,
                interface=interface,
                member=member,
                signature=signature,
                body=list(body),
            )
        )
        return None if answer is None or answer.message_type is MessageType.ERROR else answer


@contextlib.asynccontextmanager
async def world(bus: PrivateBus, modem: FakeModem, folder: Path, kind: type[World] = World) -> AsyncIterator[World]:
    """`kind`: how the modem is wired."""
    connection = await MessageBus(bus_address=bus.address).connect()
    around = kind(bus, connection, modem, folder)
    try:
        await around.begin()
        yield around
    finally:
        await around.end()
        connection.disconnect()
