"""However the process ends, as long as code can see it, the siren is off."""

import subprocess
import sys
from pathlib import Path

import pytest

# The pin writes down each state it takes. atexit runs what was registered last first: this sees all of it.
PROGRAM = """
import signal, sys, threading, time
from gpiozero import Device
from gpiozero.pins.mock import MockFactory
from hardware.siren import GpioSiren
from hub.ports import Pattern

Device.pin_factory = MockFactory()
pin = Device.pin_factory.pin(17)
written = type(pin)._change_state

def note(self, value):
    with open(sys.argv[1], "a") as file:
        file.write(f"{int(value)}\\n")
    return written(self, value)

type(pin)._change_state = note
siren = GpioSiren(17, max_seconds=60)
siren.sound(Pattern.PULSED, 60)
"""

ENDS = {
    "the end of the program": "",
    "an exception": "raise ValueError",
    "sys.exit": "sys.exit(3)",
    "Ctrl-C": "signal.raise_signal(signal.SIGINT)",
    "SIGTERM as SystemExit": "signal.signal(signal.SIGTERM, lambda *_: sys.exit(0)); "
    "signal.raise_signal(signal.SIGTERM); time.sleep(60)",
}


@pytest.mark.parametrize("end", ENDS)
def test_the_siren_is_off(tmp_path: Path, end: str) -> None:
    states = tmp_path / "states"
    subprocess.run([sys.executable, "-c", PROGRAM + ENDS[end], str(states)], timeout=30, capture_output=True)
    written = states.read_text().split()
    assert "1" in written
    assert written[-1] == "0"


def test_the_siren_falls_silent_while_the_event_loop_hangs(tmp_path: Path) -> None:
    states = tmp_path / "states"
    hang = """
import asyncio
async def hang():
    siren.sound(Pattern.STEADY, 0.2)
    time.sleep(1)
    import os; os._exit(0)
asyncio.run(hang())
"""
    subprocess.run([sys.executable, "-c", PROGRAM + hang, str(states)], timeout=30, check=True)
    assert states.read_text().split()[-1] == "0"
