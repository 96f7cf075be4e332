"""A recorder child to be started by the tests: `recorder_process.py pyaudio|simulated FOLDER RATE [NAME]`."""

import sys
from pathlib import Path

from hardware.simulated.microphone import SimulatedMicrophone
from hub.evidence import child
from hub.ports import Microphone


def microphone(device: str, rate: int, name: str) -> Microphone:
    if device == "simulated":
        return SimulatedMicrophone(rate)
    from hardware.microphone import PyAudioMicrophone

    return PyAudioMicrophone(name, rate)


if __name__ == "__main__":
    device, folder, rate, *name = sys.argv[1:]
    sys.exit(child.main(microphone(device, int(rate), "".join(name)), Path(folder), Path(folder).with_name("keys")))
