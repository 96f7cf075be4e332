"""QEMU with a machine's disk: started, spoken to over ssh, stopped, and its plug pulled."""

import os
import shutil
import subprocess
import tempfile
from pathlib import Path

from tests.patience import until

# Only where the processor itself does it: other kinds of KVM do not start a stock kernel.
HAS_KVM = os.access("/dev/kvm", os.R_OK | os.W_OK) and any(
    Path(f"/sys/module/kvm_{maker}").exists() for maker in ("intel", "amd")
)
SLOWER = 1.0 if HAS_KVM else 6.0  # without KVM every instruction is translated
SSH_PORT = int(os.environ.get("HUB_MACHINE_PORT", 22000 + os.getpid() % 10000))
BOOT_SECONDS = 120 * SLOWER
CONNECT_SECONDS = 10
# The machine's disk has a cache, which the power takes with it: what the guest flushed is in the file, and no more.
CACHE = ("nbdkit", "--foreground", "--filter=cache", "--unix")
HARDWARE = (
    *("-machine", "pc", "-smp", "2", "-m", "1024", "-nodefaults", "-display", "none"),
    *(
        ("-accel", "kvm", "-cpu", "host")
        if HAS_KVM
        else ("-accel", "tcg,thread=multi,tb-size=512", "-cpu", "max,la57=off")
    ),
    *("-device", "virtio-rng-pci", "-device", "i6300esb", "-action", "watchdog=reset"),
    # The line of the home, and the tests' own.
    *("-netdev", "user,id=home", "-device", "virtio-net-pci,netdev=home,romfile="),
    *("-netdev", f"user,id=tests,net=10.9.9.0/24,restrict=on,hostfwd=tcp:127.0.0.1:{SSH_PORT}-10.9.9.15:22"),
    *("-device", "virtio-net-pci,netdev=tests,romfile="),
)
COMMAND_LINE = "root=LABEL=rootfs rw console=ttyS0 net.ifnames=0 mitigations=off panic=10"
SSH = (
    *("-p", str(SSH_PORT), "-o", "IdentitiesOnly=yes", "-o", "StrictHostKeyChecking=no", "-o", "BatchMode=yes"),
    *("-o", "UserKnownHostsFile=/dev/null", "-o", "LogLevel=ERROR", "-o", f"ConnectTimeout={CONNECT_SECONDS}"),
)
Done = subprocess.CompletedProcess[str]


class Qemu:
    """`image`: the folder of image.sh, with a kernel and a key."""

    def __init__(self, image: Path, disk: Path) -> None:
        self._image, self._disk, self._console = image, disk, disk.with_suffix(".console")
        self._sockets = Path(tempfile.mkdtemp(prefix="machine-"))  # their paths must be short
        self._running: list[subprocess.Popen[bytes]] = []
        self._line: subprocess.Popen[bytes] | None = None

    def boot(self) -> None:
        disk = self._sockets / "disk"
        disk.unlink(missing_ok=True)
        self._start(*CACHE, str(disk), "file", str(self._disk), "cache=writeback")
        until(disk.exists, 10, "the disk", pause=0.1)
        self._start("qemu-system-x86_64", *HARDWARE, *self._own(disk))
        until(self.answers, BOOT_SECONDS, f"one can log in (the screen: {self._console})")
        self.ssh("systemctl is-system-running --wait", BOOT_SECONDS)

    def _start(self, *command: str) -> None:
        """It ends with these tests, however they end."""
        self._running.append(subprocess.Popen(["setpriv", "--pdeathsig", "KILL", *command], stdin=subprocess.DEVNULL))

    def _own(self, disk: Path) -> list[str]:
        drive = f"file=nbd+unix:///?socket={disk},format=raw,if=virtio,cache=writeback"
        kernel = ["-kernel", str(self._image / "vmlinuz"), "-initrd", str(self._image / "initrd.img")]
        return [*kernel, "-append", COMMAND_LINE, "-drive", drive, "-serial", f"file:{self._console}"]

    def answers(self) -> bool:
        """Whether one can log in. By a new connection: an old one may lead to a machine that is gone."""
        self._hang_up()
        way = self._sockets / "ssh"
        self._line = subprocess.Popen(
            ["ssh", *self._key(), "-M", "-N", "-S", str(way), "root@127.0.0.1"],
            stdin=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            return self.ssh("true", CONNECT_SECONDS).returncode == 0
        except subprocess.TimeoutExpired:
            return False

    def _key(self) -> tuple[str, ...]:
        return (*SSH, "-i", str(self._image / "id"))

    def _hang_up(self) -> None:
        if self._line:
            self._line.kill()
            self._line.wait()
        (self._sockets / "ssh").unlink(missing_ok=True)

    def ssh(self, command: str, seconds: float) -> Done:
        """Raises `TimeoutExpired`."""
        return subprocess.run(
            ["ssh", *self._key(), "-S", str(self._sockets / "ssh"), "root@127.0.0.1", command],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=seconds,
        )

    def stop(self) -> None:
        self.ssh("systemctl poweroff", CONNECT_SECONDS * SLOWER)
        self._running[-1].wait(180)
        self._running[0].terminate()
        self._ended()

    def cut_power(self) -> None:
        """The machine and what its disk had not written end at the same instant."""
        for process in self._running:
            process.kill()
        self._ended()

    def close(self) -> None:
        self.cut_power()
        shutil.rmtree(self._sockets)

    def _ended(self) -> None:
        for process in self._running:
            process.wait(20)
        self._running.clear()
        self._hang_up()
