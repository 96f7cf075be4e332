"""Switches the siren's relay off when the hub is gone: `hub.service` runs `main` after every end of it.

The kernel of a Raspberry Pi leaves a pin whose owner was killed as it was: on. This asks the kernel itself, for what
imports nothing has started soonest, and works when everything else is broken.
"""

import contextlib
import fcntl
import os
import struct
import sys
from collections.abc import Sequence
from pathlib import Path

# The header's pins, as gpiozero finds them: on the first of these chips that says so (a Pi 5 has had both numbers).
CHIPS = ("/dev/gpiochip4", "/dev/gpiochip0")
OURS = b"pinctrl-"

# linux/gpio.h
_GET_CHIPINFO, _CHIPINFO = 0x8044B401, struct.Struct("=32s32sI")
_GET_LINE, _LINE = 0xC250B407, struct.Struct("=64I32sQI20x240xII20xi")
_OUTPUT, _ACTIVE_LOW = 1 << 3, 1 << 1


def note(path: Path, pin: int, active_high: bool) -> None:
    """The hub's side, before it takes the pin. hub.toml may be another, or broken, when the hub ends."""
    with contextlib.suppress(OSError):  # without it the hub works all the same
        path.write_text(f"{pin} {int(active_high)}")


def main(arguments: Sequence[str]) -> int:
    """The path of the note; where there is none, no pin was taken."""
    (path,) = arguments
    try:
        pin, active_high = map(int, Path(path).read_text().split())
        lower(pin, bool(active_high))
    except FileNotFoundError:
        pass
    except (OSError, ValueError, struct.error) as problem:
        print(f"siren: {problem}", file=sys.stderr)
        return 1
    return 0


def lower(pin: int, active_high: bool) -> None:
    """Drive the pin to where the relay is off, and let go of it. Raises OSError."""
    chip = _chip()
    try:
        # No level is named, which is "inactive" to the kernel, whichever way round that is.
        flags = _OUTPUT | (0 if active_high else _ACTIVE_LOW)
        asked = bytearray(_LINE.pack(pin, *[0] * 63, b"hub", flags, 0, 1, 0, 0))
        fcntl.ioctl(chip, _GET_LINE, asked)
        os.close(_LINE.unpack(asked)[-1])
    finally:
        os.close(chip)


def _chip() -> int:
    """Raises FileNotFoundError where there are no such pins, as on no Raspberry Pi."""
    for name in CHIPS:
        with contextlib.suppress(FileNotFoundError):
            chip = os.open(name, os.O_RDWR | os.O_CLOEXEC)
            info = bytearray(_CHIPINFO.size)
            fcntl.ioctl(chip, _GET_CHIPINFO, info)
            if _CHIPINFO.unpack(info)[1].startswith(OURS):
                return chip
            os.close(chip)
    raise FileNotFoundError


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
