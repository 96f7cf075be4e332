"""Somebody outside hears the hub: that it starts, what fails, that it is ended, and its silence when it is killed."""

import asyncio
from collections.abc import AsyncIterator
from time import monotonic

import pytest

from tests.outsider import Outsider
from tests.scenarios.world import DOUBLE, World

HASTE = 100.0  # a minute is 0.6 s


@pytest.fixture
async def outsider(outside: World) -> AsyncIterator[Outsider]:
    async with Outsider() as outsider:
        with outside.config.open("a") as configuration:
            configuration.write(f'[heartbeat]\nurl = "{outsider.url}/"\n')
        yield outsider


async def begin(world: World, **environment: str) -> None:
    await world.start(HUB_HASTE=f"{HASTE:g}", **environment)
    await world.settle_in()


async def test_a_hub_that_is_killed_falls_silent_and_starts_anew_and_one_that_is_stopped_says_so(
    outside: World, outsider: Outsider
):
    await begin(outside)
    await outside.until(lambda: outsider.words().count("") >= 2)
    assert outsider.words()[0] == "/start"
    outside.kill()
    heard = len(outsider.heard)
    await asyncio.sleep(3 * 60 / HASTE)  # so long it takes until somebody outside is told of the silence
    assert len(outsider.heard) == heard
    await outside.start(HUB_HASTE=f"{HASTE:g}")
    await outside.until(lambda: "/start" in outsider.words()[heard:])
    await outside.stop()
    assert outsider.words()[-1] == "/log"


async def test_a_fault_is_heard_outside_by_its_neutral_name(outside: World, outsider: Outsider):
    await begin(outside, HUB_BROKEN_PIN="1")
    await outside.until(lambda: any("sortie du relais" in body for word, body in outsider.heard if word == "/fail"))
    assert (await outside.ask("status"))["heartbeat"]["ok"]


async def test_an_outside_that_hangs_holds_no_alert_up(outside: World, outsider: Outsider):
    outsider.delay = 60.0
    await begin(outside)
    await outside.until(lambda: outsider.heard)
    began = monotonic()
    await outside.click(DOUBLE)
    await outside.until(outside.all_told)
    assert monotonic() - began < 10


async def test_a_hub_that_loses_the_internet_says_so_and_an_alert_goes_out_by_whatever_answers(
    outside: World, outsider: Outsider
):
    """What the internet is tried with is gone; the provider is not."""
    written = outside.config.read_text()
    outside.config.write_text(written.replace('probe_url = ""', f'probe_url = "{outsider.url}"'))
    await begin(outside)
    await outside.until(lambda: outsider.heard)
    await outsider.go_away()
    await outside.until(lambda: _failing(outside, "internet"))
    await outside.click(DOUBLE)
    await outside.until(outside.all_told)
    await outsider.come_back()
    await outside.until(lambda: _sound(outside, "internet"))


async def _failing(world: World, code: str) -> bool:
    return code in await world.fault_codes()


async def _sound(world: World, code: str) -> bool:
    return code not in await world.fault_codes()
