"""The recorder: the real child, the real PyAudio, a private PulseAudio in which a tone of 440 Hz sounds without end.

Every second is sealed to two keys and signed as on a hub. Durable: the file has its name, by its ctime, after the
block with its last sample was handed over. `HUB_RECORDING_MINUTES=60` records one rate for that long instead.
"""

import asyncio
import bisect
import itertools
import json
import os
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import numpy as np
import psutil  # type: ignore[import-untyped]
import pyrage

from hub.evidence.folder import events, segments
from hub.evidence.seal import unseal_with
from hub.evidence.segment import decode
from hub.evidence.verify import verify
from tests.bench.recording_child import BLOCK
from tests.bench.report import Judged, Progress, Row
from tests.evidence.conftest import ROOT, RunningChild, recording
from tests.evidence.virtual_microphone import VirtualMicrophone

TITLE = "the recorder: 20 starts, 16 and 48 kHz, and 20 kills"
SECONDS, STARTS, KILLS = 60, 20, 20
PITCH = 440
CHILD = [sys.executable, str(ROOT / "tests/bench/recording_child.py")]
MB = 10**6


@dataclass(frozen=True, slots=True)
class Second:
    """UTC, s. `came`: when its last sample was handed over; `durable`: when its file had its name."""

    begins: float
    came: float
    durable: float
    samples: bytes
    rate: int

    @property
    def ends(self) -> float:
        return self.begins + len(self.samples) / 2 / self.rate


class Studio:
    """A room in which it sounds, and a key to open what is recorded there."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.room = VirtualMicrophone(folder / "room")
        self.key = pyrage.x25519.Identity.generate()
        self.evidence, self.notes = folder / "evidence", folder / "notes"

    def child(self, rate: int) -> RunningChild:
        environment = self.room.environment | {"PYTHONPATH": str(ROOT)}
        self.notes.unlink(missing_ok=True)
        return RunningChild([*CHILD, str(self.evidence), str(rate), str(self.notes)], environment)

    def start(self, child: RunningChild, incident: str) -> None:
        keys = [str(self.key.to_public()), str(pyrage.x25519.Identity.generate().to_public())]
        child.say(json.dumps({"do": "start", "incident": incident, "recipients": keys}).encode())

    def recover(self, recording: str) -> None:
        """The next start closes what was cut off."""
        child, until = self.child(16000), time.monotonic() + 10
        while verify(self.evidence / recording) and time.monotonic() < until:
            time.sleep(0.05)
        child.end()

    def heard(self, recording: str) -> Iterator[Second]:
        unseal, came, heard = unseal_with(str(self.key)), self._came(), 0
        for path in segments(self.evidence / recording).values():
            samples, rate, said = decode(unseal(path.read_bytes()))
            begins = datetime.fromisoformat(json.loads(said)["utc"]).timestamp()
            heard += len(samples) // 2
            yield Second(begins, came(heard), path.stat().st_ctime, samples, rate)

    def blocks(self) -> list[tuple[float, int]]:
        """When each was handed over (UTC, s), and its samples."""
        return list(BLOCK.iter_unpack(self.notes.read_bytes()))

    def _came(self) -> Callable[[int], float]:
        """When so many samples were there."""
        blocks = self.blocks()
        counts = list(itertools.accumulate(samples for _, samples in blocks))
        return lambda samples: float(blocks[bisect.bisect_left(counts, samples)][0])


@contextmanager
def studio() -> Iterator[Studio]:
    with tempfile.TemporaryDirectory(prefix="hub-recording-") as folder:
        found = Studio(Path(folder))
        found.room.start()
        sine = ["pactl", "load-module", "module-sine", "sink=room", f"frequency={PITCH}"]
        subprocess.run(sine, env=found.room.environment, check=True, stdout=subprocess.DEVNULL)
        try:
            yield found
        finally:
            found.room.stop()


async def measure(progress: Progress) -> list[Row]:
    minutes = float(os.environ.get("HUB_RECORDING_MINUTES", 0))
    return await asyncio.to_thread(_long, progress, minutes) if minutes else await asyncio.to_thread(_short, progress)


def _short(progress: Progress) -> list[Row]:
    with studio() as room:
        rows = [row for rate in (16000, 48000) for row in _at(room, rate, SECONDS, progress)]
        return [*_started(room, progress), *rows, *_killed(room, progress)]


def _started(room: Studio, progress: Progress) -> list[Row]:
    """From the command; the source is awake, as that of a real device is."""
    child, came, heard = room.child(16000), [], []
    child.hear(lambda report: report.get("state") == "idle")
    for number in range(STARTS):
        progress.step(f"start {number + 1} of {STARTS}")
        at, name = time.time(), f"S{number:02d}"
        room.start(child, name)
        child.hear(recording(segments=1))
        child.stop()
        child.hear(lambda report: report.get("why") == "stopped")
        came.append(next(1000 * (block - at) for block, _ in room.blocks() if block > at))
        heard.append(1000 * (next(room.heard(f"{name}-1")).begins - at))
    child.end()
    return [
        Row("start → first sample heard", heard, "ms", 300, Judged.MAX),
        Row("start → first block handed over", came, "ms", 300, Judged.P95),
    ]


def _long(progress: Progress, minutes: float) -> list[Row]:
    with studio() as room:
        return _at(room, 48000, round(minutes * 60), progress)


def _at(room: Studio, rate: int, seconds: int, progress: Progress) -> list[Row]:
    child, name = room.child(rate), f"R{rate // 1000}"
    room.start(child, name)
    child.hear(recording(segments=2))
    process = psutil.Process(child.process.pid)
    before, began = sum(process.cpu_times()[:2]), time.monotonic()
    for second in range(seconds):
        progress.step(f"{rate} Hz: {second} of {seconds} s")
        time.sleep(1)
    spent = 100 * (sum(process.cpu_times()[:2]) - before) / (time.monotonic() - began)
    resident = process.memory_info().rss / MB
    child.stop()
    child.hear(lambda report: report.get("why") == "stopped")
    child.end()
    return _rows(room, f"{name}-1", rate, spent, resident)


def _rows(room: Studio, name: str, rate: int, spent: float, resident: float) -> list[Row]:
    heard = list(room.heard(name))
    late = [1000 * (one.durable - one.came) for one in heard[:-1]]
    said = events(room.evidence / name)
    frames = sum(len(one.samples) for one in heard) // 2
    kind = f"{rate // 1000} kHz"
    return [
        Row(f"{kind}: of one core", [spent], "%", 1.5),
        Row(f"{kind}: resident", [resident], "MB", 60),
        Row(f"{kind}: last sample → durable", late, "ms", 20, Judged.P50),
        Row(f"{kind}: the same", late, "ms", 300, Judged.P99),
        Row(f"{kind}: frames heard", [float(frames)], ""),
        Row(f"{kind}: frames expected and not heard", [float(_missing(said[-1]))], ""),
        Row(f"{kind}: gaps", [float(sum(event["what"] == "gap" for event in said))], "", 0),
        Row(f"{kind}: largest jump of the tone's phase", [_jump(heard, rate)], "turns", 0.001),
        Row(f"{kind}: flaws found by verify", [float(len(verify(room.evidence / name)))], "", 0),
    ]


def _missing(end: Mapping[str, object]) -> int:
    """By the clock that nobody sets; some are in the device's buffers still, or the two clocks do not run alike."""
    return int(str(end["frames_expected"])) - int(str(end["frames_got"]))


def _jump(heard: list[Second], rate: int) -> float:
    """From one tenth of a second to the next, the edges of the recording left out."""
    samples = np.frombuffer(b"".join(one.samples for one in heard), "<i2")
    size = rate // 10
    turn = np.exp(-2j * np.pi * PITCH * np.arange(size) / rate)
    steps = [np.vdot(turn.conj(), samples[at : at + size]) for at in range(size * 10, len(samples) - size, size)]
    phases = np.angle(np.array(steps)) / (2 * np.pi)
    jumps = np.abs(np.diff(phases))
    return float(np.max(np.minimum(jumps, 1 - jumps)))


def _killed(room: Studio, progress: Progress) -> list[Row]:
    moments, lost, flaws = random.Random(6), [], 0
    for number in range(KILLS):
        progress.step(f"kill {number + 1} of {KILLS}")
        child = room.child(16000)
        room.start(child, f"K{number:02d}")
        child.hear(recording(segments=1))
        time.sleep(moments.uniform(0.0, 3.0))
        child.process.kill()
        killed = time.time()
        child.end()
        lost.append(killed - list(room.heard(f"K{number:02d}-1"))[-1].ends)
        room.recover(f"K{number:02d}-1")
        flaws += len(verify(room.evidence / f"K{number:02d}-1"))
    return [
        Row("killed at a random moment: lost", lost, "s", 1.5, Judged.MAX),
        Row("the same: flaws after the next start", [float(flaws)], "", 0, count=KILLS),
    ]
