"""The room that is not there sounds the same each time, and at the speed of time."""

import queue
import threading
import time

from hardware.simulated.microphone import SimulatedMicrophone
from hub.evidence.segment import level

RATE = 16000


def test_it_is_quiet_at_first_and_then_there_is_a_voice() -> None:
    microphone = SimulatedMicrophone(RATE)
    levels = [level(microphone.block(number)) for number in range(80)]
    assert all(-60 < quiet < -50 for quiet in levels[:30])
    assert max(levels) > -20


def test_it_sounds_the_same_every_time() -> None:
    first, second = SimulatedMicrophone(RATE), SimulatedMicrophone(RATE)
    assert [first.block(number) for number in (0, 40, 85)] == [second.block(number) for number in (0, 40, 5)]


def test_blocks_come_at_the_speed_of_time_until_it_is_closed() -> None:
    microphone = SimulatedMicrophone(RATE)
    blocks: queue.SimpleQueue[bytes] = queue.SimpleQueue()
    began = time.monotonic()
    microphone.open(blocks.put)
    assert microphone.active()
    assert [len(blocks.get(timeout=5)) for _ in range(5)] == [2 * RATE // 10] * 5
    assert time.monotonic() - began >= 0.5
    microphone.close()
    assert not microphone.active()
    rooms = [thread for thread in threading.enumerate() if thread.name == "room"]
    for thread in rooms:
        thread.join(5)
    assert not any(thread.is_alive() for thread in rooms)
