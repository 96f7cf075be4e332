"""`python -m tests.bench.buttons_child`: the radio and the recognisers of a hub with many buttons, in a process alone.

Each gesture is one line on standard output: address, packet id, kind, when the hub would act on it, and when the bare
callback of bleak was called for the same advert (monotonic seconds). It ends when standard input does.
"""

import asyncio
import contextlib
import os
import time

from bleak.backends.device import BLEDevice
from bleak.backends.scanner import AdvertisementData

from hardware.buttons.scanner import BleButtons
from hub.gesture import Gesture
from hub.ports import Press
from hub.recognizers import Recognizers
from tests.bench.bare import bare_scan
from tests.bench.buttons_home import home


class Bare:
    """The least that can be done with bleak: know that it called."""

    called_at = 0.0

    def __call__(self, _device: BLEDevice, _advert: AdvertisementData) -> None:
        self.called_at = time.monotonic()


async def hear() -> None:
    bare, buttons = Bare(), home()
    timing = {button.address: button.timing for button in buttons}

    def act(gesture: Gesture, press: Press) -> None:
        now = time.monotonic()
        line = f"{press.button} {press.counter} {gesture.kind} {now} {bare.called_at}\n"
        os.write(1, line.encode())

    scanner = await bare_scan(bare)  # before the hub's own: bleak calls in the order of the starts
    radio = BleButtons("hci0")
    radio.watch(buttons)
    listening = asyncio.create_task(radio.listen(Recognizers(act, timing.__getitem__).hear))
    asyncio.get_running_loop().add_reader(0, listening.cancel)
    try:
        await listening
    finally:
        asyncio.get_running_loop().remove_reader(0)
        await scanner.stop()


if __name__ == "__main__":
    with contextlib.suppress(asyncio.CancelledError):
        asyncio.run(hear())
