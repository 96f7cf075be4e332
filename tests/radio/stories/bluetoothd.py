"""The real bluetoothd, as a process that can be stopped, killed and started; and the bus it is on."""

import asyncio
import os
import signal
import subprocess
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from dbus_fast import BusType, Message, MessageType, Variant
from dbus_fast.aio import MessageBus

from tests.radio.guest import BLUETOOTHD

_LOG = Path("/run/out/bluetoothd.log")
_SECONDS = 60.0


class Bluetoothd:
    """`experimental`: with what passive scans need."""

    def __init__(self) -> None:
        self.experimental = True
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        with _LOG.open("ab") as log:
            self._process = subprocess.Popen(
                [BLUETOOTHD, "-n", *(["--experimental"] if self.experimental else [])],
                stdout=log,
                stderr=log,
                env={"DBUS_SYSTEM_BUS_ADDRESS": os.environ["DBUS_SYSTEM_BUS_ADDRESS"]},
            )

    async def stop(self, how: signal.Signals = signal.SIGTERM) -> None:
        """End it and wait until it has ended. Meanwhile the controller goes on: it is asked to stop scanning."""
        if self._process:
            self._process.send_signal(how)
            await asyncio.to_thread(self._process.wait, _SECONDS)
            self._process = None


@asynccontextmanager
async def system_bus() -> AsyncIterator[MessageBus]:
    bus = await MessageBus(bus_type=BusType.SYSTEM).connect()
    try:
        yield bus
    finally:
        bus.disconnect()


async def powered(bus: MessageBus) -> bool | None:
    """What bluetoothd says of hci0; None while it says nothing."""
    answer = await _properties(bus, "Get", "ss", "org.bluez.Adapter1", "Powered")
    return None if answer.message_type is MessageType.ERROR else bool(answer.body[0].value)


async def power(on: bool) -> None:
    """Somebody switches hci0 on or off; done when it is."""
    async with system_bus() as bus:
        async with asyncio.timeout(_SECONDS):
            while await powered(bus) is not on:
                await _properties(bus, "Set", "ssv", "org.bluez.Adapter1", "Powered", Variant("b", on))


async def _properties(bus: MessageBus, member: str, signature: str, *body: object) -> Message:
    return await bus.call(
        Message(
            destination="org.bluez",
            path="/org/bluez/hci0",
            interface="org.freedesktop.DBus.Properties",
            member=member,
            signature=signature,
            body=list(body),
        )
    )
