"""A microphone for the real PyAudio on a machine without a sound card, at the speed of time.

A private PulseAudio (own folder, own socket, no D-Bus) has one null sink; what is played into it comes out of its
monitor, and an ALSA configuration of ten lines gives PortAudio that one device, "hubmic".
"""

import os
import subprocess
import time
from pathlib import Path

ALSA = """\
pcm.hubmic {{
    type pulse
    server "unix:{socket}"
    device "room.monitor"
    hint {{ show on  description "virtual microphone" }}
}}
ctl.hubmic {{ type pulse  server "unix:{socket}" }}
pcm.!default pcm.hubmic
ctl.!default ctl.hubmic
"""
RATE = 48000
DAEMON = ["pulseaudio", "-n", "--daemonize=no", "--use-pid-file=no", "--exit-idle-time=-1"]
QUIET = ["--realtime=no", "--high-priority=no", "--log-target=stderr", "--log-level=error"]


class VirtualMicrophone:
    """`start` and `stop` plug it in and out."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._folder, self._socket = folder, folder / "native"
        (folder / "asound.conf").write_text(ALSA.format(socket=self._socket))
        self._processes: list[subprocess.Popen[bytes]] = []

    @property
    def environment(self) -> dict[str, str]:
        """What a process needs to hear it."""
        own = {"PULSE_SERVER": f"unix:{self._socket}", "PULSE_COOKIE": str(self._folder / "cookie")}
        own |= {"ALSA_CONFIG_PATH": str(self._folder / "asound.conf"), "PULSE_RUNTIME_PATH": str(self._folder)}
        return os.environ | own

    def start(self) -> None:
        """Plug it in; return when it gives sound."""
        home = dict.fromkeys(("HOME", "XDG_CONFIG_HOME", "XDG_RUNTIME_DIR"), str(self._folder))
        environment = self.environment | home | {"DBUS_SESSION_BUS_ADDRESS": "disabled:"}
        del environment["PULSE_SERVER"]  # it must not look for another one
        modules = (
            f"module-native-protocol-unix socket={self._socket} auth-anonymous=1",
            f"module-null-sink sink_name=room rate={RATE} channels=1 format=s16le",
        )
        loads = [word for module in modules for word in ("-L", module)]
        self._processes.append(subprocess.Popen([*DAEMON, *QUIET, *loads], env=environment))
        self._wait_for_the_room()
        self._keep_awake()

    def stop(self) -> None:
        """Pull it out."""
        for process in reversed(self._processes):
            process.terminate()
            process.wait(5)
        self._processes.clear()

    def play(self, wav: Path) -> None:
        """Let something sound in the room; returns at once."""
        command = ["paplay", "--device=room", str(wav)]
        self._processes.append(subprocess.Popen(command, env=self.environment))

    def _wait_for_the_room(self) -> None:
        for _ in range(200):
            listing = subprocess.run(
                ["pactl", "list", "short", "sources"], env=self.environment, capture_output=True, text=True
            )
            if "room.monitor" in listing.stdout:
                return
            assert self._processes[0].poll() is None, "pulseaudio ended"
            time.sleep(0.05)
        raise TimeoutError("the source did not appear")

    def _keep_awake(self) -> None:
        # An idle null sink wakes every 2 s only: a reader that stays makes the first block come in 50 ms.
        command = ["parec", "-d", "room.monitor", "--latency-msec=20"]
        self._processes.append(subprocess.Popen(command, env=self.environment, stdout=subprocess.DEVNULL))
        with subprocess.Popen(command, env=self.environment, stdout=subprocess.PIPE) as probe:
            assert probe.stdout
            probe.stdout.read(1)
            probe.terminate()
