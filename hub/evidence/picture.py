"""A picture of a recording: how loud it was, when, and what is missing. SVG, one row for each minute."""

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
    """Up to a second of sound: the lowest and the highest sample of each point, -1…1, and how long it lasts."""

    begins: datetime
    seconds: float
    points: tuple[tuple[float, float], ...]

    @classmethod
    def of(cls, utc: str, samples: bytes, rate: int, width: int) -> "Stretch":
        values = np.frombuffer(samples, "<i2").astype(np.float32) / 32768.0
        parts = [part for part in np.array_split(values, width) if len(part)]
        points = tuple((float(part.min()), float(part.max())) for part in parts)
        return cls(datetime.fromisoformat(utc), len(values) / rate, points)


def picture(title: str, stretches: Sequence[Stretch], gaps: Iterable[Mapping[str, object]]) -> str:
    """Of the whole; `gaps`: the events, with `from`, `to` and `why`. Raises ValueError for a time that is none."""
    begins = stretches[0].begins
    missing = [_span(gap) for gap in gaps]
    ends = max([s.begins + timedelta(seconds=s.seconds) for s in stretches] + [end for _, end, _ in missing])
    rows = int((ends - begins).total_seconds() // A_MINUTE) + 1
    parts = [_rows(begins, rows), *(_wave(begins, one) for one in stretches)]
    parts += [_gap(begins, start, end, why) for start, end, why in missing]
    size = f'width="{LEFT + A_MINUTE * SECOND + MARGIN}" height="{rows * ROW + 2 * MARGIN}"'
    head = f'<svg xmlns="http://www.w3.org/2000/svg" {size} font-family="sans-serif" font-size="11">'
    name = f'<title>{escape(title)}</title><text x="4" y="18">{escape(title)}, UTC</text>'
    return "\n".join([head, '<rect width="100%" height="100%" fill="#fff"/>', name, *parts, "</svg>", ""])


def _place(begins: datetime, at: datetime) -> tuple[float, float]:
    """x and the middle of the row."""
    seconds = max(0.0, (at - begins).total_seconds())
    row, rest = divmod(seconds, A_MINUTE)
    return LEFT + rest * SECOND, MARGIN + row * ROW + ROW / 2


def _rows(begins: datetime, rows: int) -> str:
    lines = []
    for row in range(rows):
        at, y = begins + timedelta(seconds=row * A_MINUTE), MARGIN + row * ROW + ROW / 2
        lines.append(f'<text x="4" y="{y + 4}">{at:%H:%M:%S}</text>')
        lines.append(f'<path d="M{LEFT} {y}h{A_MINUTE * SECOND}" stroke="#ccc"/>')
    return "\n".join(lines)


def _wave(begins: datetime, stretch: Stretch) -> str:
    steps = []
    for number, (low, high) in enumerate(stretch.points):
        at = stretch.begins + timedelta(seconds=stretch.seconds * number / len(stretch.points))
        x, y = _place(begins, at)
        steps.append(f"M{x:.1f} {y - high * ROW / 2:.1f}V{y - low * ROW / 2 + 0.4:.1f}")
    return f'<path d="{"".join(steps)}" stroke="#236" stroke-width="0.8"/>'


def _gap(begins: datetime, start: datetime, end: datetime, why: str) -> str:
    """One red box in each row it reaches into."""
    boxes, at = [], max(start, begins)
    while at < end:
        x, y = _place(begins, at)
        upto = min((end - at).total_seconds(), (LEFT + A_MINUTE * SECOND - x) / SECOND)
        width = max(1.0, upto * SECOND)
        boxes.append(f'<rect x="{x:.1f}" y="{y - ROW / 2}" width="{width:.1f}" height="{ROW}" fill="#c003"/>')
        boxes.append(f'<text x="{x + 2:.1f}" y="{y - ROW / 2 + 11}" fill="#900">{escape(why)}</text>')
        at += timedelta(seconds=max(upto, 0.001))
    return "\n".join(boxes)


def _span(gap: Mapping[str, object]) -> tuple[datetime, datetime, str]:
    start, end = (datetime.fromisoformat(str(gap[key])) for key in ("from", "to"))
    return start, end, str(gap.get("why", ""))
