"""A Debian of its own in a virtual machine (README.md): what a test does to it, and what it says."""

import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

from tests.machine.qemu import SLOWER, Qemu

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
PROJECT = "/root/project"
PARTS = ("hub", "hardware", "web", "systemd", "install.sh", "pyproject.toml", "requirements.txt", "README.md")
SUITE = os.environ.get("HUB_MACHINE_SUITE", "bookworm")
IMAGE = Path(os.environ.get("HUB_MACHINE_CACHE", ROOT / ".cache" / "machine")) / SUITE
DEVICES = ("buttons", "siren", "microphone", "store")


class Machine:
    def __init__(self, folder: Path) -> None:
        self._disk = folder / "disk.raw"
        self._qemu = Qemu(IMAGE, self._disk)
        self.boot, self.cut_power, self.close = self._qemu.boot, self._qemu.cut_power, self._qemu.close
        self.answers = self._qemu.answers

    def build(self) -> None:
        _host(1200, HERE / "image.sh", SUITE, IMAGE)

    def prepare(self, files: Path, *words: str) -> str:
        """A clean disk with these files and the project, and install.sh run on it before it ever starts."""
        lay_project(files / PROJECT.lstrip("/"))
        command = f"{_given()} {PROJECT}/install.sh --offline {' '.join(words)}"
        return _host(900, HERE / "prepare.sh", IMAGE / "base.raw", self._disk, files, command)

    def reboot(self) -> None:
        self._qemu.stop()
        self._qemu.boot()

    def sh(self, command: str, seconds: float = 120.0) -> str:
        """What a command of root's printed. Raises `AssertionError` where it fails, `TimeoutExpired`."""
        done = self._qemu.ssh(command, seconds * SLOWER)
        assert done.returncode == 0, f"{command}: {done.returncode}\n{done.stdout}"
        return done.stdout

    def says(self, command: str) -> str:
        """The same, but whatever it ends with; nothing while the machine is away."""
        try:
            return self._qemu.ssh(command, 120 * SLOWER).stdout
        except subprocess.TimeoutExpired:
            return ""

    def hub(self, command: str) -> Any:
        return json.loads(self.sh(f"hub {command} --json"))

    def install(self, *words: str, seconds: float = 900.0) -> str:
        """install.sh in the machine that runs."""
        return self.sh(f"{_given()} {PROJECT}/install.sh {' '.join(words)}", seconds)

    def property(self, name: str, unit: str = "hub") -> str:
        return self.says(f"systemctl show -P {name} {unit}").strip()

    def listens(self) -> bool:
        """The hub is armed and its devices are well. (The cheap question first: the other is slow.)"""
        said = self.says("systemctl -q is-active hub && hub status --json")
        if not said.startswith("{"):
            return False
        return all(one["ok"] for one in json.loads(said)["devices"] if one["name"] in DEVICES)


def lay_project(project: Path) -> None:
    """What is committed and what is not yet, without what was made from it."""
    project.mkdir(parents=True)
    for part in PARTS:
        source = ROOT / part
        if source.is_dir():
            shutil.copytree(source, project / part, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy2(source, project / part)


def _host(seconds: float, *command: object) -> str:
    """Raises `AssertionError` with what it printed, `TimeoutExpired` where it takes too long."""
    done = subprocess.run(
        [str(word) for word in command],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=seconds,
    )
    assert done.returncode == 0, f"{command[0]}: {done.returncode}\n{done.stdout}"
    return done.stdout


def _given() -> str:
    """Whom pip trusts: what this host trusts, as the image does."""
    path = "/usr/sbin:/usr/bin:/sbin:/bin"
    return f"HOME=/root PATH={path} LC_ALL=C.UTF-8 HUB_LANG=en PIP_CERT=/etc/ssl/certs/ca-certificates.crt"
