"""Whether the machine starts anew by itself when it hangs: its hardware watchdog, as the kernel shows it."""

from pathlib import Path

from hub.check import Check

WATCHDOG = Path("/sys/class/watchdog/watchdog0")
LONGEST = 15  # s; a Pi takes no more, and some kernels then have another time than the one they tell


def check(watchdog: Path = WATCHDOG) -> Check:
    """Reads what the kernel made of it: systemd tells what it asked for, which may have been refused without a word."""
    if not watchdog.exists():
        return Check("watchdog", False, "watchdog_none")
    try:
        armed = (watchdog / "state").read_text().strip() == "active"
        seconds = int((watchdog / "timeout").read_text())
    except (OSError, ValueError):
        return Check("watchdog", False, "watchdog_unseen")
    ok = armed and seconds <= LONGEST
    key = "watchdog_ok" if ok else "watchdog_long" if armed else "watchdog_off"
    return Check("watchdog", ok, key, values=(("seconds", seconds),))
