"""The courier: a process of its own, so that nothing it waits for can hold up an alert or a recording.

Commands are JSON lines on standard input, reports are JSON lines on standard output (`docs/recording.md`). It ends at
once when standard input closes: whatever was under way goes again.
"""

import contextlib
import json
import os
import select
import signal
import time
from collections.abc import Mapping
from pathlib import Path

from hub.config.sections import Evidence
from hub.evidence.background import step_back
from hub.evidence.errands import Lane, Offsite, Stamps
from hub.evidence.folder import stamp
from hub.evidence.reports import Reports
from hub.way import Way

TICK_SECONDS = 1.0
REPORT_SECONDS = 60.0  # when nothing changes
LINGER_SECONDS = 10.0  # after a recording: its end is still being written


def main(config: Evidence, folder: Path) -> int:
    """Carry for whoever holds standard input. Standard output is kept free of what libraries print."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    reports = Reports(os.dup(1))
    os.dup2(2, 1)
    step_back()
    Courier(config, folder, reports).run(0)
    os._exit(0)  # the interpreter would wait for threads that wait for an answer


class Courier:
    """Listens and reports; its lanes do the work."""

    def __init__(self, config: Evidence, folder: Path, reports: Reports) -> None:
        self._reports = reports
        self._way = Way()
        self._hurry_until = 0.0
        self._lanes: dict[str, Lane] = {}
        self._said: Mapping[str, object] = {}
        self._due = 0.0
        if config.offsite_url:
            from hub.evidence.bucket import Bucket

            self._lanes["offsite"] = Lane(Offsite(folder, Bucket(config, self._way)), self._hurried)
        if config.timestamp_url:
            from hub.evidence.timestamp import TimeStamper

            stamper = TimeStamper(config.timestamp_url, self._way, config.timestamp_ca)
            self._lanes["timestamps"] = Lane(Stamps(folder, stamper), self._hurried)

    def run(self, commands: int) -> None:
        """Until `commands` closes."""
        while True:
            if select.select([commands], [], [], TICK_SECONDS)[0]:
                data = os.read(commands, 65536)
                if not data:
                    return
                self._obey(data)
            if not all(lane.alive for lane in self._lanes.values()):
                raise RuntimeError("nobody carries any more")  # ends the process; the daemon starts it again
            self._report(time.monotonic())

    def _hurried(self) -> bool:
        return time.monotonic() < self._hurry_until

    def _obey(self, data: bytes) -> None:
        """Lines are shorter than PIPE_BUF and come whole."""
        for line in data.splitlines():
            with contextlib.suppress(ValueError):
                match json.loads(line):
                    case {"do": "hurry"}:
                        self._hurry_until = float("inf")
                    case {"do": "rest"}:
                        self._hurry_until = time.monotonic() + LINGER_SECONDS
                    case {"do": "way", "device": str() | None as device, "mobile": bool(mobile)}:
                        self._way.use(device or "", mobile=mobile)
        for lane in self._lanes.values():
            lane.wake()

    def _report(self, now: float) -> None:
        report = summary(self._lanes, now)
        if report != self._said or now >= self._due:
            self._reports.say(report)
            self._said, self._due = report, now + REPORT_SECONDS


def summary(lanes: Mapping[str, Lane], now: float) -> dict[str, object]:
    """For each lane: how much waits, for how many seconds, when something last got through; and what is wrong."""
    said: dict[str, object] = {
        name: {"waits": lane.waits, "seconds": lane.waited(now), "last": lane.last and stamp(lane.last)}
        for name, lane in lanes.items()
    }
    waits = any(lane.waits for lane in lanes.values())
    faults = {code: why for lane in lanes.values() for code, why in lane.faults(now).items()}
    return {"state": "waiting" if waits else "idle", **said, "faults": faults}
