"""Calls through Twilio's real client, to telephones that answer, ignore, are engaged or out of reach."""

from dataclasses import replace

import pytest
from twilio.base.exceptions import TwilioRestException

from hardware.simulated.network import QUICK, CallError, CallState, TelephoneNetwork

from .conftest import ANNA, BEN, HUB, Ask, asker, call

PATIENT = replace(QUICK, ring=30.0, talk=30.0)


async def test_a_telephone_that_answers_hears_the_text(network: TelephoneNetwork, ask: Ask) -> None:
    started = await ask(call(say="Léa needs help"))
    assert started.status == "queued"
    made = network.phones.calling.accepted[started.sid]
    await network.until(lambda: made.over)
    assert (made.text, made.language, network.phones[ANNA].calls) == ("Léa needs help", "en-GB", [made])
    fetched = await ask(lambda client: client.calls(started.sid).fetch())
    assert (fetched.status, fetched.duration) == ("completed", "0")


@pytest.mark.parametrize(("behaviour", "end"), [("ignores", "no-answer"), ("out_of_reach", "failed")])
async def test_a_call_that_reaches_nobody_says_so(
    network: TelephoneNetwork, ask: Ask, behaviour: str, end: str
) -> None:
    network.phones.behave(ANNA, behaviour)
    started = await ask(call())
    await network.until(lambda: network.phones.calling.accepted[started.sid].over)
    assert (await ask(lambda client: client.calls(started.sid).fetch())).status == end


async def test_a_telephone_on_a_call_is_engaged() -> None:
    async with TelephoneNetwork(timing=PATIENT) as network:
        await asker(network)(call())
        await network.until(lambda: network.phones[ANNA].calls)
        second = await asker(network)(call())
        await network.until(lambda: network.phones.calling.accepted[second.sid].over)
        assert network.phones.calling.accepted[second.sid].state is CallState.BUSY


async def test_a_person_picks_up_presses_a_key_and_hangs_up() -> None:
    async with TelephoneNetwork(timing=PATIENT) as network:
        network.phones.behave(ANNA, "by_hand")
        sid = (await asker(network)(call())).sid
        await network.until(lambda: network.phones[ANNA].calls)
        network.phones.pick_up(sid)
        network.phones.key(sid, "1")
        network.phones.hang_up(sid)
        made = network.phones.calling.accepted[sid]
        assert (made.state, made.keys) == ("completed", "1")
        for ask_too_late in (network.phones.pick_up, network.phones.hang_up):
            with pytest.raises(CallError, match="completed"):
                ask_too_late(sid)


async def test_a_call_turned_away_is_busy() -> None:
    async with TelephoneNetwork(timing=PATIENT) as network:
        network.phones.behave(ANNA, "by_hand")
        sid = (await asker(network)(call())).sid
        await network.until(lambda: network.phones[ANNA].calls)
        network.phones.hang_up(sid)
        assert network.phones.calling.accepted[sid].state == "busy"


async def test_a_call_nobody_takes_by_hand_rings_out() -> None:
    async with TelephoneNetwork(timing=replace(QUICK, hand=0.1)) as network:
        network.phones.behave(ANNA, "by_hand")
        sid = (await asker(network)(call())).sid
        await network.until(lambda: network.phones.calling.accepted[sid].state == "no-answer")


async def test_the_caller_may_limit_the_ringing() -> None:
    async with TelephoneNetwork(timing=PATIENT) as network:
        network.phones.behave(ANNA, "ignores")
        sid = (await asker(network)(call(timeout=1))).sid
        await network.until(lambda: network.phones.calling.accepted[sid].state == "no-answer")


@pytest.mark.parametrize(("behaviour", "end"), [("answers", "completed"), ("by_hand", "canceled")])
async def test_the_caller_may_end_a_call(behaviour: str, end: str) -> None:
    async with TelephoneNetwork(timing=PATIENT) as network:
        network.phones.behave(ANNA, behaviour)
        sid = (await asker(network)(call())).sid
        wanted = "in-progress" if behaviour == "answers" else "ringing"
        await network.until(lambda: network.phones.calling.accepted[sid].state == wanted)
        ended = await asker(network)(lambda client: client.calls(sid).update(status="completed"))
        assert ended.status == end


@pytest.mark.parametrize(
    ("behaviour", "detection", "answered_by"),
    [
        ("answers", {}, None),
        ("answering_machine", {}, None),
        ("answers", {"machine_detection": "Enable"}, "human"),
        ("answering_machine", {"machine_detection": "Enable"}, "machine_start"),
        ("answering_machine", {"machine_detection": "DetectMessageEnd"}, "machine_end_beep"),
    ],
)
async def test_the_caller_may_ask_whether_a_machine_picked_up(
    network: TelephoneNetwork, ask: Ask, behaviour: str, detection: dict[str, str], answered_by: str | None
) -> None:
    network.phones.behave(ANNA, behaviour)
    started = await ask(call(**detection))
    await network.until(lambda: network.phones.calling.accepted[started.sid].over)
    ended = await ask(lambda client: client.calls(started.sid).fetch())
    assert (ended.status, ended.answered_by) == ("completed", answered_by)


async def test_a_machine_picks_up_later_than_the_caller_may_wait() -> None:
    async with TelephoneNetwork(timing=replace(QUICK, machine=30.0)) as network:
        network.phones.behave(ANNA, "answering_machine")
        sid = (await asker(network)(call())).sid
        await network.until(lambda: network.phones.calling.accepted[sid].state == "no-answer")


async def test_nobody_knows_who_hung_up_at_once() -> None:
    async with TelephoneNetwork(timing=replace(PATIENT, detect=0.2)) as network:
        ask, accepted = asker(network), network.phones.calling.accepted
        first, second = [(await ask(call(to, machine_detection="Enable"))).sid for to in (ANNA, BEN)]
        await network.until(lambda: accepted[first].state == accepted[second].state == "in-progress")
        network.phones.hang_up(first)
        await network.until(lambda: accepted[second].answered_by)
        assert accepted[first].answered_by is None


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"twiml": ""}, 21205),
        ({"twiml": f"<Response><Say>{'x' * 4000}</Say></Response>"}, 32018),
        ({"twiml": "<Response>"}, 12100),
        ({"to": "17"}, 21211),
        ({"from_": "Hub"}, 21212),
        ({"machine_detection": "Perhaps"}, 20001),
    ],
)
async def test_what_twilio_refuses_is_refused(
    network: TelephoneNetwork, ask: Ask, changed: dict[str, str], code: int
) -> None:
    with pytest.raises(TwilioRestException) as refused:
        await ask(call(**changed))
    assert (refused.value.status, refused.value.code) == (400, code)
    assert network.phones.calling.accepted == {}


async def test_the_list_is_filtered_by_number_and_state(network: TelephoneNetwork, ask: Ask) -> None:
    for to in (ANNA, BEN):
        await ask(call(to))
    await network.until(lambda: all(made.over for made in network.phones.calling.accepted.values()))
    listed = await ask(lambda client: client.calls.list(to=BEN, from_=HUB, status="completed"))
    assert [made.to for made in listed] == [BEN]


async def test_calls_start_one_after_the_other_when_the_provider_limits_them() -> None:
    async with TelephoneNetwork(timing=QUICK, calls_per_second=10) as network:
        calls = [await asker(network)(call(to)) for to in (ANNA, BEN)]
        assert int(calls[0].queue_time) == 0
        assert 0 < int(calls[1].queue_time) <= 100
