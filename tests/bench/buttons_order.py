"""250 adverts back to back, as fast as the bus takes them: each one a press, all of them in order."""

import time

from tests.bench.buttons_air import Air, air
from tests.bench.buttons_home import Advertiser, advertisers, differences
from tests.bench.buttons_listener import Listener, listener
from tests.bench.report import Judged, Progress, Row

TITLE = "buttons: 250 adverts back to back, plain and sealed"
ADVERTS = 250
AT_ONCE = 50  # more than twice that would fill the bus's socket


async def measure(progress: Progress) -> list[Row]:
    plain, sealed = advertisers()[:2]
    async with air() as around, listener(around) as hears:
        return [
            row
            for name, button in (("plain", plain), ("sealed", sealed))
            for row in await _volley(around, hears, name, button)
        ]


async def _volley(around: Air, hears: Listener, name: str, button: Advertiser) -> list[Row]:
    before, began = len(hears.told), time.monotonic()
    for number in range(ADVERTS):
        button.press(around.bluez)
        if number % AT_ONCE == AT_ONCE - 1:
            await around.told()
    await hears.until(before + ADVERTS)
    lost, surplus = differences(button.meant, hears.of(button.device.address))
    told = hears.told[before:]
    return [
        Row(f"{ADVERTS} adverts, {name}: lost or out of order", [lost], "", 0, Judged.MAX, ADVERTS),
        Row(f"{ADVERTS} adverts, {name}: heard twice", [surplus], "", 0, Judged.MAX, ADVERTS),
        Row(f"{ADVERTS} adverts, {name}: first sent → last gesture", [(told[-1].at - began) * 1000], "ms"),
    ]
