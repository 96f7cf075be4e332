"""No way to be idle, slow or refused stops the feeding, in an hour of it."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hub.chain import HELD, LOOK, LOOPS, YOUNG
from tests.chained import (
    ANSWERS,
    GROWN,
    HOUR,
    WAITS,
    House,
    Wire,
    after,
    broken,
    dead,
    hour,
    live,
    never,
    refuse,
)  # fmt: skip


def test_a_home_where_nothing_happens_is_fed():
    assert all(live(hour).fed)


@pytest.mark.parametrize("answer", [never, refuse, broken, lambda: after(7.9)])
def test_a_provider_that_does_not_answer_or_refuses_is_no_death(answer: Callable[[], Awaitable[None]]):
    async def story(house: House) -> None:
        house.wire.answer = answer
        for _ in range(30):
            house.press()
            await asyncio.sleep(HOUR / 30)

    assert all(live(story).fed)


@pytest.mark.parametrize("answer", [never, lambda: after(159.0)])
def test_a_modem_that_takes_its_time_is_no_death(answer: Callable[[], Awaitable[None]]):
    async def story(house: House) -> None:
        house.wire.answer = answer
        for _ in range(5):
            house.press(path="modem")
        await hour(house)

    assert all(live(story, Wire("modem")).fed)


def test_what_is_to_be_sent_later_only_waits():
    async def story(house: House) -> None:
        house.press(wait=1800.0)
        await hour(house)

    assert all(live(story).fed)


@pytest.mark.parametrize("name", LOOPS)
def test_a_loop_that_breaks_each_time_is_told_and_no_death(name: str):
    async def story(house: House) -> None:
        house.work[name] = broken
        await hour(house)
        assert f"service:{name}" in house.faults

    assert all(live(story).fed)


def test_threads_that_come_back_late_are_no_death():
    async def story(house: House) -> None:
        for _ in range(20):
            house.threads.held = True
            await asyncio.sleep((HELD - 2) * LOOK)
            house.threads.held = False
            if not house.threads.asked.done():
                house.threads.asked.set_result(None)
            await asyncio.sleep(2 * LOOK)

    assert all(live(story).fed)


@pytest.mark.parametrize("seconds", [1.0, 14.0, 600.0, 24 * HOUR])
def test_a_process_that_stood_still_is_no_death(seconds: float):
    async def story(house: House) -> None:
        house.wire.answer = never
        house.press(path="modem")
        house.press()
        for _ in range(20):
            house.loop.ahead += seconds
            await asyncio.sleep(HOUR / 20)

    assert all(live(story).fed)


def test_a_stuck_disk_is_fed_whatever_else_is_dead():
    async def story(house: House) -> None:
        await asyncio.sleep(GROWN)
        house.disk.stuck = True
        dead(house)
        await hour(house)
        assert all(house.fed)
        house.disk.stuck = False
        await asyncio.sleep(2 * LOOK)
        assert not house.fed[-1]

    live(story)


def test_a_start_that_did_not_help_is_not_tried_again_at_once():
    async def story(house: House) -> None:
        dead(house)
        await asyncio.sleep(YOUNG * LOOK - 1.0)
        assert all(house.fed)
        await asyncio.sleep(2 * LOOK)
        assert not house.fed[-1]

    live(story)


@settings(max_examples=20)
@given(st.lists(st.tuples(ANSWERS, st.booleans(), WAITS, WAITS, st.floats(0.0, 30.0)), max_size=8))
def test_whatever_the_world_does_a_hub_that_works_is_fed(events):
    async def story(house: House) -> None:
        for answer, stuck, pause, wait, stands in events:
            house.wire.answer, house.disk.stuck = answer, stuck
            house.press(wait=wait)
            await asyncio.sleep(pause)
            house.loop.ahead += stands
        await asyncio.sleep(GROWN)

    assert all(live(story).fed)
