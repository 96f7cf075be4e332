"""A Debian in a folder: commands run in it in namespaces that end as if the power went, or under its own systemd."""

import contextlib
import hashlib
import os
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from tests.patience import until as until

ROOT = Path(__file__).parent.parent.parent
INCLUDED = "systemd,systemd-sysv,dbus,ca-certificates,openssh-server,avahi-daemon,python3,ifupdown,iproute2,libfaketime"
BASE = ROOT / ".cache" / f"bookworm-{hashlib.sha256(INCLUDED.encode()).hexdigest()[:8]}.tar"  # of these packages
CERTIFICATES = Path("/etc/ssl/certs/ca-certificates.crt")
PROJECT = "/root/project"
PARTS = ("hub", "hardware", "web", "systemd", "install.sh", "pyproject.toml", "requirements.txt", "README.md")
ENVIRONMENT = {
    "PATH": "/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
    "HOME": "/root",
    "LC_ALL": "C.UTF-8",
    "HUB_LANG": "en",
}
ENTER = """
mount -t proc proc "$1/proc" && mount --rbind /dev "$1/dev" && mount -t tmpfs tmpfs "$1/run" && mkdir "$1/run/lock"
mkdir -p "$2/pip" "$2/archives/partial" "$1/root/pip"
mount --bind "$2/pip" "$1/root/pip" && mount --bind "$2/archives" "$1/var/cache/apt/archives"
root=$1 && shift 2
exec chroot "$root" "$@"
"""
# What apt, the logs and the tests themselves write; of the accounts' files only what they say counts.
IGNORED = ("dev", "proc", "run", "sys", "tmp", "root", "opt/hub", "var/log", "var/cache", "var/lib/apt", "var/lib/dpkg")
Done = subprocess.CompletedProcess[str]


def obstacle() -> str:
    """Why none can be had here, or nothing."""
    if os.geteuid() != 0:
        return "A Debian in a folder takes root."
    missing = [name for name in ("mmdebstrap", "systemd-nspawn", "nsenter", "unshare") if not shutil.which(name)]
    return f"Missing: {', '.join(missing)}." if missing else ""


def prepared(root: Path) -> "Machine":
    if not BASE.exists():
        part = BASE.with_suffix(".part.tar")
        subprocess.run(
            ["mmdebstrap", "--variant=minbase", f"--include={INCLUDED}", "bookworm", part], check=True, timeout=1200
        )
        part.rename(BASE)
    root.mkdir()
    subprocess.run(["tar", "-C", root, "-xf", BASE], check=True, timeout=120)
    machine = Machine(root)
    machine.furnish()
    return machine


class Machine:
    def __init__(self, root: Path) -> None:
        self.root = root
        self._leader = 0

    def furnish(self) -> None:
        """As a Pi's card: swap, lights, a name that says what it is, and nothing that starts in a chroot."""
        for name, content in {
            "etc/fstab": "/dev/mmcblk0p2 / ext4 defaults 0 1\n/swapfile none swap sw 0 0\n",
            "etc/hosts": "127.0.0.1\tlocalhost\n127.0.1.1\traspberrypi\n",
            "etc/hostname": "raspberrypi\n",
            "boot/firmware/config.txt": "[all]\narm_64bit=1\n",
            "usr/sbin/policy-rc.d": "#!/bin/sh\nexit 101\n",
        }.items():
            self.path(name).parent.mkdir(parents=True, exist_ok=True)
            self.path(name).write_text(content)
        self.path("usr/sbin/policy-rc.d").chmod(0o755)
        for file in (Path("/etc/resolv.conf"), CERTIFICATES):
            shutil.copy(file, self.path(str(file)[1:]))
        self.lay_project()

    def path(self, name: str) -> Path:
        return self.root / name.lstrip("/")

    def lay_project(self) -> None:
        project = self.path(PROJECT)
        shutil.rmtree(project, ignore_errors=True)
        project.mkdir(parents=True)
        for part in PARTS:
            copy = shutil.copytree if (ROOT / part).is_dir() else shutil.copy2
            copy(ROOT / part, project / part)

    def copy(self) -> "Machine":
        other = self.root.with_name(f"{self.root.name}-copy")
        subprocess.run(["cp", "-a", "--reflink=auto", self.root, other], check=True, timeout=120)
        return Machine(other)

    # --- not started ------------------------------------------------------------------------------

    def start(self, *command: str) -> subprocess.Popen[str]:
        """Run a command in it, all that it starts in one namespace: killed together, as by a power cut."""
        enter = ["unshare", "--mount", "--pid", "--fork", "--kill-child", "--propagation", "private"]
        return _started(*enter, "bash", "-c", ENTER, "_", str(self.root), str(BASE.parent), *command)

    def run(self, *command: str, timeout: float = 600.0) -> Done:
        return _done(self.start(*command), timeout)

    def install(self, *options: str) -> Done:
        return self.run("bash", f"{PROJECT}/install.sh", *options)

    def install_until(self, line: str, seconds: float, *options: str) -> None:
        """The same, for a line that must come."""
        assert self.cut_off(line, seconds, *options), line

    def cut_off(self, line: str, seconds: float, *options: str) -> bool:
        """Cut the power some seconds after a line that begins so. Whether it came."""
        process = self.start("bash", f"{PROJECT}/install.sh", *options)
        assert process.stdout
        said = ""
        for heard in process.stdout:
            said += heard
            if heard.startswith(line):
                time.sleep(seconds)
                break
        process.send_signal(signal.SIGKILL)
        process.communicate()
        print(said)
        return f"\n{line}" in f"\n{said}"

    # --- started ----------------------------------------------------------------------------------

    def booted(self, seconds: float = 180.0) -> contextlib.AbstractContextManager[None]:
        """Seconds on a quiet machine; beside a virtual machine a minute was not enough once."""
        return self.booted_until(lambda: "running" in self.inside("systemctl", "is-system-running").stdout, seconds)

    @contextlib.contextmanager
    def booted_until(self, holds: Callable[[], object], seconds: float) -> Iterator[None]:
        nspawn = ["systemd-nspawn", "-D", str(self.root), "--boot", "--register=no", "--keep-unit", "--private-network"]
        process = subprocess.Popen(
            [*nspawn, "--machine=box", "--console=pipe", "--link-journal=no"],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
        )
        try:
            until(lambda: _children(process.pid), 30)
            (self._leader,) = _children(process.pid)
            until(holds, seconds)
            yield
        finally:
            process.terminate()
            process.wait(60)

    def cut_power(self) -> None:
        """Everything in it ends at once, with what it had open: nothing is told to stop."""
        os.kill(self._leader, signal.SIGKILL)

    def start_inside(self, *command: str) -> subprocess.Popen[str]:
        return _started("nsenter", "-t", str(self._leader), "-a", *command)

    def live(self, name: str) -> Path:
        """A file as those inside see it: /run is nowhere else, and a socket there can be connected to from outside."""
        return Path(f"/proc/{self._leader}/root/{name.lstrip('/')}")

    def network(self) -> Path:
        """The namespace of its network."""
        return Path(f"/proc/{self._leader}/ns/net")

    def inside(self, *command: str, timeout: float = 300.0) -> Done:
        return _done(self.start_inside(*command), timeout)

    # --- what is there ----------------------------------------------------------------------------

    def content(self) -> Mapping[str, tuple[object, ...]]:
        """Every file but those of IGNORED, with rights, owner, and of settings what is in it."""
        found = {}
        for folder, folders, files in os.walk(self.root):
            here = Path(folder).relative_to(self.root)
            folders[:] = [name for name in folders if str(here / name) not in IGNORED]
            for name in (*folders, *files):
                found[str(here / name)] = _facts(self.root / here / name)
        return found


def _started(*command: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        command,
        env=_environment(),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def _done(process: subprocess.Popen[str], timeout: float) -> Done:
    """With all that it printed. Raises TimeoutExpired; then it is killed."""
    with process:
        try:
            output, _ = process.communicate(timeout=timeout)
        except BaseException:
            process.kill()
            raise
    return Done(process.args, process.returncode, output)


def _facts(path: Path) -> tuple[object, ...]:
    state = path.lstat()
    if path.is_symlink():
        return ("link", str(path.readlink()))
    facts = (oct(state.st_mode), state.st_uid, state.st_gid)
    backup = path.name.endswith("-")  # of accounts
    return facts if path.is_dir() or backup else (*facts, hashlib.sha256(path.read_bytes()).hexdigest())


def _environment() -> dict[str, str]:
    """Of this machine's own only how pip reaches its index."""
    given = {name: value for name, value in os.environ.items() if name.startswith("PIP_") and name != "PIP_FIND_LINKS"}
    return {**given, **ENVIRONMENT, "PIP_CERT": str(CERTIFICATES), "PIP_CACHE_DIR": "/root/pip"}


def _children(pid: int) -> list[int]:
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
