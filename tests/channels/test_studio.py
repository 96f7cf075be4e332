"""Calls with keys, on the built-in network's Studio: the flow, who answers, and what happens without it."""

import asyncio
from dataclasses import replace

import pytest

from hardware.simulated.network import Behaviour, Fault, Kind, Service, TelephoneNetwork
from hub.channels import flow as flows
from hub.channels import studio
from hub.channels.call import Call
from hub.channels.studio import Studio
from hub.channels.twilio import TwilioLine
from hub.errors import ENGAGED, DeliveryError
from hub.ports import Progress, Receipt
from tests.channels.conftest import ALERT, ANNA

OWN = "+33937000000"
FINAL = frozenset({Progress.DELIVERED, Progress.UNDELIVERED})


def listens_on(network: TelephoneNetwork) -> None:
    """Anna wants to hear it again and again."""
    network.phones.keys(ANNA, *["2"] * 1000)


async def outcome(channel: Call, id: str) -> Receipt:
    async with asyncio.timeout(10):
        while True:
            receipt = await channel.receipt(id)
            if receipt.progress in FINAL:
                return receipt


def heard(network: TelephoneNetwork) -> str:
    return network.phones[ANNA].calls[-1].text


# --- the flow ---


async def test_the_flow_is_made_once(network: TelephoneNetwork, line: TwilioLine, flow: Studio) -> None:
    assert await Studio(line).ensure() == flow.flow
    assert [made.name for made in network.executions.flows.values()] == [f"hub {flow.digest}"]


async def test_a_flow_that_was_changed_by_hand_is_put_right(network: TelephoneNetwork, flow: Studio) -> None:
    made = network.executions.flows[flow.flow]
    made.status, made.definition = "draft", {**made.definition, "description": "changed"}
    await flow.ensure()
    assert (made.runs, flows.digest(made.definition), made.revision) == (True, flow.digest, 2)


async def test_a_flow_that_is_right_is_left_alone(network: TelephoneNetwork, flow: Studio) -> None:
    await flow.ensure()
    assert network.executions.flows[flow.flow].revision == 1


async def test_calls_back_reach_the_flow(network: TelephoneNetwork, flow: Studio) -> None:
    url = f"https://webhooks.twilio.com/v1/Accounts/{network.account.sid}/Flows/{flow.flow}"
    assert (flow.answered, network.numbers[OWN].voice_url) == (True, url)


async def test_a_number_of_somebody_else_is_said(
    network: TelephoneNetwork, flow: Studio, caplog: pytest.LogCaptureFixture
) -> None:
    network.numbers.remove(OWN)
    await flow.ensure()
    assert flow.answered is False
    assert "nobody can call back" in caplog.text


async def test_a_stored_flow_is_used_while_its_texts_are_the_same(line: TwilioLine, flow: Studio) -> None:
    anew = Studio(line)
    anew.recall(flow.flow, "00000000")
    assert anew.flow == ""
    anew.recall(flow.flow, flow.digest)
    assert anew.flow == flow.flow


async def test_a_refused_flow_keeps_the_one_that_is_known(network: TelephoneNetwork, flow: Studio) -> None:
    known = flow.flow
    network.faults.add(Fault(Service.TWILIO, Kind.ERROR, status=403))
    with pytest.raises(DeliveryError, match="403"):
        await flow.ensure()
    assert flow.flow == known


# --- who answers ---


async def test_who_presses_one_has_taken_it_and_hears_the_brief(network: TelephoneNetwork, channel: Call) -> None:
    network.phones.behave(ANNA, Behaviour.TAKES_CHARGE)
    id = await channel.send(ALERT)
    assert await outcome(channel, id) == Receipt(Progress.DELIVERED, taken=True)
    said = heard(network)
    assert said.index(ALERT.text) < said.index("appuyez sur 1") < said.index(ALERT.brief)


async def test_who_only_listens_has_not_taken_it(network: TelephoneNetwork, channel: Call) -> None:
    id = await channel.send(ALERT)
    assert await outcome(channel, id) == Receipt(Progress.DELIVERED)
    assert (heard(network).count(ALERT.text), ALERT.brief in heard(network)) == (3, False)


async def test_a_machine_takes_nothing_and_is_told_no_address(network: TelephoneNetwork, channel: Call) -> None:
    network.phones.behave(ANNA, Behaviour.ANSWERING_MACHINE)
    id = await channel.send(ALERT)
    assert await outcome(channel, id) == Receipt(Progress.DELIVERED, "machine")
    assert ALERT.machine in heard(network)
    assert "Lilas" not in heard(network)


async def test_a_contact_is_spoken_to_in_her_language(network: TelephoneNetwork, channel: Call) -> None:
    await outcome(channel, await channel.send(replace(ALERT, language="en")))
    assert (network.phones[ANNA].calls[-1].language, "press 1" in heard(network)) == ("en-GB", True)


async def test_nine_and_the_code_say_that_it_is_over(network: TelephoneNetwork, channel: Call) -> None:
    network.phones.keys(ANNA, "9", "0411")
    assert await outcome(channel, await channel.send(ALERT)) == Receipt(Progress.DELIVERED, over="0411")


async def test_the_text_can_be_heard_again_before_it_is_taken(network: TelephoneNetwork, channel: Call) -> None:
    network.phones.keys(ANNA, "2", "5", "1", "2", "9", "4711")
    assert await outcome(channel, await channel.send(ALERT)) == Receipt(Progress.DELIVERED, taken=True, over="4711")
    assert (heard(network).count(ALERT.text), heard(network).count(ALERT.brief)) == (3, 2)


@pytest.mark.parametrize(("behaviour", "code"), [(Behaviour.IGNORES, "no-answer"), (Behaviour.OUT_OF_REACH, "failed")])
async def test_who_is_not_reached_is_known(
    network: TelephoneNetwork, channel: Call, behaviour: Behaviour, code: str
) -> None:
    network.phones.behave(ANNA, behaviour)
    assert await outcome(channel, await channel.send(ALERT)) == Receipt(Progress.UNDELIVERED, code)


async def test_a_call_is_followed_while_it_goes_on(network: TelephoneNetwork, channel: Call) -> None:
    network.phones.behave(ANNA, Behaviour.BY_HAND)
    id = await channel.send(ALERT)
    assert (await channel.receipt(id)).progress in (Progress.WAITING, Progress.RINGING)
    await network.until(lambda: network.phones[ANNA].calls)
    assert await channel.receipt(id) == Receipt(Progress.RINGING)
    (ringing,) = network.phones[ANNA].calls
    listens_on(network)
    network.phones.pick_up(ringing.id)
    assert (await channel.receipt(id)).progress is Progress.TALKING


async def test_following_a_call_costs_little(network: TelephoneNetwork, channel: Call) -> None:
    network.phones.behave(ANNA, Behaviour.BY_HAND)
    id = await channel.send(ALERT)
    await network.until(lambda: network.phones[ANNA].calls)
    await channel.receipt(id)
    before = len(network.requests)
    await channel.receipt(id)
    assert len(network.requests) == before + 1


async def test_a_call_that_rings_can_be_withdrawn(network: TelephoneNetwork, channel: Call) -> None:
    network.phones.behave(ANNA, Behaviour.BY_HAND)
    id = await channel.send(ALERT)
    await network.until(lambda: network.phones[ANNA].calls)
    await channel.withdraw(id)
    assert await channel.receipt(id) == Receipt(Progress.UNDELIVERED, "canceled")
    assert not network.executions.all[id].active


async def test_who_listens_is_not_cut_off(network: TelephoneNetwork, channel: Call) -> None:
    network.phones.behave(ANNA, Behaviour.BY_HAND)
    id = await channel.send(ALERT)
    await network.until(lambda: network.phones[ANNA].calls)
    listens_on(network)
    network.phones.pick_up(network.phones[ANNA].calls[0].id)
    await channel.withdraw(id)
    assert network.executions.all[id].active


async def test_a_key_pressed_at_the_very_end_is_waited_for(network: TelephoneNetwork, channel: Call) -> None:
    id = await channel.send(ALERT)
    await network.until(lambda: network.phones[ANNA].calls and network.phones[ANNA].calls[0].over)
    network.executions.all[id].active = True
    assert (await channel.receipt(id)).progress is Progress.TALKING
    network.executions.all[id].variables["taken"] = "1"
    network.executions.all[id].active = False
    assert await channel.receipt(id) == Receipt(Progress.DELIVERED, taken=True)


async def test_an_execution_that_never_ends_is_not_waited_for_long(
    network: TelephoneNetwork, channel: Call, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(studio, "STRAGGLING", 0.0)
    id = await channel.send(ALERT)
    await network.until(lambda: network.phones[ANNA].calls and network.phones[ANNA].calls[0].over)
    network.executions.all[id].active = True
    assert await channel.receipt(id) == Receipt(Progress.DELIVERED)


# --- something stands in the way ---


async def test_a_call_that_was_accepted_already_is_not_made_twice(network: TelephoneNetwork, channel: Call) -> None:
    network.phones.behave(ANNA, Behaviour.BY_HAND)
    id = await channel.send(ALERT)
    assert await channel.send(replace(ALERT, again=True)) == id
    assert len(network.executions.all) == 1


async def test_an_older_call_makes_room_for_a_newer_one(network: TelephoneNetwork, channel: Call) -> None:
    network.phones.behave(ANNA, Behaviour.BY_HAND)
    old = await channel.send(ALERT)
    await network.until(lambda: network.phones[ANNA].calls)
    new = await channel.send(replace(ALERT, id="K7Q2M-2"))
    assert (network.executions.all[old].active, network.executions.all[new].active) == (False, True)
    await network.until(lambda: len(network.phones[ANNA].calls) == 2)


async def test_a_call_to_somebody_else_stands_in_nobodys_way(network: TelephoneNetwork, channel: Call) -> None:
    network.phones.behave("+33612345679", Behaviour.BY_HAND)
    network.phones.behave(ANNA, Behaviour.BY_HAND)
    other = await channel.send(replace(ALERT, id="K7Q2M-2", to="+33612345679"))
    await channel.send(ALERT)
    await channel.send(replace(ALERT, id="K7Q2M-3"))
    assert network.executions.all[other].active


async def test_a_person_who_is_calling_us_is_not_cut_off(network: TelephoneNetwork, channel: Call) -> None:
    listens_on(network)
    back = network.phones.dial(ANNA, OWN)
    await network.until(lambda: back.state == "in-progress")
    with pytest.raises(DeliveryError) as refused:
        await channel.send(ALERT)
    assert (refused.value.code, refused.value.permanent, back.over) == (ENGAGED, False, False)
    network.phones.hang_up(back.id)
    assert (await channel.send(ALERT)).startswith("FN")


async def test_whoever_listens_is_not_cut_off_by_the_next_call(network: TelephoneNetwork, channel: Call) -> None:
    listens_on(network)
    await channel.send(ALERT)
    await network.until(lambda: network.phones[ANNA].calls and network.phones[ANNA].calls[0].state == "in-progress")
    with pytest.raises(DeliveryError, match="on the telephone"):
        await channel.send(replace(ALERT, id="K7Q2M-2"))
    assert not network.phones[ANNA].calls[0].over
