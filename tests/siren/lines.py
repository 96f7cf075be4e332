"""The pins of a Raspberry Pi as its kernel keeps them: a line that is let go stays as it was.

Run as `python -m tests.siren.lines FILE LABEL NOTE`, it is `hardware.lowering` on a chip of that label. FILE gets a
line "monotonic number state" for each change, as the hub's own pins write it in `tests/scenarios/hub_process.py`.
"""

import ctypes
import errno
import fcntl
import os
import sys
import time
from pathlib import Path

from hardware import lowering


class ChipInfo(ctypes.Structure):
    """struct gpiochip_info, as linux/gpio.h has it."""

    _fields_ = (("name", ctypes.c_char * 32), ("label", ctypes.c_char * 32), ("lines", ctypes.c_uint32))


class Attribute(ctypes.Structure):
    _fields_ = (("id", ctypes.c_uint32), ("padding", ctypes.c_uint32), ("value", ctypes.c_uint64))


class ConfigAttribute(ctypes.Structure):
    _fields_ = (("attr", Attribute), ("mask", ctypes.c_uint64))


class Line(ctypes.Structure):
    """struct gpio_v2_line_request, with its gpio_v2_line_config in it."""

    _fields_ = (
        ("offsets", ctypes.c_uint32 * 64),
        ("consumer", ctypes.c_char * 32),
        ("flags", ctypes.c_uint64),
        ("num_attrs", ctypes.c_uint32),
        ("config_padding", ctypes.c_uint32 * 5),
        ("attrs", ConfigAttribute * 10),
        ("num_lines", ctypes.c_uint32),
        ("event_buffer_size", ctypes.c_uint32),
        ("padding", ctypes.c_uint32 * 5),
        ("fd", ctypes.c_int32),
    )


def number(letter: str, kind: int, size: int) -> int:
    """_IOR (2) or _IOWR (3) of asm-generic/ioctl.h."""
    directions = {"R": 2, "RW": 3}
    return directions[letter] << 30 | size << 16 | 0xB4 << 8 | kind


class Kernel:
    def __init__(self, pins: Path, label: str) -> None:
        self.pins, self.label = pins, label

    def ioctl(self, _handle: int, request: int, argument: bytearray) -> int:
        if request == number("R", 0x01, ctypes.sizeof(ChipInfo)):
            ChipInfo.from_buffer(argument).label = self.label.encode()
        elif request == number("RW", 0x07, ctypes.sizeof(Line)):
            self._drive(Line.from_buffer(argument))
        else:
            raise OSError(errno.ENOTTY, os.strerror(errno.ENOTTY))
        return 0

    def _drive(self, line: Line) -> None:
        output, low = line.flags & 1 << 3, line.flags & 1 << 1
        if (line.num_lines, line.num_attrs) != (1, 0) or not output or line.flags & ~0b1010:
            raise OSError(errno.EINVAL, os.strerror(errno.EINVAL))
        with self.pins.open("a") as file:
            file.write(f"{time.monotonic()} GPIO{line.offsets[0]} {int(bool(low))}\n")
        line.fd = os.open(self.pins, os.O_RDONLY)


if __name__ == "__main__":
    pins, label, note = sys.argv[1:]
    lowering.CHIPS = (f"{pins}.missing", "/dev/null")
    fcntl.ioctl = Kernel(Path(pins), label).ioctl
    sys.exit(lowering.main([note]))
