"""A throw-away dbus-daemon that stands in for the system bus.

dbus-fast opens DBUS_SYSTEM_BUS_ADDRESS when it is set: no root, no polkit, no installed policy.
"""

import os
import shutil
import signal
import subprocess
import tempfile
from pathlib import Path
from typing import Self

from dbus_fast import Message
from dbus_fast.aio import MessageBus

_CONFIG = """<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <listen>unix:path={socket}</listen>
  <auth>EXTERNAL</auth>
  <policy context="default">
    <allow send_destination="*" eavesdrop="true"/>
    <allow eavesdrop="true"/>
    <allow own="*"/>
    <allow user="*"/>
  </policy>
</busconfig>
"""
_TOO_MUCH = bytes(1_000_000)  # more than the buffer of a Unix socket holds


class PrivateBus:
    """Use as a context manager; put `environ` into the environment of whoever is to use it."""

    def __init__(self) -> None:
        # A short path: the name of a Unix socket is limited to 107 bytes.
        self._folder = Path(tempfile.mkdtemp(prefix="dbus-"))
        self._folder.chmod(0o711)  # whoever knows the name: some tests are other users
        self._daemon: subprocess.Popen[bytes] | None = None
        self.address = f"unix:path={self._folder / 'bus'}"

    @property
    def environ(self) -> dict[str, str]:
        return {"DBUS_SYSTEM_BUS_ADDRESS": self.address}

    def start(self) -> None:
        """Start the daemon; it listens when this returns."""
        (self._folder / "bus").unlink(missing_ok=True)
        config = self._folder / "bus.conf"
        config.write_text(_CONFIG.format(socket=self._folder / "bus"))
        ready, printed = os.pipe()
        command = ["dbus-daemon", f"--config-file={config}", "--nofork", "--nopidfile"]
        with (self._folder / "errors").open("wb") as errors:
            self._daemon = subprocess.Popen([*command, f"--print-address={printed}"], pass_fds=[printed], stderr=errors)
        os.close(printed)
        with os.fdopen(ready) as pipe:
            if not pipe.readline():
                raise RuntimeError(f"dbus-daemon: {(self._folder / 'errors').read_text(errors='replace')}")

    def stop(self) -> None:
        """Kill the daemon; its clients see a dead bus."""
        if self._daemon:
            self._daemon.kill()
            self._daemon.wait()
            self._daemon = None

    def block(self, connection: MessageBus) -> None:
        """The daemon is too busy to read: a write of this connection would block, and dbus-fast drops it for that."""
        assert self._daemon is not None
        self._daemon.send_signal(signal.SIGSTOP)
        try:
            filled = connection.send(_large_message())
            connection.send(_large_message())
        finally:
            self._daemon.send_signal(signal.SIGCONT)
        assert isinstance(filled.exception(), BlockingIOError)

    def restart(self) -> None:
        self.stop()
        self.start()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *error: object) -> None:
        self.stop()
        shutil.rmtree(self._folder, ignore_errors=True)


def _large_message() -> Message:
    return Message(destination="org.bluez", path="/", interface="x.y", member="Z", signature="ay", body=[_TOO_MUCH])
