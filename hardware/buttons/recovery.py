"""What the radio cannot do by itself: reset the adapter, restart bluetoothd. `hub-radio.service` runs `main`."""

import asyncio
import sys
from collections.abc import Sequence
from pathlib import Path

from hardware.recovery import help_out, restart

ADAPTER, BLUETOOTHD = "adapter", "bluetoothd"

ADAPTER_TIMEOUT = 40.0  # seconds; less than TimeoutStartSec of the unit, both together
RESTART_TIMEOUT = 30.0


async def _reset(adapter: str) -> bool:
    """Power cycle, and a USB reset: an adapter that says it is on and hears nothing needs both."""
    from bluetooth_auto_recovery import recover_adapter

    async with asyncio.timeout(ADAPTER_TIMEOUT):
        return bool(await recover_adapter(int(adapter.removeprefix("hci")), "", gone_silent=True))


def main(arguments: Sequence[str]) -> int:
    """`adapter` ("hci0") and the path of the file. When the adapter cannot be reset, nothing else is tried."""
    adapter, path = arguments
    cures = {
        ADAPTER: lambda: asyncio.run(_reset(adapter)),
        BLUETOOTHD: lambda: restart("bluetooth.service", RESTART_TIMEOUT),
    }
    return help_out(Path(path), cures)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
