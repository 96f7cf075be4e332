"""How loud it is in the room, for whoever sets the microphone up. Nothing of it is kept."""

import queue
import time
from collections.abc import Callable

from hub.errors import DeviceError
from hub.evidence.capture import FIRST_BLOCK_SECONDS
from hub.evidence.recording import SAMPLE_BYTES
from hub.evidence.segment import level
from hub.ports import Microphone

SECONDS = 1.0


def loudness(microphone: Microphone, seconds: float = SECONDS) -> float:
    """Open it, listen for so long, and close it: dB below full scale. Raises DeviceError."""
    blocks: queue.SimpleQueue[bytes] = queue.SimpleQueue()
    microphone.open(lambda samples, _age=None, /: blocks.put(samples))
    try:
        return level(_heard(blocks.get, int(seconds * microphone.rate) * SAMPLE_BYTES))
    finally:
        microphone.close()


def _heard(get: Callable[[bool, float], bytes], wanted: int) -> bytes:
    heard, until = b"", time.monotonic() + FIRST_BLOCK_SECONDS
    while len(heard) < wanted:
        try:
            heard += get(True, until - time.monotonic())
        except (queue.Empty, ValueError):  # the time is over
            raise DeviceError("microphone gives nothing") from None
    return heard
