"""The real NetworkManager on a private bus, in namespaces of its own: nothing of this machine is its business."""

import asyncio
import os
import shutil
import subprocess
from pathlib import Path

from dbus_fast import Message, MessageType
from dbus_fast.aio import MessageBus

from tests.buttons.fakebluez import PrivateBus

PROGRAM = "/usr/sbin/NetworkManager"
NAME = "org.freedesktop.NetworkManager"
CONFIG = "[main]\nplugins=keyfile\ndns=none\n[ifupdown]\nmanaged=false\n"
# Its profiles and its state are the folder's; $0 is the folder.
BEGIN = """
mkdir -p "$0/profiles" "$0/state" "$0/conf" /run/NetworkManager
mount --bind "$0/profiles" /etc/NetworkManager/system-connections
mount --bind "$0/state" /var/lib/NetworkManager
mount -t tmpfs tmpfs /run/NetworkManager
mount -t sysfs sysfs /sys
exec "$@" --debug --config="$0/NetworkManager.conf" --config-dir="$0/conf"
"""


class RealNetworkManager:
    """`begin` and `end` it; profiles are files of `folder / "profiles"`, as in /etc."""

    def __init__(self, bus: PrivateBus, folder: Path) -> None:
        self._bus = bus
        self._folder = folder
        self._process: subprocess.Popen[bytes] | None = None

    @staticmethod
    def missing() -> str:
        """Why it cannot run here, or ""."""
        if not Path(PROGRAM).exists():
            return "this needs Debian's package network-manager"
        apart = shutil.which("unshare") and not subprocess.run(["unshare", "-n", "-m", "true"], check=False).returncode
        return "" if apart else "no namespaces can be made here"

    def write(self, name: str, text: str) -> None:
        """A profile; it takes none that others may read."""
        profiles = self._folder / "profiles"
        profiles.mkdir(exist_ok=True)
        (profiles / name).touch(mode=0o600)
        (profiles / name).write_text(text)

    async def begin(self) -> None:
        (self._folder / "NetworkManager.conf").write_text(CONFIG)
        with (self._folder / "log").open("ab") as log:
            self._process = subprocess.Popen(
                ["unshare", "-n", "-m", "sh", "-c", BEGIN, self._folder, PROGRAM],
                env={**os.environ, **self._bus.environ},
                stdout=log,
                stderr=log,
            )
        bus = await MessageBus(bus_address=self._bus.address).connect()
        try:
            async with asyncio.timeout(30):
                while not await self._answers(bus):
                    await asyncio.sleep(0.05)
        finally:
            bus.disconnect()

    async def _answers(self, bus: MessageBus) -> bool:
        """It has read its profiles before it does."""
        assert self._process is not None
        assert self._process.poll() is None, (self._folder / "log").read_text()
        asked = Message(NAME, "/org/freedesktop/NetworkManager/Settings", f"{NAME}.Settings", "ListConnections")
        answer = await bus.call(asked)
        return answer is not None and answer.message_type is not MessageType.ERROR

    def end(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.wait()
