"""The hub as it is, but for its pins: gpiozero's mock factory, with each change written to the file HUB_PINS."""

import os
import time
from pathlib import Path

from gpiozero import Device
from gpiozero.pins.mock import MockFactory, MockPin

from hub.__main__ import main

PINS = Path(os.environ["HUB_PINS"])


class WrittenPin(MockPin):
    """A pin that leaves a line "monotonic number state" in the file."""

    def _change_state(self, value: bool) -> bool:
        changed = super()._change_state(value)
        if changed:
            with PINS.open("a") as lines:
                lines.write(f"{time.monotonic()} {self.info.name} {int(value)}\n")
        return changed


Device.pin_factory = MockFactory(pin_class=WrittenPin)
main()
