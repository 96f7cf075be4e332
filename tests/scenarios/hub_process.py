"""The hub as it is, but for its pins (gpiozero's mock factory, each change written to the file HUB_PINS), and with
a guard: anything that blocks the daemon's loop raises. HUB_HASTE: by how much people are pursued, and told, faster,
and the modem looked after.
HUB_SWEEPS: seconds until the first look for recordings to delete, and between two.
HUB_TRUST: a file of certificates in the place of those that the world trusts.
"""

import os
import socket
import sys
import time
from dataclasses import replace
from functools import partial
from pathlib import Path

import certifi
from blockbuster import BlockBuster
from gpiozero import Device
from gpiozero.pins.mock import MockFactory, MockPin

from hardware.modem import lte
from hub import (
    daemon,
    heartbeat,
    incoming,
    internet,
    locator,
    paths,
    position,
    pursuit,
    receipts,
    report,
    sim,
    supply,
    telling,
)
from hub.__main__ import main
from hub.evidence import sweeper

PINS = os.open(Path(os.environ["HUB_PINS"]), os.O_WRONLY | os.O_CREAT | os.O_APPEND)


class WrittenPin(MockPin):
    """A pin that leaves a line "monotonic number state" in the file; HUB_BROKEN_PIN: one that cannot be written."""

    def _change_state(self, value: bool) -> bool:
        if "HUB_BROKEN_PIN" in os.environ:
            raise OSError("the pin does not answer")
        changed = super()._change_state(value)
        if changed:
            os.write(PINS, f"{time.monotonic()} {self.info.name} {int(value)}\n".encode())
        return changed


def hurry(times: float) -> None:
    """Minutes become seconds: between rounds, until a lapse, from one question to the next, before a fault is told."""
    for module, names in {
        pursuit: ("ROUND_EVERY", "ROUND_LONGEST", "LAPSES_AFTER", "CHECK_PATIENCE"),
        receipts: ("OFTEN", "SOMETIMES", "RARELY"),
        incoming: ("OFTEN", "SOMETIMES", "RARELY"),
        report: ("LASTING", "SOUND"),
        telling: ("RETRY",),
        daemon: ("CONFIRMED", "LOOK"),
        heartbeat: ("EVERY", "AGAIN"),
        internet: ("TICK", "ROUTES"),
        paths: ("AGAIN",),
        supply: ("SETTLED",),
        sim: ("SETTLED",),
        locator: ("LOOK", "RARELY"),
        position: ("EVERY",),
    }.items():
        for name in names:
            setattr(module, name, getattr(module, name) / times)
    paths.HOME = replace(paths.HOME, every=paths.HOME.every / times)
    receipts.LOST_AFTER = {channel: seconds / times for channel, seconds in receipts.LOST_AFTER.items()}
    pace = lte.Pace()
    often = {name: getattr(pace, name) / times for name in ("look", "retry", "quiet", "apart")}
    lte.Pace = partial(lte.Pace, **often)  # what a modem and ModemManager need for an answer they still have


def mortal(look_up):
    """A look-up that finds no name while the file HUB_NAMES_DEAD is there."""

    def found(host, *rest, **named):
        if host == "localhost" and Path(os.environ.get("HUB_NAMES_DEAD", "-")).exists():
            raise socket.gaierror(socket.EAI_AGAIN, "the name server is dead")
        return look_up(host, *rest, **named)

    return found


if "HUB_TRUST" in os.environ:
    certifi.where = lambda: os.environ["HUB_TRUST"]
socket.getaddrinfo = mortal(socket.getaddrinfo)
if "HUB_SWEEPS" in os.environ:
    sweeper.FIRST = sweeper.APART = float(os.environ["HUB_SWEEPS"])
hurry(float(os.environ.get("HUB_HASTE", "1")))
Device.pin_factory = MockFactory(pin_class=WrittenPin)
guard = BlockBuster()
guard.functions["os.write"].can_block_in("tests/scenarios/hub_process.py", "_change_state")
if "recorder" not in sys.argv:
    guard.activate()
main()
