"""To begin and to end a connection, in bounded time, whatever BlueZ does."""

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Callable

from bleak import BleakClient
from bleak.backends.bluezdbus.manager import get_global_bluez_manager
from bleak.backends.device import BLEDevice
from bleak_retry_connector import (
    BleakClientWithServiceCache,
    close_stale_connections,
    establish_connection,
    get_device_by_adapter,
)

_ABANDON = 2.0  # seconds to take back what was begun; after that it is left
_SETTLED = 0.05  # seconds without another characteristic: all are told
_SERVICES = 1.5  # seconds that BlueZ gets to tell them


async def connect(device: BLEDevice, seconds: float, ended: Callable[[], None]) -> BleakClient:
    """`device` as the running scanner delivered it: any other way starts a second scan, which BlueZ refuses.

    Raises what bleak raises, TimeoutError among it. One attempt: bleak itself repeats one that BlueZ aborted.
    The services are not taken from bleak's memory, which outlives a bluetoothd that died.
    """
    async with asyncio.timeout(seconds + _ABANDON), asyncio.timeout(seconds):
        client = await establish_connection(
            BleakClientWithServiceCache,
            device,
            device.name or "",
            lambda _client: ended(),
            max_attempts=1,
            use_services_cache=False,
        )
    try:
        await _settle(client, device)
    except BaseException:
        await let_go(client)
        raise
    return client


async def _settle(client: BleakClient, device: BLEDevice) -> None:
    """Until all services are told: bluetoothd says that they are known some milliseconds before it tells them, and
    bleak asks once, between the two. Its interface cannot ask again, hence the look at what is private to it.
    """
    backend, manager = client._backend, await get_global_bluez_manager()
    ends, told = time.monotonic() + _SERVICES, 0
    while time.monotonic() < ends:
        before, told = told, len(backend.services.characteristics) if backend.services else 0
        if told and told == before:
            return
        await asyncio.sleep(_SETTLED)
        backend.services = await manager.get_services(device.details["path"], use_cached=False, requested_services=None)


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
