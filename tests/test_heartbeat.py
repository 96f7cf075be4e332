"""The heartbeat as somebody outside hears it: over a real connection, from a hub that holds nothing else up for it."""

import asyncio
import contextlib
import ssl
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from time import monotonic

import pytest
import trustme

from hub import heartbeat
from hub.core import Hub, clock
from hub.heartbeat import MISSES, Heartbeat
from hub.model import Button
from tests.hub_fixture import Ask
from tests.outsider import Outsider


@pytest.fixture
async def outsider() -> AsyncIterator[Outsider]:
    async with Outsider() as outsider:
        yield outsider


@pytest.fixture
def heart(hub: Hub, outsider: Outsider) -> Heartbeat:
    hub.household.home = replace(hub.household.home, language="en")
    hub.heartbeat = Heartbeat(outsider.url, hub.household, hub.faults, clock)
    return hub.heartbeat


async def until(holds: Callable[[], object]) -> None:
    async with asyncio.timeout(5):
        while not holds():
            await asyncio.sleep(0.005)


async def beats(heart: Heartbeat, times: int) -> list[bool]:
    return [await heart.beat() for _ in range(times)]


async def test_it_says_that_the_hub_lives_and_remembers_when_it_was_heard(heart: Heartbeat, outsider: Outsider):
    assert heart.last is None
    assert await heart.beat()
    assert outsider.heard == [("", "")]
    assert heart.last is not None


async def test_a_fault_is_said_once_and_then_that_the_hub_lives_so_that_silence_still_shows(
    heart: Heartbeat, hub: Hub, outsider: Outsider
):
    hub.faults.put("siren", "no pin")
    await beats(heart, 2)
    hub.faults.put("refused:sms:c1a2b", "21211")
    await heart.beat()
    hub.faults.restore("siren")
    hub.faults.restore("refused:sms:c1a2b")
    await heart.beat()
    refused = "recipient c1a2b, a number or an address cannot be reached"
    assert outsider.heard == [
        ("/fail", "relay output"),
        ("", "relay output"),
        ("/fail", f"{refused}\nrelay output"),
        ("", ""),
    ]


async def test_a_fault_that_was_not_heard_is_said_again(heart: Heartbeat, hub: Hub, outsider: Outsider):
    hub.faults.put("siren", "no pin")
    outsider.status = 500
    await heart.beat()
    outsider.status = 200
    await heart.beat()
    assert outsider.words() == ["/fail", "/fail"]


async def test_nothing_shows_who_lives_there_or_whether_she_is_at_home(
    heart: Heartbeat, hub: Hub, ask: Ask, outsider: Outsider
):
    await ask("home set", name="Marie", address="12 rue des Lilas, 29000 Quimper", language="en")
    hub.household.buttons["b1"] = Button("b1", "AA:BB:CC:DD:EE:01", "bag", worn=True)
    hub.faults.put("button_absent:b1", "away")
    hub.faults.put("microphone", "no device named Marie")
    await heart.beat()
    assert outsider.heard == [("/fail", "sound input")]
    for word in ("Marie", "Lilas", "Safety", "safety", "hub", "alarm"):
        assert word not in outsider.heads[0]


@pytest.mark.parametrize("status", [404, 500, 302])
async def test_what_is_not_taken_is_a_fault_after_some_misses_until_it_is(
    heart: Heartbeat, hub: Hub, outsider: Outsider, status: int
):
    outsider.status = status
    assert await beats(heart, MISSES - 1) == [False] * (MISSES - 1)
    assert "heartbeat" not in hub.faults
    await heart.beat()
    assert hub.faults.why("heartbeat") == f"HTTP {status}"
    outsider.status = 200
    await heart.beat()
    assert "heartbeat" not in hub.faults
    assert set(outsider.words()) == {""}, "its own silence is nothing to tell, and nobody sends it elsewhere"


async def test_misses_that_are_not_in_a_row_are_no_fault(heart: Heartbeat, hub: Hub, outsider: Outsider):
    for status in [500, 200] * MISSES:
        outsider.status = status
        await heart.beat()
        assert "heartbeat" not in hub.faults


async def test_an_outside_that_is_gone_is_a_fault_and_heard_of_again_when_it_is_back(
    heart: Heartbeat, hub: Hub, outsider: Outsider
):
    await heart.beat()
    await outsider.go_away()
    assert await beats(heart, MISSES) == [False] * MISSES
    assert "heartbeat" in hub.faults
    assert outsider.url not in hub.faults.why("heartbeat")
    await outsider.come_back()
    assert await heart.beat()


@pytest.mark.parametrize("known", [True, False])
async def test_whoever_has_no_certificate_that_is_known_is_told_nothing(hub: Hub, known: bool):
    authority, own = trustme.CA(), ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    authority.issue_cert("127.0.0.1").configure_cert(own)
    trust = ssl.create_default_context()
    authority.configure_trust(trust)
    async with Outsider(own) as outsider:
        heart = Heartbeat(outsider.url, hub.household, hub.faults, clock, trust if known else None)
        assert await heart.beat() is known
        assert len(outsider.heard) == known


async def test_one_that_is_slow_is_waited_for(heart: Heartbeat, outsider: Outsider):
    outsider.delay = 0.3
    assert await heart.beat()


async def test_one_that_hangs_is_given_up_and_not_asked_more_than_once_at_a_time(
    heart: Heartbeat, outsider: Outsider, monkeypatch
):
    monkeypatch.setattr(heartbeat, "GIVEN_UP", 0.2)
    outsider.delay = 1.5
    began = monotonic()
    assert await beats(heart, 4) == [False] * 4
    assert monotonic() - began < 1.5
    assert len(outsider.heard) == 1
    monkeypatch.setattr(heartbeat, "GIVEN_UP", 5.0)
    outsider.delay = 0.0
    assert await heart.beat()
    assert len(outsider.heard) == 2, "those that waited behind it are not sent"


async def running(heart: Heartbeat) -> "asyncio.Task[None]":
    task = asyncio.create_task(heart.run())
    await until(lambda: heart.last)
    return task


async def test_it_begins_with_a_start_and_an_end_on_purpose_is_noted(heart: Heartbeat, outsider: Outsider):
    task = await running(heart)
    task.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await task
    assert outsider.words() == ["/start", "", "/log"]


async def test_it_beats_on_whatever_becomes_of_a_ping(heart: Heartbeat, hub: Hub, outsider: Outsider, monkeypatch):
    monkeypatch.setattr(heartbeat, "EVERY", 0.05)
    monkeypatch.setattr(heartbeat, "AGAIN", 0.01)
    task = await running(heart)
    outsider.status = 503
    monkeypatch.setattr(heartbeat, "EVERY", 60.0)
    await until(lambda: "heartbeat" in hub.faults)
    outsider.status = 200
    await until(lambda: "heartbeat" not in hub.faults)
    task.cancel()


async def test_doctor_and_status_say_whether_anybody_outside_would_notice(ask: Ask, hub: Hub, outsider: Outsider):
    async def said() -> tuple[object, str, object]:
        (check,) = [check for check in (await ask("doctor", answer_in="en"))["checks"] if check["name"] == "heartbeat"]
        assert not check["blocking"]
        return check["ok"], str(check["sentence"]), (await ask("status"))["heartbeat"]["ok"]

    assert (await said())[::2] == (False, None)
    assert "Nobody outside notices" in (await said())[1]
    hub.heartbeat = Heartbeat(outsider.url, hub.household, hub.faults, clock)
    assert "try again in a minute" in (await said())[1]
    await hub.heartbeat.beat()
    assert (await said())[::2] == (True, True)
    assert (await ask("status"))["heartbeat"]["last"].endswith("Z")
    outsider.status = 500
    await beats(hub.heartbeat, MISSES)
    assert (await said())[::2] == (False, False)
