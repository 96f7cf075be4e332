"""A picture of a recording: how loud it was, when, and what is missing. SVG, one row for each minute."""

import bisect
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from html import escape

import numpy as np

LEFT, ROW, MARGIN = 90, 60, 30  # px
SECOND = 15  # px
A_MINUTE = 60


@dataclass(frozen=True, slots=True)
class Stretch:
    """Up to a second of sound: the lowest and the highest sample of each point, -1…1, and how long it lasts.

    `begins` is what the hub's clock said, `mono` (s) places it: that clock may be set in between.
    """

    begins: datetime
    mono: float
    seconds: float
    points: tuple[tuple[float, float], ...]

    @classmethod
    def of(cls, utc: str, mono: float, samples: bytes, rate: int, width: int) -> "Stretch":
        values = np.frombuffer(samples, "<i2").astype(np.float32) / 32768.0
        parts = [part for part in np.array_split(values, width) if len(part)]
        points = tuple((float(part.min()), float(part.max())) for part in parts)
        return cls(datetime.fromisoformat(utc), mono, len(values) / rate, points)


def picture(title: str, stretches: Sequence[Stretch], gaps: Iterable[Mapping[str, object]]) -> str:
    """Of the whole; `gaps`: the events, with `mono`, or `from` and `to`. Raises ValueError for a time that is none."""
    missing = [_span(gap, stretches[0]) for gap in gaps]
    begins = min([stretches[0].mono, *(start for start, _, _, inside in missing if inside)])
    ends = max([s.mono + s.seconds for s in stretches] + [end for _, end, _, _ in missing])
    rows = int((ends - begins) // A_MINUTE) + 1
    parts = [_rows(stretches, begins, rows), *(_wave(begins, one) for one in stretches)]
    parts += [_gap(start - begins, end - begins, why) for start, end, why, _ in missing]
    size = f'width="{LEFT + A_MINUTE * SECOND + MARGIN}" height="{rows * ROW + 2 * MARGIN}"'
    head = f'<svg xmlns="http://www.w3.org/2000/svg" {size} font-family="sans-serif" font-size="11">'
    name = f'<title>{escape(title)}</title><text x="4" y="18">{escape(title)}, UTC</text>'
    return "\n".join([head, '<rect width="100%" height="100%" fill="#fff"/>', name, *parts, "</svg>", ""])


def _place(seconds: float) -> tuple[float, float]:
    """x and the middle of the row, so many seconds after the begin."""
    row, rest = divmod(max(0.0, seconds), A_MINUTE)
    return LEFT + rest * SECOND, MARGIN + row * ROW + ROW / 2


def _rows(stretches: Sequence[Stretch], begins: float, rows: int) -> str:
    lines, monos = [], [stretch.mono for stretch in stretches]
    for row in range(rows):
        mono, y = begins + row * A_MINUTE, MARGIN + row * ROW + ROW / 2
        near = stretches[max(0, bisect.bisect_right(monos, mono) - 1)]
        at = near.begins + timedelta(seconds=mono - near.mono)
        lines.append(f'<text x="4" y="{y + 4}">{at:%H:%M:%S}</text>')
        lines.append(f'<path d="M{LEFT} {y}h{A_MINUTE * SECOND}" stroke="#ccc"/>')
    return "\n".join(lines)


def _wave(begins: float, stretch: Stretch) -> str:
    steps = []
    for number, (low, high) in enumerate(stretch.points):
        x, y = _place(stretch.mono - begins + stretch.seconds * number / len(stretch.points))
        steps.append(f"M{x:.1f} {y - high * ROW / 2:.1f}V{y - low * ROW / 2 + 0.4:.1f}")
    return f'<path d="{"".join(steps)}" stroke="#236" stroke-width="0.8"/>'


def _gap(start: float, end: float, why: str) -> str:
    """One red box in each row it reaches into."""
    boxes, at = [], max(start, 0.0)
    while at < end:
        x, y = _place(at)
        upto = min(end - at, (LEFT + A_MINUTE * SECOND - x) / SECOND)
        width = max(1.0, upto * SECOND)
        boxes.append(f'<rect x="{x:.1f}" y="{y - ROW / 2}" width="{width:.1f}" height="{ROW}" fill="#c003"/>')
        boxes.append(f'<text x="{x + 2:.1f}" y="{y - ROW / 2 + 11}" fill="#900">{escape(why)}</text>')
        at += max(upto, 0.001)
    return "\n".join(boxes)


def _span(gap: Mapping[str, object], first: Stretch) -> tuple[float, float, str, bool]:
    """When it began and ended, why, and whether it lies inside this recording: others know no time but UTC."""
    match gap.get("mono"):
        case [int() | float() as start, int() | float() as end] if math.isfinite(start + end):
            return start, end, str(gap.get("why", "")), True
    start, end = ((datetime.fromisoformat(str(gap[key])) - first.begins).total_seconds() for key in ("from", "to"))
    return first.mono + start, first.mono + end, str(gap.get("why", "")), False
