"""The simulated modem on USB: pseudo terminals in a /dev, and a made-up /sys, that ModemManager alone sees.

It probes the ports as those of a real SIM7600 and takes its own plugin for it, so that there is a GNSS receiver. Root
only: it mounts, in a namespace of ModemManager's own.
"""

import asyncio
import contextlib
import os
import pty
import shutil
import subprocess
import tty
from pathlib import Path
from typing import Any

from dbus_fast import Variant

from tests.buttons.fakebluez import PrivateBus

from .commands import Commands
from .daemon import MANAGER, World
from .modem import FakeModem
from .nmea import sentences
from .port import Port, Run, Session

_IDS = {"idVendor": "1e0e", "idProduct": "9001", "bcdDevice": "0318"}
_INTERFACE = {"bInterfaceClass": "ff", "bInterfaceSubClass": "00", "bInterfaceProtocol": "00"}
_NMEA, _AT = "ttyUSB1", ("ttyUSB2", "ttyUSB3")  # by the number of their interface, as a SIM7600 has them
_DEVICES = ("null", "zero", "full", "random", "urandom", "tty")
_MOUNTS = """set -e
for n in {devices}; do mount --bind /dev/$n {folder}/dev/$n; done
mount --rbind /dev/pts {folder}/dev/pts
mount --rbind {folder}/dev /dev
mount --rbind {folder}/sys /sys
exec "$@"
"""


def possible() -> bool:
    """Whether this machine lets us mount in a namespace."""
    return bool(shutil.which("unshare")) and not subprocess.run(["unshare", "--mount", "true"], check=False).returncode


class PtyPort(Port):
    """A pseudo terminal: `name` is the link to it."""

    def __init__(self, name: str, run: Run) -> None:
        super().__init__(name, run)
        self._ends: list[Any] = []  # what is to be closed, the other side's end last

    async def plug(self) -> None:
        self.echo, self.muted = True, False
        ours, theirs = pty.openpty()
        tty.setraw(theirs)  # it stays open, or ours would end with each user of theirs
        Path(self.name).symlink_to(os.ttyname(theirs))
        loop, reader = asyncio.get_running_loop(), asyncio.StreamReader()
        incoming, protocol = await loop.connect_read_pipe(
            lambda: asyncio.StreamReaderProtocol(reader), os.fdopen(ours, "rb", 0)
        )
        outgoing, _ = await loop.connect_write_pipe(asyncio.streams.FlowControlMixin, os.fdopen(os.dup(ours), "wb", 0))
        self.writer = asyncio.StreamWriter(outgoing, protocol, None, loop)
        session = Session(self, reader, self.writer)
        self._ends = [incoming, outgoing, os.fdopen(theirs, "rb", 0)]
        self._task = asyncio.create_task(session.serve(self._run))
        self.sessions.append(session)

    async def unplug(self) -> None:
        if not self._ends:
            return
        self.sessions.clear()
        Path(self.name).unlink()
        self._task.cancel()
        for end in self._ends:
            end.close()
        self._ends = []
        with contextlib.suppress(asyncio.CancelledError):
            await self._task


class UsbWorld(World):
    """What surrounds the hub's driver, with the modem on USB."""

    def __init__(self, bus: PrivateBus, connection: Any, modem: FakeModem, folder: Path) -> None:
        super().__init__(bus, connection, modem, folder)
        self._root = folder / "usb"
        run = Commands(modem).run
        modem.ports = [PtyPort(str(self._root / "dev" / name), run) for name in (*_AT, _NMEA)]
        self._sky: asyncio.Task[None] | None = None

    async def begin(self) -> None:
        _build(self._root)
        self._sky = asyncio.create_task(self._shine())
        await super().begin()

    async def end(self) -> None:
        await super().end()
        if self._sky:
            self._sky.cancel()

    def _command(self) -> list[str]:
        mounts = _MOUNTS.format(folder=self._root, devices=" ".join(_DEVICES))
        return ["unshare", "--mount", "--propagation", "private", "sh", "-c", mounts, "sh", *super()._command()]

    async def _announce(self, plugin: str) -> None:
        """What udev would tell of each port."""
        action = "remove" if plugin == "unplugged" else "add"
        for name in (_NMEA, *_AT):
            event = {"action": action, "subsystem": "tty", "name": name}
            told = {key: Variant("s", value) for key, value in event.items()}
            await self._call(MANAGER, "ReportKernelEvent", "a{sv}", told)

    async def _shine(self) -> None:
        """The receiver speaks each second while it is switched on."""
        while True:
            if self.modem.receiving and not self.modem.hushed and self.modem.ports[-1].sessions:
                self.modem.ports[-1].writer.write("".join(sentences(self.modem.fix)).encode())
            await asyncio.sleep(1.0)


def _build(root: Path) -> None:
    """The little of /sys and /dev that ModemManager reads of a modem on USB."""
    device = root / "sys/devices/platform/usb1/1-1"
    _put(device, **_IDS, manufacturer="SimTech, Incorporated", product="SimTech, Incorporated")
    _link(root, device, subsystem="bus/usb", driver="bus/usb/drivers/usb")
    (root / "sys/class/tty").mkdir(parents=True)
    for name in (_NMEA, *_AT):
        interface = device / f"1-1:1.{name[-1]}"
        _put(interface, **_INTERFACE, bInterfaceNumber=f"0{name[-1]}")
        _link(root, interface, subsystem="bus/usb", driver="bus/usb/drivers/option")
        _link(root, interface / name, subsystem="bus/usb-serial", driver="bus/usb-serial/drivers/option1")
        node = interface / name / "tty" / name
        _link(root, node, subsystem="class/tty")
        (root / "sys/class/tty" / name).symlink_to(os.path.relpath(node, root / "sys/class/tty"))
    (root / "dev/pts").mkdir(parents=True)
    for name in _DEVICES:
        (root / "dev" / name).touch()


def _put(folder: Path, **files: str) -> None:
    folder.mkdir(parents=True)
    for name, text in files.items():
        (folder / name).write_text(f"{text}\n")


def _link(root: Path, folder: Path, **links: str) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for name, target in links.items():
        (root / "sys" / target).mkdir(parents=True, exist_ok=True)
        (folder / name).symlink_to(os.path.relpath(root / "sys" / target, folder))
