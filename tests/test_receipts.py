"""What became of what was accepted: known, lost, or answered by a person."""

import asyncio
from dataclasses import replace

import pytest

from hub import receipts
from hub.answers import Said, Way
from hub.book import Book
from hub.core import Hub, clock
from hub.delivery import Delivery, Outcome, Step
from hub.errors import DeliveryError
from hub.incident import Incident, acknowledge
from hub.model import Moment
from hub.ports import Message, Progress, Receipt
from hub.receipts import Receipts, interval
from hub.response import Action, Level
from hub.store import history
from tests.hub_fixture import PATIENCE
from tests.test_dispatch import delivery

OPEN = Incident("K7Q2M", Level.RESCUE, opened=clock(), pressed=clock())
RINGS = Receipt(Progress.RINGING)
TALKS = Receipt(Progress.TALKING)


class Provider:
    """Says of everything what it is told to say of it."""

    path = "twilio"

    def __init__(self, says: Receipt | DeliveryError) -> None:
        self.says = says
        self.asked = 0
        self.withdrawn: list[str] = []

    async def send(self, _: Message) -> str:
        return "SM1"

    async def check(self) -> None:
        return None

    async def receipt(self, _: str) -> Receipt:
        self.asked += 1
        if isinstance(self.says, DeliveryError):
            raise self.says
        return self.says

    async def withdraw(self, id: str) -> None:
        self.withdrawn.append(id)
        self.says = Receipt(Progress.UNDELIVERED, "canceled")


class Office:
    """A book, a provider, and whoever asks it."""

    def __init__(self, hub: Hub, says: Receipt | DeliveryError) -> None:
        self.book, self.provider, self.faults = Book(hub.store), Provider(says), hub.faults
        self.heard: list[Said] = []
        self.wanted = True
        self.later = 0.0
        channels = dict.fromkeys(Action, self.provider)
        self.receipts = Receipts(channels, self.book, hub.faults, self.clock, self.heard.append, lambda _: self.wanted)

    def clock(self) -> Moment:
        now = clock()
        return Moment(now.mono + self.later, now.utc)

    def follow(self, channel: Action, current: Incident = OPEN) -> None:
        one = replace(delivery(channel=channel).step(Step.START).step(Step.ACCEPT, accepted_id="X1"))
        self.book.put(one)
        self.receipts.look(current)

    async def until(self, outcome: Outcome) -> Delivery:
        async with asyncio.timeout(5):
            while self.book.get("K7Q2M-1").outcome is not outcome:
                await asyncio.sleep(0.002)
        return self.book.get("K7Q2M-1")

    async def asked(self, times: int) -> None:
        wanted = self.provider.asked + times
        async with asyncio.timeout(5):
            while self.provider.asked < wanted:
                await asyncio.sleep(0.002)


@pytest.fixture
async def office(hub: Hub, monkeypatch):
    for name in ("OFTEN", "SOMETIMES", "RARELY"):
        monkeypatch.setattr(receipts, name, 0.01)
    await hub.store.put(OPEN)
    offices: list[Office] = []

    def open_office(says: Receipt | DeliveryError) -> Office:
        offices.append(Office(hub, says))
        return offices[-1]

    yield open_office
    for one in offices:
        await one.receipts.stop()


async def test_a_receipt_ends_the_asking_and_is_written_down(office, hub: Hub):
    here = office(Receipt(Progress.DELIVERED))
    here.follow(Action.SMS)
    await here.until(Outcome.DELIVERED)
    asked = here.provider.asked
    here.receipts.look(OPEN)
    await asyncio.sleep(0.05)
    assert here.provider.asked == asked
    told = await hub.store.read_latest(lambda connection: history.incident(connection, "K7Q2M"), PATIENCE)
    assert [(d["outcome"], d["attempts"][-1]["result"]) for d in told["deliveries"]] == [("delivered", "delivered")]


async def test_a_number_that_is_nobodys_is_a_fault_of_that_contact(office):
    here = office(Receipt(Progress.UNDELIVERED, "30005"))
    here.follow(Action.SMS)
    await here.until(Outcome.FAILED)
    assert here.faults.why("refused:sms:c1") == "30005"


async def test_a_telephone_that_is_off_is_no_fault(office):
    here = office(Receipt(Progress.UNDELIVERED, "30003"))
    here.follow(Action.SMS)
    await here.until(Outcome.FAILED)
    assert "refused:sms:c1" not in here.faults


async def test_a_text_without_a_receipt_for_too_long_is_unknown_and_may_still_come(office):
    here = office(Receipt(Progress.WAITING))
    here.follow(Action.SMS)
    await here.asked(2)
    assert here.book.get("K7Q2M-1").outcome is Outcome.ACCEPTED
    here.later = receipts.LOST_AFTER[Action.SMS] + 1
    await here.until(Outcome.UNKNOWN)
    here.provider.says = Receipt(Progress.DELIVERED)
    await here.until(Outcome.DELIVERED)


async def test_what_nobody_will_ever_know_is_not_asked_for_ever(office):
    here = office(Receipt(Progress.WAITING))
    here.follow(Action.SMS)
    here.later = receipts.GIVE_UP + 1
    await asyncio.sleep(0.05)
    asked = here.provider.asked
    here.receipts.look(OPEN)
    await asyncio.sleep(0.05)
    assert here.provider.asked == asked


async def test_a_provider_that_does_not_answer_says_nothing(office):
    here = office(DeliveryError("no answer in time", code="timeout"))
    here.follow(Action.SMS)
    await here.asked(3)
    assert here.book.get("K7Q2M-1").outcome is Outcome.ACCEPTED
    here.provider.says = Receipt(Progress.DELIVERED)
    await here.until(Outcome.DELIVERED)


async def test_an_email_has_no_receipt(office):
    here = office(Receipt(Progress.DELIVERED))
    here.follow(Action.EMAIL)
    await asyncio.sleep(0.05)
    assert here.provider.asked == 0


async def test_a_key_is_heard_while_the_person_still_listens(office):
    here = office(replace(TALKS, taken=True))
    here.follow(Action.CALL)
    await here.asked(2)
    assert here.heard[0] == Said("X1", "K7Q2M", "c1", Way.CALL, taken=True)
    assert here.book.get("K7Q2M-1").outcome is Outcome.ACCEPTED


async def test_the_answer_is_told_before_the_call_counts_as_over(office):
    here = office(Receipt(Progress.DELIVERED, taken=True, over="0417"))
    outcomes = []
    here.receipts._hear = lambda said: outcomes.append((said.over, here.book.get("K7Q2M-1").outcome))
    here.follow(Action.CALL)
    await here.until(Outcome.DELIVERED)
    assert outcomes == [("0417", Outcome.ACCEPTED)]


async def test_a_telephone_that_rings_for_nothing_is_quiet_at_once(office, monkeypatch):
    here = office(RINGS)
    here.follow(Action.CALL)
    await here.asked(1)
    monkeypatch.setattr(receipts, "OFTEN", 60.0)
    await here.asked(1)
    here.wanted = False
    here.receipts.look(acknowledge(OPEN, "c2", clock()))
    async with asyncio.timeout(1):
        while not here.provider.withdrawn:
            await asyncio.sleep(0.002)


async def test_whoever_is_listening_is_not_cut_off(office):
    here = office(TALKS)
    here.wanted = False
    here.follow(Action.CALL)
    await here.asked(3)
    assert here.provider.withdrawn == []


def test_it_is_asked_ever_less_often_but_not_while_somebody_talks():
    waits = [interval(age, Progress.WAITING) for age in (0, 19, 20, 59, 60, 600)]
    assert waits == [2, 2, 5, 5, 15, 15]
    assert interval(600, Progress.TALKING) == 5


async def test_a_call_accepted_long_ago_is_asked_for_after_a_restart(office):
    """Its key may have been pressed while nobody was there to hear it."""
    here = office(Receipt(Progress.DELIVERED, taken=True))
    here.later = receipts.GIVE_UP + 60
    here.book.put(delivery(channel=Action.CALL).step(Step.START).step(Step.ACCEPT, accepted_id="X1"))
    here.receipts.look(OPEN)
    await here.until(Outcome.DELIVERED)
    assert len(here.heard) == 1


async def test_a_call_that_was_going_on_when_the_provider_fell_silent_is_unknown_in_the_end(office):
    here = office(TALKS)
    here.follow(Action.CALL)
    await here.asked(2)
    here.provider.says = DeliveryError("no answer in time", code="timeout")
    await here.asked(2)
    here.later = receipts.LOST_AFTER[Action.CALL] + 1
    await here.until(Outcome.UNKNOWN)


async def test_a_call_that_never_ends_is_unknown_in_the_end(office):
    here = office(TALKS)
    here.follow(Action.CALL)
    await here.asked(2)
    here.later = receipts.GIVE_UP + 1
    await here.until(Outcome.UNKNOWN)
