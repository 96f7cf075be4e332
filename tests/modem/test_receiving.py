"""SMS that come to the hub's own SIM: each is heard, once, and none stays in the way of the next."""

from hub.ports import How

from .conftest import ANNA, BEN, CARL, Furnish, Home
from .fakemodem import FakeModem

LONG = "J'y vais, je suis à dix minutes. " * 12


async def test_an_answer_is_heard_and_deleted(home: Home) -> None:
    home.fake.receive(ANNA, "OK K7Q2M")
    assert await home.heard_texts(1) == ["OK K7Q2M"]
    (answer,) = home.heard
    assert (answer.sender, answer.how, answer.at.tzinfo is not None) == (ANNA, How.SMS, True)
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
