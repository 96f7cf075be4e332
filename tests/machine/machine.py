"""A Debian of its own in a virtual machine (`vpi`, README.md): what a test does to it, and what it says."""

import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

from tests.patience import until as until

ROOT = Path(__file__).parents[2]
VPI = Path(__file__).parent / "vpi"
PROJECT = "/root/project"
PARTS = ("hub", "hardware", "web", "systemd", "install.sh", "pyproject.toml", "requirements.txt", "README.md")
SUITE = os.environ.get("HUB_MACHINE_SUITE", "bookworm")
# Only where the processor itself does it: other kinds of KVM do not start a stock kernel.
HAS_KVM = os.access("/dev/kvm", os.R_OK | os.W_OK) and any(
    Path(f"/sys/module/kvm_{maker}").exists() for maker in ("intel", "amd")
)
DEVICES = ("buttons", "siren", "microphone", "store")
SLOWER = 1.0 if HAS_KVM else 6.0  # without KVM every instruction is translated
SSH_PORT = int(os.environ.get("HUB_MACHINE_PORT", 22000 + os.getpid() % 10000))


class Machine:
    def __init__(self, folder: Path) -> None:
        cache = Path(os.environ.get("HUB_MACHINE_CACHE", ROOT / ".cache" / "machine")) / SUITE
        self._environment = {
            **os.environ,
            "VPI_CACHE": str(cache),
            "VPI_STATE": str(folder),
            "VPI_SUITE": SUITE,
            "VPI_SSH_PORT": str(SSH_PORT),
            "VPI_FWD": "",
            "VPI_ACCEL": "kvm" if HAS_KVM else "tcg",
            "VPI_BOOT_TIMEOUT": str(round(120 * SLOWER)),
        }

    def vpi(self, *words: str, seconds: float = 900.0) -> str:
        """Raises `CalledProcessError` with what it printed, `TimeoutExpired` where it takes too long."""
        done = subprocess.run(
            [str(VPI), *words],
            env=self._environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=seconds,
        )
        if done.returncode != 0:
            raise AssertionError(f"{' '.join(words)}: {done.returncode}\n{done.stdout}")
        return done.stdout

    def build(self) -> None:
        self.vpi("build", seconds=1200)

    def boot(self, *options: str) -> None:
        self.vpi("boot", *options, seconds=300 * SLOWER)

    def reboot(self) -> None:
        self.vpi("stop", seconds=240)
        self.boot()

    def cut_power(self) -> None:
        self.vpi("cut-power")

    def sh(self, command: str, seconds: float = 120.0) -> str:
        """What a command of root's printed; an error code is an error."""
        return self.vpi("sh", command, seconds=seconds * SLOWER)

    def says(self, command: str) -> str:
        """The same, but whatever it ends with; nothing while the machine is away."""
        try:
            return self.sh(f"{command}; true")
        except (AssertionError, subprocess.TimeoutExpired):
            return ""

    def hub(self, command: str) -> Any:
        return json.loads(self.sh(f"hub {command} --json"))

    def prepare(self, files: Path, *words: str) -> str:
        """A clean disk with these files and the project, and install.sh run on it before it ever starts."""
        lay_project(files / PROJECT.lstrip("/"))
        return self.vpi("prepare", str(files), f"{_given()} {PROJECT}/install.sh --offline {' '.join(words)} 2>&1")

    def install(self, *words: str, seconds: float = 900.0) -> str:
        """install.sh in the machine that runs."""
        return self.sh(f"{_given()} {PROJECT}/install.sh {' '.join(words)} 2>&1", seconds)

    def property(self, name: str, unit: str = "hub") -> str:
        return self.says(f"systemctl show -P {name} {unit}").strip()

    def answers(self) -> bool:
        """Whether one can log in; a connection to a machine that hangs is given up."""
        try:
            self.vpi("wait", seconds=10)
        except (AssertionError, subprocess.TimeoutExpired):
            return False
        return True

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


def _given() -> str:
    """Whom pip trusts: what this host trusts, as the image does."""
    path = "/usr/sbin:/usr/bin:/sbin:/bin"
    return f"HOME=/root PATH={path} LC_ALL=C.UTF-8 HUB_LANG=en PIP_CERT=/etc/ssl/certs/ca-certificates.crt"
