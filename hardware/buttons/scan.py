"""A scan with bleak: passive where BlueZ offers it, because an active one misses presses.

In an active scan the controller drops what it takes for duplicates: on some, every second press.
"""

import asyncio
import contextlib
import logging

from bleak import BleakScanner
from bleak.args.bluez import OrPattern
from bleak.assigned_numbers import AdvertisementDataType
from bleak.backends.scanner import AdvertisementDataCallback
from bleak.exc import BleakError

log = logging.getLogger(__name__)

# The values of the Flags field that devices send: each BlueZ reads patterns on service data its own way.
_ANY_FLAGS = [
    OrPattern(0, AdvertisementDataType.FLAGS, bytes([flags])) for flags in (0x02, 0x04, 0x05, 0x06, 0x18, 0x1A)
]
_STOP_TIMEOUT = 0.25  # on a bus that died bleak waits for ever, and the next scan waits for this one


async def start_scan(callback: AdvertisementDataCallback, adapter: str) -> tuple[BleakScanner, bool]:
    """Start; True when passive was refused and the scan is active, so that presses may be missed."""
    passive = BleakScanner(
        callback, scanning_mode="passive", bluez={"adapter": adapter, "or_patterns": list(_ANY_FLAGS)}
    )
    try:
        await passive.start()
    except BleakError as refused:
        active = BleakScanner(callback, bluez={"adapter": adapter})
        await active.start()
        log.warning("Passive scan refused (%s); scanning actively, presses may be missed", refused)
        return active, True
    return passive, False


async def stop_scan(scanner: BleakScanner) -> None:
    """Stop; never raises. A scanner whose BlueZ, bus or adapter is gone cannot be stopped, only left."""
    with contextlib.suppress(Exception):
        async with asyncio.timeout(_STOP_TIMEOUT):
            await scanner.stop()
