"""Whether a press would still get out: each way to be dead stops the feeding."""

import asyncio
import threading
from collections.abc import Awaitable, Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from hub import chain
from hub.chain import HELD, LOOK, LOOPS
from hub.channels.twilio import TwilioAccount, TwilioLine
from hub.retry import TIME_OUT, time_out
from tests.chained import (
    ANSWERS,
    GROWN,
    HOUR,
    SOON,
    WAITS,
    House,
    Threads,
    Wire,
    broken,
    dead,
    deaf,
    live,
    never,
    refuse,
)  # fmt: skip


@pytest.mark.parametrize("name", LOOPS)
def test_a_loop_that_waits_for_ever_is_not_fed(name: str):
    async def story(house: House) -> None:
        await asyncio.sleep(GROWN)
        house.work[name] = never
        await house.starves(SOON + 1.0)

    live(story)


@pytest.mark.parametrize("name", LOOPS)
def test_a_loop_that_broke_once_and_then_waits_for_ever_is_not_fed_either(name: str):
    async def story(house: House) -> None:
        await asyncio.sleep(GROWN)
        house.work[name] = broken
        await asyncio.sleep(10.0)
        house.work[name] = never
        await house.starves(SOON + 2 * 60.0)

    live(story)


@pytest.mark.parametrize("answer", [never, refuse])
def test_a_delivery_whose_task_was_cancelled_is_not_fed(answer: Callable[[], Awaitable[None]]):
    async def story(house: House) -> None:
        await asyncio.sleep(GROWN)
        house.wire.answer = answer
        house.press()
        await asyncio.sleep(1.0)
        (task,) = house.dispatcher._tasks.values()
        task.cancel()
        await house.starves(SOON + TIME_OUT)

    live(story)


def test_a_delivery_that_nobody_began_is_not_fed():
    async def story(house: House) -> None:
        await asyncio.sleep(GROWN)
        house.press(started=False)
        await house.starves(SOON)

    live(story)


@pytest.mark.parametrize("path", ["twilio", "modem"])
def test_a_send_that_cannot_be_given_up_is_not_fed(path: str):
    async def story(house: House) -> None:
        await asyncio.sleep(GROWN)
        house.wire.answer = deaf
        house.press()
        await house.starves(SOON + time_out(path))

    live(story, Wire(path))


def test_threads_none_of_which_comes_back_are_not_fed():
    async def story(house: House) -> None:
        await asyncio.sleep(GROWN)
        house.threads.held = True
        await house.starves((HELD + 2) * LOOK)

    live(story)


def test_what_moves_again_is_fed_again():
    async def story(house: House) -> None:
        await asyncio.sleep(GROWN)
        late = house.press(started=False)
        await asyncio.sleep(HOUR)
        assert not house.fed[-1]
        house.dispatcher.start([late])
        await asyncio.sleep(2 * LOOK)
        assert house.fed[-1]

    live(story)


@settings(max_examples=15)
@given(st.lists(st.tuples(ANSWERS, WAITS), min_size=1, max_size=8), st.data())
def test_whichever_delivery_dies_the_hub_is_not_fed(events, data):
    async def story(house: House) -> None:
        await asyncio.sleep(GROWN)
        for answer, pause in events:
            house.wire.answer = answer
            house.press(wait=pause)
            await asyncio.sleep(pause / 2)
        if tasks := house.dispatcher._tasks:
            dying = data.draw(st.sampled_from(sorted(tasks)))
            tasks[dying].cancel()
            await asyncio.sleep(0)
            assume(house.book.get(dying).pending)  # else it had just come to its end
            due = house.book.get(dying).due - house.loop.time()
            await house.starves(SOON + max(due, 0.0) + TIME_OUT)

    live(story)


def test_threads_that_send_answer_unless_all_of_them_are_held():
    account = TwilioAccount("AC", "SK", "secret", "Hub", "+33939980001")
    release = threading.Event()
    with ThreadPoolExecutor(3) as sending, ThreadPoolExecutor(1) as polling, ExitStack() as end:
        end.callback(release.set)
        line = TwilioLine(account, sending, polling)
        sending.submit(release.wait)
        sending.submit(release.wait)
        line.proof().result(10)
        sending.submit(release.wait)
        asked = line.proof()
        with pytest.raises(TimeoutError):
            asked.result(0.2)
        release.set()
        asked.result(10)


def test_a_machine_that_gives_no_further_thread_is_asked_again():
    class Exhausted(Threads):
        def proof(self) -> "Future[None]":
            raise RuntimeError("can't start new thread")

    async def story(house: House) -> None:
        house.chain._sending = Exhausted()
        await asyncio.sleep(GROWN)
        assert not house.fed[-1]
        house.chain._sending = Threads()
        await asyncio.sleep(2 * LOOK)
        assert house.fed[-1]

    live(story)


def test_the_words_of_the_log_name_nobody(caplog):
    async def story(house: House) -> None:
        await asyncio.sleep(GROWN)
        dead(house)
        await asyncio.sleep(HOUR)

    live(story)
    told = "".join(record.message for record in caplog.records if record.name == chain.__name__)
    assert "delivery K7Q2M-0 queued 0" in told
    assert "pursuit" in told
    assert "+33639980001" not in told
