"""10,000 presses of 37 buttons in one home: none lost, none heard twice, and nothing that grows in the hub.

Half of the buttons that advertise seal what they send. Between the presses there are beacons, presses sent more than
once, and changes of the signal strength, with which bleak delivers the last press again. The connected ones are
clicked like iTAGs, and the hub times their gestures. What the process that hears takes is compared from the end of a
warm-up on.
"""

import asyncio
import random
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from tests.bench.buttons_air import Air, air
from tests.bench.buttons_home import CLICKS, KINDS, Advertiser, Fob, advertisers, differences, fobs, presses
from tests.bench.buttons_listener import Listener, listener
from tests.bench.report import Judged, Progress, Row
from tests.buttons.fakebluez import FakeBluez

TITLE = "buttons: 10,000 presses of 32 advertising and 5 connected ones, about a minute"
PRESSES, CLICKED = 10_000, 600
WARM_UP = 2_000  # presses
AT_ONCE = 8  # buttons pressed in the same moment
RATE = 170  # presses of advertising buttons a second
ROUNDS = CLICKED // sum(CLICKS.values()) // 5
BETWEEN_CLICKS, BETWEEN_GESTURES = 0.1, 0.9  # s
MB = 10**6


@dataclass(slots=True)
class Usage:
    resident: list[int] = field(default_factory=list)
    descriptors: list[int] = field(default_factory=list)

    def look(self, hears: Listener) -> None:
        self.resident.append(hears.process.memory_info().rss)
        self.descriptors.append(hears.process.num_fds())

    def rows(self) -> list[Row]:
        first = self.resident[0]
        growth = [100 * (one - first) / first for one in self.resident]
        return [
            Row(f"resident, after {WARM_UP} presses", [first / MB], "MB"),
            Row("resident, growth from then on", growth, "%", 5, Judged.MAX),
            Row(
                "file descriptors: most less fewest", [max(self.descriptors) - min(self.descriptors)], "", 0, Judged.MAX
            ),
        ]


async def measure(progress: Progress) -> list[Row]:
    usage = Usage()
    many, few = advertisers(), fobs()
    everybody: list[Advertiser | Fob] = [*many, *few]
    async with air() as around, listener(around) as hears:
        await _connect(around, few)
        began = time.monotonic()
        async with asyncio.TaskGroup() as group:
            group.create_task(_press(around, many, progress, lambda: usage.look(hears)))
            for fob in few:
                group.create_task(_click(around, fob))
        took = time.monotonic() - began
        await hears.until(sum(len(one.meant) for one in everybody))
        await asyncio.sleep(BETWEEN_GESTURES)  # for one too many
        usage.look(hears)
    return [*_presses(everybody, hears, took), *usage.rows()]


def _presses(everybody: list[Advertiser | Fob], hears: Listener, took: float) -> list[Row]:
    made = sum(presses(one.meant) for one in everybody)
    assert made == PRESSES, f"{made} presses were made"
    found = [differences(one.meant, hears.of(one.device.address)) for one in everybody]
    lost, surplus = (sum(column) for column in zip(*found, strict=True))
    return [
        Row(f"{PRESSES} presses of {len(found)} buttons: lost", [lost], "", 0, Judged.MAX, made),
        Row(f"{PRESSES} presses of {len(found)} buttons: doubled", [surplus], "", 0, Judged.MAX, made),
        Row("presses a second", [made / took], "/s", count=made),
    ]


async def _connect(around: Air, few: list[Fob]) -> None:
    async with asyncio.timeout(20):
        while sum(fob.call(around.bluez) for fob in few) < len(few):
            await asyncio.sleep(0.1)


async def _press(around: Air, many: list[Advertiser], progress: Progress, look: Callable[[], None]) -> None:
    chance, began, made = random.Random(2), time.monotonic(), 0
    while made < PRESSES - CLICKED:
        for button in chance.sample(many, AT_ONCE):
            _live(button, around.bluez, chance)
        made += AT_ONCE
        await around.told()
        await asyncio.sleep(max(0.0, began + made / RATE - time.monotonic()))
        if made >= WARM_UP and made % (20 * AT_ONCE) == 0:
            look()
            progress.step(f"{made} of {PRESSES}")


def _live(button: Advertiser, bluez: FakeBluez, chance: random.Random) -> None:
    """One press, and what may surround it."""
    if chance.random() < 0.2:
        button.beacon(bluez)
    button.press(bluez, chance.choice(list(KINDS)))
    for also in (button.repeat, button.echo):
        if chance.random() < 0.3:
            also(bluez)


async def _click(around: Air, fob: Fob) -> None:
    for kind, clicks in list(CLICKS.items()) * ROUNDS:
        fob.meant.append((None, kind))
        for number in range(clicks):
            await asyncio.sleep(BETWEEN_CLICKS if number else BETWEEN_GESTURES)
            fob.click(around.bluez)
