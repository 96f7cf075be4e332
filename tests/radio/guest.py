"""A machine with real kernel Bluetooth inside one process: User-Mode Linux, whose root is this machine's, read-only.

    python -m tests.radio.guest COMMAND [ARGUMENT...]     run a command in it, from the project's folder
    python -m tests.radio.guest --obstacle                say why none can run here, or nothing

The guest sees the same Python and the same virtual environment. It writes to /run, and to the one folder of
the host that `run` is given.
"""

import os
import platform
import shlex
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

PROJECT = Path(__file__).parent.parent.parent
KERNEL = PROJECT / ".cache" / "radio" / "linux"
BLUETOOTHD = Path("/usr/libexec/bluetooth/bluetoothd")

_INIT = (Path(__file__).parent / "init.sh").read_text()
_MEMORY = "512M"
_KILLED = 124
_TRACE_ME = "import ctypes, sys; sys.exit(ctypes.CDLL(None).ptrace(0, 0, 0, 0) != 0)"
_KERNEL_SAYS = ("Warning: tempdir", "Core dump limits", "Using a channel type", "setup_one_line failed", "reboot: ")


@dataclass(frozen=True, slots=True)
class Ended:
    """What became of the command in the guest. `code` is 124 when the guest was stopped from outside."""

    code: int
    output: str
    seconds: float


def obstacle() -> str:
    """Why no such machine can run here, in a sentence; empty when one can."""
    if platform.machine() != "x86_64" or sys.maxsize < 2**32:
        return "User-Mode Linux exists for x86-64 only."
    if subprocess.run([sys.executable, "-c", _TRACE_ME], check=False).returncode:
        return "User-Mode Linux needs ptrace, which is forbidden here."
    return ""


def missing() -> str:
    """What has to be built or installed before, in a sentence; empty when all is there."""
    if not KERNEL.exists():
        return "There is no kernel yet; ./install.sh test builds it."
    return "" if BLUETOOTHD.exists() else "There is no bluetoothd; apt-get install bluez."


def run(command: Sequence[str], out: Path, *, seconds: float = 300.0, echo: bool = False) -> Ended:
    """Boot a machine, run the command in the project's folder, switch the machine off."""
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="guest-") as folder:
        init = Path(folder, "init")
        init.write_text(_script(command, out))
        init.chmod(0o755)
        lines = _watch(_boot(init, Path(folder)), seconds, echo)
    code = out / "code"
    return Ended(int(code.read_text()) if code.exists() else _KILLED, "".join(lines), time.monotonic() - began)


def _script(command: Sequence[str], out: Path) -> str:
    values = {
        "PATH": os.environ["PATH"],
        "OUT": str(out.resolve()),
        "FOLDER": str(PROJECT),
        "COMMAND": shlex.join(command),
        "PYTHON": sys.executable,
    }
    shebang, _, rest = _INIT.partition("\n")
    return "\n".join([shebang, *(f"{name}={shlex.quote(value)}" for name, value in values.items()), rest])


def _boot(init: Path, folder: Path) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [
            *(str(KERNEL), f"mem={_MEMORY}", f"uml_dir={folder}", "umid=guest", "quiet"),
            *("root=/dev/root", "rootfstype=hostfs", "rootflags=/", "ro", f"init={init}"),
            *("con=null", "con0=null,fd:1"),
            "random.trust_cpu=on",  # random numbers are the host's; else the first one would take minutes
        ],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        env={"TMPDIR": str(folder)},
        start_new_session=True,  # the guest's processes are processes here: they end together
    )


def _watch(guest: subprocess.Popen[str], seconds: float, echo: bool) -> list[str]:
    """Everything the guest says, until it ends."""
    lines = []
    watchdog = threading.Timer(seconds, _kill, [guest])
    watchdog.start()
    try:
        for line in guest.stdout or ():
            if not line.startswith(_KERNEL_SAYS):
                lines.append(line)
                if echo:
                    print(line, end="", flush=True)
    finally:
        watchdog.cancel()
        _kill(guest)
        guest.wait()
        if guest.stdout:
            guest.stdout.close()
    return lines


def _kill(guest: subprocess.Popen[str]) -> None:
    try:
        os.killpg(guest.pid, signal.SIGKILL)
    except ProcessLookupError:
        return


def main() -> int:
    if sys.argv[1:] == ["--obstacle"]:
        print(obstacle())
        return 0
    if reason := obstacle() or missing():
        sys.exit(reason)
    with tempfile.TemporaryDirectory() as out:
        ended = run(sys.argv[1:], Path(out), echo=True)
    print(f"exit {ended.code} after {ended.seconds:.1f} s")
    return ended.code


if __name__ == "__main__":
    sys.exit(main())
