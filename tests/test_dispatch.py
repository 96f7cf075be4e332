"""Each delivery on its own: tried on its schedule, with any channel, until it ends."""

import asyncio
from collections.abc import Callable
from dataclasses import replace

import pytest

from hub import retry
from hub.book import Book
from hub.core import Hub, clock
from hub.delivery import Delivery, Outcome
from hub.dispatch import Dispatcher, _stretch
from hub.errors import ENGAGED, DeliveryError
from hub.incident import Incident
from hub.messages import Purpose
from hub.ports import Message
from hub.response import Action, Level
from hub.way import going_aside

Answer = Callable[[Message], str]


class Line:
    """A channel that does what it is told: a small world, not a mock."""

    path = "twilio"

    def __init__(self, answer: Answer) -> None:
        self.answer = answer
        self.sent: list[Message] = []

    async def send(self, message: Message) -> str:
        self.sent.append(message)
        return self.answer(message)

    async def check(self) -> None:
        self.answer(Message("", "", "fr", "", ""))

    async def receipt(self, id: str) -> None:
        """It knows nothing more."""

    async def withdraw(self, id: str) -> None:
        """It holds nothing back."""


def delivery(**changes: object) -> Delivery:
    now = clock()
    made = Delivery(
        "K7Q2M-1", "K7Q2M", "c1", Action.SMS, Purpose.ALERT, "+33639980001", "fr", "", "text", now, now.mono
    )
    return replace(made, **changes)


def refusing(problem: BaseException) -> Answer:
    def answer(_: Message) -> str:
        raise problem

    return answer


class Office:
    """A dispatcher, its book and one line."""

    def __init__(self, hub: Hub, answer: Answer, **more: object) -> None:
        self.book, self.line, self.faults = Book(hub.store), Line(answer), hub.faults
        self.dispatcher = Dispatcher({Action.SMS: self.line}, self.book, hub.faults, clock, **more)

    def send(self, *deliveries: Delivery) -> None:
        self.book.enter(deliveries)
        self.dispatcher.start(deliveries)

    async def until(self, id: str, *outcomes: Outcome) -> Delivery:
        async with asyncio.timeout(5):
            while self.book.get(id).outcome not in outcomes:
                await asyncio.sleep(0.002)
        return self.book.get(id)

    async def until_tried(self, times: int) -> None:
        async with asyncio.timeout(5):
            while len(self.line.sent) < times:
                await asyncio.sleep(0.002)


@pytest.fixture
async def office(hub: Hub):
    await hub.store.put(Incident("K7Q2M", Level.RESCUE, opened=clock(), pressed=clock()))
    offices: list[Office] = []

    def open_office(answer: Answer = lambda _: "SM1", **more: object) -> Office:
        offices.append(Office(hub, answer, **more))
        return offices[-1]

    yield open_office
    for one in offices:
        await one.dispatcher.stop()


async def test_what_the_next_hop_took_is_accepted_under_its_own_name_for_it(office):
    desk = office()
    desk.send(delivery())
    assert (await desk.until("K7Q2M-1", Outcome.ACCEPTED)).accepted_id == "SM1"


async def test_a_temporary_failure_is_tried_again_and_is_a_fault_until_it_works(office):
    desk = office(refusing(DeliveryError("HTTP 503", code="503")))
    desk.send(delivery())
    await desk.until_tried(1)
    await desk.until("K7Q2M-1", Outcome.QUEUED)
    assert desk.faults.why("twilio") == "503"
    desk.line.answer = lambda _: "SM2"
    await desk.until("K7Q2M-1", Outcome.ACCEPTED)
    assert "twilio" not in desk.faults
    assert len(desk.line.sent) == 2


async def test_a_permanent_refusal_is_tried_once_and_names_the_contact(office):
    desk = office(refusing(DeliveryError("HTTP 400", code="21211", permanent=True)))
    desk.send(delivery())
    await desk.until("K7Q2M-1", Outcome.FAILED)
    assert len(desk.line.sent) == 1
    assert "refused:sms:c1" in desk.faults
    assert "twilio" not in desk.faults


async def test_a_channel_that_is_not_configured_is_no_fault_of_the_contact(office):
    desk = office()
    desk.send(delivery(channel=Action.EMAIL))
    await desk.until("K7Q2M-1", Outcome.FAILED)
    assert not list(desk.faults)


async def test_a_channel_that_breaks_is_tried_again_and_its_words_are_not_logged(office, caplog):
    desk = office(refusing(ZeroDivisionError("+33639980001")))
    desk.send(delivery())
    await desk.until_tried(1)
    await desk.until("K7Q2M-1", Outcome.QUEUED)
    assert "ZeroDivisionError" in caplog.text
    assert "3639980001" not in caplog.text


async def test_what_is_not_wanted_any_more_is_not_sent(office):
    desk = office(wanted=lambda _: False)
    desk.send(delivery())
    await desk.until("K7Q2M-1", Outcome.FAILED)
    assert desk.line.sent == []


async def test_a_newer_text_takes_the_place_of_one_that_waits_and_goes_at_once(office):
    desk = office()
    waiting = delivery(due=clock().mono + 60)
    desk.send(waiting)
    await asyncio.sleep(0)
    desk.book.enter([replace(waiting, text="newer", due=clock().mono)])
    await desk.until("K7Q2M-1", Outcome.ACCEPTED)
    assert [message.text for message in desk.line.sent] == ["newer"]


async def test_one_that_hangs_holds_up_no_other(office, monkeypatch):
    desk = office()
    hangs = asyncio.Event()

    async def send(message: Message) -> str:
        if message.id.endswith("1"):
            await hangs.wait()
        return "SM3"

    monkeypatch.setattr(desk.line, "send", send)
    desk.send(delivery(), delivery(id="K7Q2M-2"))
    await desk.until("K7Q2M-2", Outcome.ACCEPTED)
    assert desk.book.get("K7Q2M-1").outcome is Outcome.SENDING


async def test_an_attempt_is_given_up_from_outside(office, monkeypatch):
    monkeypatch.setattr(retry, "TIME_OUT", 0.05)
    desk = office()
    monkeypatch.setattr(desk.line, "send", lambda _: asyncio.Event().wait())
    desk.send(delivery())
    await desk.until("K7Q2M-1", Outcome.SENDING)
    await desk.until("K7Q2M-1", Outcome.QUEUED)
    assert desk.faults.why("twilio") == "timeout"


async def test_an_error_of_ours_is_not_swallowed(office, monkeypatch):
    broken: list[BaseException] = []
    desk = office(broke=broken.append)
    monkeypatch.setattr(desk.book, "put", refusing(KeyError("x")))
    desk.send(delivery())
    async with asyncio.timeout(2):
        while not broken:
            await asyncio.sleep(0.002)
    assert isinstance(broken[0], KeyError)


def test_each_delivery_keeps_its_own_pace_so_that_no_planned_time_comes_twice():
    assert _stretch("K7Q2M-1") == _stretch("K7Q2M-1") != _stretch("K7Q2M-2")
    assert all(0.9 <= _stretch(f"K7Q2M-{n}") <= 1.1 for n in range(100))
    stretch, now, tries = _stretch("K7Q2M-1"), 0.0, 0
    while (planned := retry.next_attempt(0.0, now, stretch)) is not None:
        now, tries = planned, tries + 1
    assert 295 <= tries <= len(retry.OFFSETS)


async def test_a_further_try_says_that_an_earlier_one_may_have_been_accepted(office, monkeypatch):
    monkeypatch.setattr(retry, "OFFSETS", tuple(n / 10 for n in range(100)))
    answers = iter([DeliveryError("no answer in time", code="timeout")])

    def answer(_: Message) -> str:
        for problem in answers:
            raise problem
        return "SM1"

    here = office(answer)
    here.send(delivery(machine="see the SMS", brief="third floor"))
    await here.until("K7Q2M-1", Outcome.ACCEPTED)
    assert [message.again for message in here.line.sent] == [False, True]
    assert (here.line.sent[0].machine, here.line.sent[0].brief) == ("see the SMS", "third floor")


async def test_a_person_who_is_on_the_telephone_with_us_is_no_fault(office):
    here = office(refusing(DeliveryError("talking", code=ENGAGED)))
    here.send(delivery())
    await here.until_tried(1)
    await here.until("K7Q2M-1", Outcome.QUEUED)
    assert list(here.faults) == []


def waiting(**changes: object) -> Delivery:
    """For a minute yet."""
    return delivery(begun=replace(clock(), mono=clock().mono - 3600.0), due=clock().mono + 60.0, **changes)


async def test_a_new_way_out_hastens_what_waits_once_and_never_in_a_storm(office):
    desk = office(refusing(DeliveryError("HTTP 503", code="503")))
    desk.send(waiting(tries=1), waiting(id="K7Q2M-2", contact="c2", tries=1))
    desk.dispatcher.hasten()
    await desk.until_tried(2)
    for id in ("K7Q2M-1", "K7Q2M-2"):
        await desk.until(id, Outcome.QUEUED)
    assert all(d.due > clock().mono for d in desk.book.queued()), "then the schedule goes on"
    before = desk.book.queued()
    desk.dispatcher.hasten()  # it comes and goes
    assert desk.book.queued() == before


@pytest.mark.parametrize("code", ["timeout", "connection"])
async def test_each_second_try_of_what_meets_nobody_goes_aside_and_of_nothing_else(office, code):
    went: dict[str, list[bool]] = {"K7Q2M-1": [], "K7Q2M-2": []}

    def answer(message: Message) -> str:
        went[message.id].append(going_aside.get())
        raise DeliveryError("in vain", code=code if message.id == "K7Q2M-1" else "503")

    desk = office(answer)
    desk.send(replace(waiting(), due=0.0), replace(waiting(id="K7Q2M-2", contact="c2"), due=0.0))
    for tries in (2, 4, 6, 8):
        await desk.until_tried(tries)
        for id in went:
            again = await desk.until(id, Outcome.QUEUED)
            desk.book.put(replace(again, due=0.0 if tries < 8 else again.due))
    assert went == {"K7Q2M-1": [False, True, False, True], "K7Q2M-2": [False] * 4}


async def test_what_hung_on_the_old_way_goes_by_the_new_one_as_soon_as_it_fails(office, monkeypatch):
    """Late in its schedule the next try would be minutes away."""
    desk = office()
    first = asyncio.Event()

    async def send(message: Message) -> str:
        desk.line.sent.append(message)
        if first.is_set():
            return "SM2"
        first.set()
        return await asyncio.Future()

    monkeypatch.setattr(retry, "TIME_OUT", 0.2)
    desk.line.send = send
    desk.send(replace(waiting(), due=0.0))
    await first.wait()
    desk.dispatcher.hasten()
    await desk.until("K7Q2M-1", Outcome.ACCEPTED)


async def test_what_goes_by_the_hubs_own_sim_or_was_never_tried_waits_for_its_own_time(office):
    desk = office()
    late = [waiting(path="modem", tries=1), waiting(id="K7Q2M-3", contact="c3")]
    desk.send(*late, waiting(id="K7Q2M-2", contact="c2", tries=1))
    desk.dispatcher.hasten()
    await desk.until("K7Q2M-2", Outcome.ACCEPTED)
    assert desk.book.queued() == late


@pytest.mark.parametrize(("code", "faults"), [("cms-38", {"sim"}), ("silent", set()), ("modem_busy", set())])
async def test_only_what_the_network_refused_asks_for_a_look_at_the_contract_of_the_sim(office, code, faults):
    desk = office(refusing(DeliveryError("no", code=code)))
    desk.line.path = "modem"
    desk.send(delivery())
    await desk.until_tried(1)
    await desk.until("K7Q2M-1", Outcome.QUEUED)
    assert {fault.code for fault in desk.faults} == faults
