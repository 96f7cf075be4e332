"""press.py ADDRESS EVENT PACKET [PIN]: presses a button, and prints after how many seconds the siren's line rose."""

import socket
import sys
import time
from pathlib import Path

PATIENCE = 60.0  # s


def press(*what: str) -> socket.socket:
    radio = socket.socket(socket.AF_UNIX)
    radio.connect("/run/radio/socket")
    radio.sendall(f"{' '.join(what)}\n".encode())
    return radio


def rose(pin: str, began: float) -> str:
    (line,) = Path("/sys/devices/platform").glob(f"gpio-sim.*/gpiochip*/sim_gpio{pin}/value")
    while time.monotonic() < began + PATIENCE:
        if line.read_text().strip() == "1":
            return f"{time.monotonic() - began:.3f}"
        time.sleep(0.002)
    return "never"


def main(address: str, event: str, packet: str, *pin: str) -> None:
    began = time.monotonic()
    radio = press(address, event, packet)
    print(rose(*pin, began) if pin else "pressed")
    radio.recv(1)  # until the burst is over


main(*sys.argv[1:])
