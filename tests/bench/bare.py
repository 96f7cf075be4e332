"""The least there is: bleak's own passive scanner, which calls a callback and nothing else."""

from bleak import BleakScanner
from bleak.args.bluez import OrPattern
from bleak.assigned_numbers import AdvertisementDataType
from bleak.backends.scanner import AdvertisementDataCallback


async def bare_scan(callback: AdvertisementDataCallback) -> BleakScanner:
    """One that runs."""
    flags = OrPattern(0, AdvertisementDataType.FLAGS, b"\x06")
    scanner = BleakScanner(callback, scanning_mode="passive", bluez={"adapter": "hci0", "or_patterns": [flags]})
    await scanner.start()
    return scanner
