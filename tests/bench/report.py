"""What was measured, against its limit, as a table that can be put into docs/performance.md as it is."""

import math
import os
import platform
import statistics
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path


class Judged(StrEnum):
    """Which number of a row the limit is for."""

    P50 = "p50"
    P95 = "p95"
    P99 = "p99"
    MAX = "max"


@dataclass(frozen=True, slots=True)
class Row:
    """`limit` None: told for information. `count`: how many measurements a single number was made of."""

    what: str
    samples: Sequence[float]
    unit: str
    limit: float | None = None
    judged: Judged = Judged.P95
    count: int = 0

    @property
    def ok(self) -> bool:
        return self.limit is None or self.number(self.judged) <= self.limit

    def number(self, which: Judged) -> float:
        ranked = sorted(self.samples)
        match which:
            case Judged.P50:
                return statistics.median(ranked)
            case Judged.P95:
                return ranked[math.ceil(0.95 * len(ranked)) - 1]
            case Judged.P99:
                return ranked[math.ceil(0.99 * len(ranked)) - 1]
            case Judged.MAX:
                return ranked[-1]

    def line(self) -> str:
        numbers = [_short(self.number(which)) for which in Judged]
        limit = "" if self.limit is None else f"{self.judged} ≤ {self.limit:g} {self.unit}".strip()
        verdict = "" if self.limit is None else "ok" if self.ok else "FAIL"
        cells = [self.what, str(self.count or len(self.samples)), *numbers, self.unit, limit, verdict]
        return f"| {' | '.join(cells)} |"


HEAD = "| figure | n | p50 | p95 | p99 | max | unit | limit | |\n|---|--:|--:|--:|--:|--:|---|---|---|"


class Progress:
    """What is running now, on standard error."""

    def __init__(self, figures: int) -> None:
        self._figures = figures
        self._begun = 0
        self._title = ""

    def begin(self, title: str) -> None:
        self._begun += 1
        self._title = f"[{self._begun}/{self._figures}] {title}"
        print(self._title, file=sys.stderr, flush=True)

    def step(self, what: str) -> None:
        """Over and over on the same line of a terminal; in a file only what began is told."""
        if sys.stderr.isatty():
            print(f"\r\x1b[K{self._title}: {what}", end="", file=sys.stderr, flush=True)

    def end(self, rows: Sequence[Row]) -> None:
        if sys.stderr.isatty():
            print("\r\x1b[K", end="", file=sys.stderr)
        for row in rows:
            print(row.line(), file=sys.stderr, flush=True)


def machine(folder: Path) -> str:
    """Where and when this was measured; `folder` is on the disk that was written to."""
    return (
        f"{_processor()}, {os.cpu_count()} cores; {_disk(folder)} disk; Python {platform.python_version()}; "
        f"{platform.system()} {platform.release()}; {datetime.now(UTC):%Y-%m-%d}"
    )


def _processor() -> str:
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith(("model name", "Model")):
            return line.partition(":")[2].strip()
    return platform.machine()


def _disk(folder: Path) -> str:
    """The type of the file system: the longest mount point that leads to the folder."""
    mounts = [line.split()[1:3] for line in Path("/proc/mounts").read_text().splitlines()]
    above = [(len(point), kind) for point, kind in mounts if folder.resolve().is_relative_to(point)]
    return max(above)[1]


def _short(number: float) -> str:
    """Three digits that count."""
    return f"{number:.{max(0, 2 - math.floor(math.log10(abs(number))))}f}" if number else "0"
