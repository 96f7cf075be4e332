"""To begin and to end a connection, in bounded time, whatever BlueZ does."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable

from bleak import BleakClient
from bleak.backends.device import BLEDevice
from bleak_retry_connector import (
    BleakClientWithServiceCache,
    close_stale_connections,
    establish_connection,
    get_device_by_adapter,
)

_ABANDON = 2.0  # seconds to take back what was begun; after that it is left


async def connect(device: BLEDevice, seconds: float, ended: Callable[[], None]) -> BleakClient:
    """`device` as the running scanner delivered it: any other way starts a second scan, which BlueZ refuses.

    Raises what bleak raises, TimeoutError among it. One attempt: bleak itself repeats one that BlueZ aborted.
    The services are not taken from bleak's memory, which outlives a bluetoothd that died.
    """
    async with asyncio.timeout(seconds + _ABANDON), asyncio.timeout(seconds):
        return await establish_connection(
            BleakClientWithServiceCache,
            device,
            device.name or "",
            lambda _client: ended(),
            max_attempts=1,
            use_services_cache=False,
        )


@contextlib.asynccontextmanager
async def _if_possible() -> AsyncIterator[None]:
    """For what bleak, D-Bus or BlueZ may fail to do, in whatever way: it is not waited for long, nor missed."""
    with contextlib.suppress(Exception):
        async with asyncio.timeout(_ABANDON):
            yield


async def let_go(client: BleakClient) -> None:
    """Disconnect; never raises. A link whose BlueZ or bus is gone cannot be ended, only left."""
    async with _if_possible():
        await client.disconnect()


async def known(adapter: str, address: str) -> BLEDevice | None:
    """The device as BlueZ knows it."""
    async with _if_possible():
        return await get_device_by_adapter(address, adapter)
    return None


async def close_stale(device: BLEDevice) -> None:
    """End a link that BlueZ holds for somebody who died: while there is one, the device does not advertise."""
    async with _if_possible():
        await close_stale_connections(device)


async def remove(device: BLEDevice) -> None:
    """Have BlueZ forget the device, unless that costs its pairing."""
    async with _if_possible():
        if not device.details["props"].get("Paired"):
            await BleakClient(device).unpair()
