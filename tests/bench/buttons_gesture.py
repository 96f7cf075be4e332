"""From an advert to the gesture of a button that tells its gestures apart, beside a bare callback of bleak.

The process that hears has two scanners: one whose callback only notes the time, and the hub's. bleak calls both for
the same frame, the bare one first.
"""

import asyncio
import time

from tests.bench.buttons_air import Air, air
from tests.bench.buttons_home import KINDS, Advertiser, advertisers
from tests.bench.buttons_listener import Listener, listener
from tests.bench.report import Judged, Progress, Row

TITLE = "buttons: advert to gesture, 500 plain and 500 sealed, beside a bare callback"
FRAMES = 500
PAUSE = 0.015  # s
OVER = 5  # ms

Spans = list[tuple[float, float]]  # to the bare callback and to the gesture, milliseconds


async def measure(progress: Progress) -> list[Row]:
    buttons = dict(zip(("plain", "sealed"), advertisers()[:2], strict=True))
    spans: dict[str, Spans] = {name: [] for name in buttons}
    async with air() as around, listener(around) as hears:
        for number in range(FRAMES):
            progress.step(f"{number} of {FRAMES}")
            for name, button in buttons.items():
                spans[name].append(await _span(around, hears, button, number))
    return [row for name in buttons for row in _rows(name, spans[name])]


async def _span(around: Air, hears: Listener, button: Advertiser, number: int) -> tuple[float, float]:
    await asyncio.sleep(PAUSE)
    before, codes, sent = len(hears.told), list(KINDS), time.monotonic()
    button.press(around.bluez, codes[number % len(codes)])
    assert await hears.until(before + 1), "the press was not heard"
    told = hears.told[-1]
    assert (told.meant, told.button) == (button.meant[-1], button.device.address)
    assert told.at > told.bare_at > sent, "the bare callback was not called first"
    return (told.bare_at - sent) * 1000, (told.at - sent) * 1000


def _rows(name: str, spans: Spans) -> list[Row]:
    return [
        Row(f"advert, {name} → bare callback", [bare for bare, _ in spans], "ms"),
        Row(f"advert, {name} → gesture", [gesture for _, gesture in spans], "ms"),
        Row(f"the same over the bare callback, {name}", [g - bare for bare, g in spans], "ms", OVER, Judged.P99),
    ]
