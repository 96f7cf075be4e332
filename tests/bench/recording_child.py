"""The recorder child as it is, on the real PyAudio; besides it notes when each block was handed over.

`recording_child.py FOLDER RATE NOTES`: 16 bytes a block, time (UTC, s) and samples.
"""

import struct
import sys
import time
from pathlib import Path

from hardware.microphone import PyAudioMicrophone
from hub.evidence import child
from hub.model import Deliver

BLOCK = struct.Struct("<dq")


class NotedMicrophone(PyAudioMicrophone):
    def __init__(self, rate: int, notes: Path) -> None:
        super().__init__("", rate)
        self._notes = notes.open("ab", buffering=0)

    def open(self, deliver: Deliver) -> None:
        def note(samples: bytes, age: float | None = None, /) -> None:
            self._notes.write(BLOCK.pack(time.time(), len(samples) // 2))
            deliver(samples, age)

        super().open(note)


if __name__ == "__main__":
    folder, notes = Path(sys.argv[1]), Path(sys.argv[3])
    sys.exit(child.main(NotedMicrophone(int(sys.argv[2]), notes), folder, folder.with_name("keys")))
