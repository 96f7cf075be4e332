"""What is done to a hub that runs, from outside: its unit, its card."""

import contextlib
import subprocess
from collections.abc import Iterator
from pathlib import Path

from tests.device.home import Home
from tests.mounts import card, remount
from tests.patience import until

DROP_IN = "run/systemd/system/hub.service.d/broken.conf"


@contextlib.contextmanager
def changed(home: Home, *lines: str) -> Iterator[None]:
    """The hub's unit with these lines more, of its section [Service]."""
    file = home.machine.live(DROP_IN)
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text("\n".join(("[Service]", *lines, "")))
    start_anew(home)
    try:
        yield
    finally:
        file.unlink()
        start_anew(home)


def start_anew(home: Home) -> None:
    home.machine.inside("systemctl", "daemon-reload")
    home.machine.inside("systemctl", "restart", "hub")
    until(home.answers, 30, "the hub answers")


def run(home: Home, command: str) -> None:
    done = home.machine.inside("sh", "-c", command)
    assert done.returncode == 0, done.stdout


@contextlib.contextmanager
def small_card(home: Home, place: Path) -> Iterator[Path]:
    """The state on a card of its own, which the kernel takes read-only at its first error. Where the test sees it."""
    with card(place, 64) as folder:
        remount(folder, "errors=remount-ro")
        device = device_of(folder)
        run(home, "systemctl stop hub")
        subprocess.run(["cp", "-aT", home.machine.path("var/lib/hub"), folder], check=True)
        run(home, f"mknod {device} b 7 {device.removeprefix('/dev/loop')} && mount {device} /var/lib/hub")
        start_anew(home)
        yield folder
        run(home, f"systemctl stop hub; umount /var/lib/hub; rm {device}; systemctl start hub")
        until(home.answers, 30)


def device_of(folder: Path) -> str:
    return subprocess.check_output(["findmnt", "-no", "SOURCE", folder], text=True).strip()
