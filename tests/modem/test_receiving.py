"""SMS that come to the hub's own SIM: each is heard, once, and none stays in the way of the next."""

import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from hub.ports import How

from .conftest import ANNA, BEN, CARL, QUICK, Furnish, Home
from .fakemodem import HOME, SEARCHING, FakeModem

LONG = "J'y vais, je suis à dix minutes. " * 12


async def test_an_answer_is_heard_and_deleted(home: Home) -> None:
    home.fake.receive(ANNA, "OK K7Q2M")
    assert await home.heard_texts(1) == ["OK K7Q2M"]
    (answer,) = home.heard
    assert (answer.sender, answer.how) == (ANNA, How.SMS)
    assert ANNA not in repr(answer)
    await home.until(lambda: not home.fake.stored)


async def test_an_answer_in_several_parts_is_heard_as_a_whole(home: Home) -> None:
    home.fake.receive(ANNA, LONG)
    home.fake.receive(BEN, "Έρχομαι ✓")
    assert await home.heard_texts(2) == [LONG, "Έρχομαι ✓"]


async def test_what_came_while_the_hub_was_off_is_heard_when_it_starts(furnish: Furnish) -> None:
    fake = FakeModem()
    fake.store(ANNA, "OK")
    home = await furnish(fake)
    assert await home.heard_texts(1) == ["OK"]


async def test_three_answers_at_the_same_instant_are_all_heard(home: Home) -> None:
    home.fake.gap = 0.0
    for number, text in ((ANNA, "one"), (BEN, "two"), (CARL, "three")):
        home.fake.receive(number, text)
    assert sorted(await home.heard_texts(3)) == ["one", "three", "two"]


async def test_parts_that_come_at_the_same_instant_are_put_together(home: Home) -> None:
    home.fake.gap = 0.0
    home.fake.receive(ANNA, LONG)
    assert await home.heard_texts(1) == [LONG]


async def test_an_answer_that_cannot_be_deleted_is_heard_once_and_deleted_later(home: Home) -> None:
    home.fake.keeps = True
    home.fake.receive(ANNA, "OK")
    home.fake.receive(ANNA, "OK again")
    assert await home.heard_texts(2) == ["OK", "OK again"]
    home.fake.keeps = False
    await home.until(lambda: not home.fake.stored)
    assert len({one.source for one in home.heard}) == 2 <= len(home.heard)


async def test_more_answers_than_the_sim_can_hold_are_all_heard(furnish: Furnish) -> None:
    home = await furnish(FakeModem(capacity=2))
    await home.ready()
    home.fake.gap = 0.2
    for number in range(5):
        home.fake.receive(ANNA, f"answer {number}")
    assert sorted(await home.heard_texts(5)) == [f"answer {number}" for number in range(5)]
    await home.until(lambda: not home.fake.stored)


@pytest.mark.parametrize("hours", [-2, 2])
async def test_an_operator_whose_clock_is_wrong_does_not_change_when_an_answer_came(
    furnish: Furnish, hours: int
) -> None:
    home = await furnish(pace=replace(QUICK, late=0.0))
    await home.ready()
    home.fake.ahead = timedelta(hours=hours)
    before = datetime.now(UTC)
    home.fake.receive(ANNA, "OK")
    await home.heard_texts(1)
    (answer,) = home.heard
    assert before <= answer.at <= datetime.now(UTC)
    assert not answer.waited


async def test_what_was_in_the_sim_when_the_modem_appeared_may_have_waited(furnish: Furnish) -> None:
    fake = FakeModem()
    fake.store(ANNA, "OK")
    home = await furnish(fake)
    await home.heard_texts(1)
    assert home.heard[0].waited


async def known(home: Home, late: float) -> None:
    """It was in the network for so long that what comes in now has not waited."""
    await home.ready()
    began = time.monotonic()
    await home.until(lambda: time.monotonic() - began > late)


async def test_what_the_network_kept_while_the_modem_was_out_of_reach_may_have_waited(furnish: Furnish) -> None:
    home = await furnish(pace=replace(QUICK, late=5.0))
    await known(home, 5.0)
    home.fake.receive(ANNA, "OK")
    await home.heard_texts(1)
    home.fake.set_network(SEARCHING)
    await home.trouble("no_network")
    home.fake.receive(ANNA, "1")
    out = time.monotonic()
    await home.until(lambda: time.monotonic() - out > QUICK.look + QUICK.answer)
    home.fake.set_network(HOME)
    await home.heard_texts(2)
    assert [one.waited for one in home.heard] == [False, True]


async def test_what_comes_after_a_moment_out_of_reach_has_not_waited(furnish: Furnish) -> None:
    home = await furnish(pace=replace(QUICK, late=2.0, look=20.0))
    await known(home, 2.0)
    home.fake.set_network(SEARCHING)
    await home.trouble("no_network")
    home.fake.set_network(HOME)
    await home.ready()
    home.fake.receive(ANNA, "OK")
    await home.heard_texts(1)
    assert not home.heard[0].waited
