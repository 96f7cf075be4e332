"""The air of the buttons' figures: a private bus, the simulated BlueZ on it, and a bus that keeps up."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from dbus_fast import Message

from tests.bench.street import environment
from tests.buttons.fakebluez import FakeBluez, PrivateBus


@dataclass(frozen=True, slots=True)
class Air:
    bus: PrivateBus
    bluez: FakeBluez

    async def told(self) -> None:
        """Wait until the bus has taken all that BlueZ said: more than its socket holds would end the connection."""
        connection = self.bluez.tree.bus
        assert connection is not None
        daemon = "org.freedesktop.DBus"
        await connection.call(
            Message(destination=daemon, path="/org/freedesktop/DBus", interface=daemon, member="GetId")
        )


@asynccontextmanager
async def air() -> AsyncIterator[Air]:
    """This process and its children use that bus as long as it lasts."""
    with PrivateBus() as bus, environment(bus.environ):
        async with FakeBluez(bus.address) as bluez:
            yield Air(bus, bluez)
