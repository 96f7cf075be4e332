"""What the modem's driver cannot do by itself: restart ModemManager. `hub-modem.service` runs `main`."""

import asyncio
import logging
import sys
from collections.abc import Sequence
from pathlib import Path

from hardware.recovery import ask, help_out, restart

log = logging.getLogger(__name__)

MODEM_MANAGER = "modemmanager"
# Seconds; less than TimeoutStartSec of the unit. systemd kills one that hangs after 90 s, and only then starts another.
RESTART_TIMEOUT = 100.0


async def ask_for_restart(path: Path) -> None:
    """The driver's side. Raises nothing: what could not be asked for is tried again when the ladder comes round."""
    log.warning("modem: asking for a restart of ModemManager")
    try:
        await asyncio.to_thread(ask, path, MODEM_MANAGER)
    except OSError as problem:
        log.warning("modem: it could not be asked for: %s", problem.strerror)


def main(arguments: Sequence[str]) -> int:
    """The path of the file."""
    (path,) = arguments
    return help_out(Path(path), {MODEM_MANAGER: lambda: restart("ModemManager.service", RESTART_TIMEOUT)})


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
