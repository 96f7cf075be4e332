"""What no other way takes is told to technicians by the hub's own SIM, which an alert always has for itself."""

import asyncio

import pytest

from hub.core import Hub
from hub.ports import Message
from tests.box import DEAD, ROUND, TOM, UMA, Box


@pytest.fixture
def box(hub: Hub) -> Box:
    """It can send by its own SIM."""
    box = Box(hub)
    box.sim_works = True
    return box


async def test_what_no_other_way_takes_goes_by_the_sim_and_is_told_once_a_day(box: Box):
    box.sms.problem = box.mail.problem = DEAD
    box.faults.put("internet", "TimeoutError")
    for seconds in (59, 60, 120, 3600, ROUND):
        await box.at(seconds)
    texts = [message.text for message in box.sim.taken if message.to == UMA.phone]
    assert texts == [
        f"Box 7K2M. Out of order: internet connection (since {when})." for when in ("20:14", "23/11 20:14")
    ]
    assert [message.to for message in box.sim.taken] == [TOM.phone, UMA.phone] * 2


async def test_what_another_way_took_does_not_go_by_the_sim_as_well(box: Box):
    box.sms.problem = DEAD
    box.faults.put("twilio", "connection")
    await box.at(60)
    assert [message.to for message in box.mail.taken + box.sim.tried] == [TOM.email, UMA.phone]


async def test_what_is_minor_waits_for_the_mail_of_whoever_has_one(box: Box):
    box.mail.problem = DEAD
    box.faults.put("buttons_degraded", "active scan")
    await box.at(60)
    assert [message.to for message in box.sms.tried + box.sim.tried] == [UMA.phone]


async def test_a_sim_that_fails_too_is_tried_each_minute(box: Box):
    box.sim.problem = box.sms.problem = box.mail.problem = DEAD
    box.faults.put("internet", "TimeoutError")
    for seconds in (60, 70, 120):
        await box.at(seconds)
    assert [message.to for message in box.sim.tried] == [TOM.phone, UMA.phone] * 2
    assert next(iter(box.faults)).told is None


async def test_an_alert_does_not_wait_for_a_text_that_is_leaving_by_the_sim(box: Box, monkeypatch: pytest.MonkeyPatch):
    """A modem sends one SMS after the other."""
    begun, let_go = asyncio.Event(), asyncio.Event()

    async def slow(_: Message) -> str:
        begun.set()
        try:
            await asyncio.Event().wait()
        finally:
            let_go.set()
        return ""

    monkeypatch.setattr(box.sim, "send", slow)
    box.sms.problem = box.mail.problem = DEAD
    box.faults.put("internet", "TimeoutError")
    telling = asyncio.create_task(box.at(60))
    async with asyncio.timeout(10):
        await begun.wait()
        box.busy = True
        await let_go.wait()
        await telling
    assert next(iter(box.faults)).told is None
