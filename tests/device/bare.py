"""As little as can be killed and started again by the rules of the hub's unit: what is measured beside it."""

import contextlib
import socket

from tests.device.machine import Machine
from tests.machine.provider import now
from tests.patience import until

BARE = """
import os, socket
if os.path.exists("/run/bare"):
    os.unlink("/run/bare")
line = socket.socket(socket.AF_UNIX)
line.bind("/run/bare")
line.listen()
while True:
    line.accept()
"""
RULES = ("Restart=always", "RestartSec=1", "StartLimitIntervalSec=0")


def killed_and_back(machine: Machine) -> float:
    """From the signal until it listens."""
    if not machine.live("run/bare").exists():
        rules = [word for rule in RULES for word in ("-p", rule)]
        machine.live("run/bare.py").write_text(BARE)
        machine.inside("systemd-run", "--unit=bare", *rules, "/usr/bin/python3", "/run/bare.py")
        until(lambda: listens(machine), 10)
    began = now()
    machine.inside("systemctl", "kill", "-s", "KILL", "bare")
    until(lambda: listens(machine), 20, "it listens", pause=0.01)
    return now() - began


def listens(machine: Machine) -> bool:
    with socket.socket(socket.AF_UNIX) as line, contextlib.suppress(OSError):
        line.connect(str(machine.live("run/bare")))
        return True
    return False
