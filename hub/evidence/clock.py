"""Whether the hub's clock was set by somebody who knows the time."""

from pathlib import Path

# systemd-timesyncd touches it at each success, and the folder is empty after a start (systemd-timesyncd.service(8)).
# The kernel's own word, adjtimex, is out of reach under the unit's ProtectClock.
SYNCHRONISED = Path("/run/systemd/timesync/synchronized")


def synchronised() -> bool:
    """Since the machine was started; a hub without systemd-timesyncd never claims it."""
    return SYNCHRONISED.exists()
