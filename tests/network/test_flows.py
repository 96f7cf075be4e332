"""Calls that run a flow: what is heard, what keys do, and how each one ends."""

from dataclasses import replace

import pytest

from hardware.simulated.network import QUICK, Call, CallError, TelephoneNetwork
from hardware.simulated.network.execution import Execution

from .conftest import ANNA, BEN, HUB, Ask, asker
from .flow import FLOW, Json
from .test_studio import DATA, changed, made, start

PATIENT = replace(QUICK, second=1.0, talk=0.002)


async def run(network: TelephoneNetwork, ask: Ask, definition: Json = FLOW) -> Execution:
    return network.executions.all[(await ask(start(await made(ask, definition=definition)))).sid]


async def ended(network: TelephoneNetwork, ask: Ask, definition: Json = FLOW) -> tuple[Execution, Call]:
    execution = await run(network, ask, definition)
    await network.until(lambda: not execution.active)
    assert execution.call is not None
    return execution, execution.call


async def test_whoever_takes_charge_hears_the_brief(network: TelephoneNetwork, ask: Ask) -> None:
    network.phones.behave(ANNA, "takes_charge")
    execution, call = await ended(network, ask)
    assert call.text == "Léa needs help.\nPress 1.\n12 rue des Lilas."
    assert (call.language, call.state, execution.variables) == ("en-GB", "completed", {"answer": "1"})
    assert network.phones[ANNA].calls == [call]


async def test_whoever_only_listens_is_left_at_the_end(network: TelephoneNetwork, ask: Ask) -> None:
    execution, call = await ended(network, ask)
    assert call.text == "Léa needs help.\nPress 1.\nGoodbye."
    assert (execution.variables, "menu" in execution.results) == ({}, False)


async def test_a_machine_hears_no_more_than_to_call_back(network: TelephoneNetwork, ask: Ask) -> None:
    network.phones.behave(ANNA, "answering_machine")
    execution, call = await ended(network, ask)
    assert (call.text, call.answered_by) == ("Call back.", "machine_end_beep")
    assert execution.results["call"]["AnsweredBy"] == "machine_end_beep"


@pytest.mark.parametrize("wants", [{"detect_answering_machine": False}, {"machine_detection": "Enable"}])
async def test_a_machine_that_is_spoken_to_like_a_person_presses_nothing(
    network: TelephoneNetwork, ask: Ask, wants: Json
) -> None:
    def to_everybody(flow: Json) -> None:
        flow["states"][1]["properties"].update(wants)
        flow["states"][1]["transitions"][0]["next"] = "text"

    network.phones.behave(ANNA, "answering_machine")
    network.phones.keys(ANNA, "1")
    execution, call = await ended(network, ask, changed(to_everybody))
    assert (call.text, execution.variables) == ("Léa needs help.\nPress 1.\nGoodbye.", {})
    assert call.answered_by == ("machine_start" if "machine_detection" in wants else None)


@pytest.mark.parametrize(("behaviour", "end"), [("ignores", "no-answer"), ("out_of_reach", "failed")])
async def test_a_flow_goes_on_when_nobody_is_reached(
    network: TelephoneNetwork, ask: Ask, behaviour: str, end: str
) -> None:
    network.phones.behave(ANNA, behaviour)
    execution, call = await ended(network, ask)
    assert (call.state, execution.variables, call.text) == (end, {"end": end}, "")


async def test_a_flow_knows_that_a_call_was_turned_away(network: TelephoneNetwork, ask: Ask) -> None:
    network.phones.behave(ANNA, "by_hand")
    execution = await run(network, ask)
    await network.until(lambda: network.phones[ANNA].calls)
    network.phones.hang_up(network.phones[ANNA].calls[0].id)
    await network.until(lambda: not execution.active)
    assert execution.variables == {"end": "busy"}


async def test_a_number_that_cannot_call_fails_within_the_flow(network: TelephoneNetwork, ask: Ask) -> None:
    network.numbers.remove(HUB)
    execution = await run(network, ask)
    await network.until(lambda: not execution.active)
    assert (execution.variables, network.phones.calling.accepted) == ({"end": "failed"}, {})


async def test_each_entry_of_a_script_answers_one_question(network: TelephoneNetwork, ask: Ask) -> None:
    network.phones.keys(ANNA, "9", "4711")
    _, call = await ended(network, ask)
    assert call.text == "Léa needs help.\nPress 1.\nThe code?\nIt is 4711."


async def test_a_wrong_key_is_asked_for_again(network: TelephoneNetwork, ask: Ask) -> None:
    network.phones.keys(ANNA, "5", "1")
    execution, call = await ended(network, ask)
    assert call.text.count("Press 1.") == 2
    assert execution.variables == {"answer": "1"}


async def test_a_key_counts_while_it_is_asked_for_and_not_before() -> None:
    async with TelephoneNetwork(timing=PATIENT) as network:
        execution = await run(network, asker(network))
        await network.until(lambda: execution.call and execution.call.text == DATA["text"])
        assert execution.call is not None
        network.phones.key(execution.call.id, "1")
        await network.until(lambda: execution.call and "Press 1." in execution.call.text)
        assert execution.variables == {}
        network.phones.key(execution.call.id, "1")
        await network.until(lambda: not execution.active)
        assert (execution.call.keys, execution.variables) == ("11", {"answer": "1"})


async def test_a_key_ends_the_question_and_later_keys_change_nothing() -> None:
    async with TelephoneNetwork(timing=replace(PATIENT, talk=0.005)) as network:
        twice = changed(lambda flow: flow["states"][7]["properties"].update(loop=2))
        execution = await run(network, asker(network), twice)
        await network.until(lambda: execution.call and "Press 1." in execution.call.text)
        assert execution.call is not None
        for digit in "155":
            network.phones.key(execution.call.id, digit)
        await network.until(lambda: execution.call and DATA["brief"] in execution.call.text)
        network.phones.key(execution.call.id, "5")
        await network.until(lambda: not execution.active)
        assert execution.call.text == "Léa needs help.\nPress 1.\n12 rue des Lilas."
        assert execution.results["menu"]["Digits"] == "1"


async def test_typing_ends_with_the_hash_key_or_with_a_pause(network: TelephoneNetwork, ask: Ask) -> None:
    for typed, heard in (("47#", "It is 47."), ("471", "It is 471."), ("#", "Goodbye.")):
        network.phones.keys(ANNA, "9", typed)
        _, call = await ended(network, ask)
        assert call.text.endswith(heard)


@pytest.mark.parametrize("who", ["person", "caller", "studio"])
async def test_an_execution_ends_with_its_call(who: str) -> None:
    async with TelephoneNetwork(timing=PATIENT) as network:
        ask = asker(network)
        execution = await run(network, ask)
        await network.until(lambda: execution.call and "Press 1." in execution.call.text)
        call = execution.call
        assert call is not None
        if who == "person":
            network.phones.hang_up(call.id)
        elif who == "caller":
            await ask(lambda client: client.calls(call.id).update(status="completed"))
        else:
            way = (execution.flow.id, execution.id)
            await ask(lambda client: client.studio.v2.flows(way[0]).executions(way[1]).update(status="ended"))
        assert (execution.active, call.state) == (False, "completed")


async def test_the_calls_of_flows_start_one_after_the_other_too() -> None:
    async with TelephoneNetwork(timing=QUICK, calls_per_second=10) as network:
        ask = asker(network)
        sid = await made(ask)
        for to in (ANNA, BEN):
            await ask(start(sid, to))
        await network.until(lambda: len(network.phones.calling.accepted) == 2)
        first, second = network.phones.calling.accepted.values()
        assert (first.queued_for, second.queued_for > 0) == (0.0, True)


async def calls_in(network: TelephoneNetwork, ask: Ask, url: str) -> Call:
    network.numbers[HUB].voice_url = url
    call = network.phones.dial(ANNA, HUB)
    await network.until(lambda: call.over)
    return call


async def test_whoever_calls_back_is_in_the_flow(network: TelephoneNetwork, ask: Ask) -> None:
    network.phones.keys(ANNA, "9", "4711")
    sid = await made(ask)
    flow = await ask(lambda client: client.studio.v2.flows(sid).fetch())
    call = await calls_in(network, ask, flow.webhook_url)
    assert call.text == f"You are {ANNA}.\nPress 1.\nThe code?\nIt is 4711."
    [listed] = await ask(lambda client: client.calls.list(to=HUB, from_=ANNA))
    assert (listed.sid, listed.direction, listed.status) == (call.id, "inbound", "completed")
    [one] = await ask(lambda client: client.studio.v2.flows(sid).executions.list())
    assert (one.contact_channel_address, one.initiated_by, one.status) == (ANNA, call.id, "ended")
    context = await ask(lambda client: client.studio.v2.flows(sid).executions(one.sid).execution_context().fetch())
    assert context.context["trigger"]["call"]["From"] == ANNA
    assert context.context["widgets"]["code"]["Digits"] == "4711"


async def test_whoever_is_being_called_gets_no_second_way_in_where_a_flow_allows_only_one() -> None:
    async with TelephoneNetwork(timing=QUICK, calls_per_second=0.5) as network:
        ask = asker(network)
        alone = changed(lambda flow: flow["flags"].update(allow_concurrent_calls=False))
        sid = await made(ask, definition=alone)
        await ask(start(sid, BEN))
        await network.until(lambda: network.phones.calling.accepted)
        await ask(start(sid))
        url = f"https://webhooks.twilio.com/v1/Accounts/{network.account.sid}/Flows/{sid}"
        assert (await calls_in(network, ask, url)).text.startswith("We are sorry")


@pytest.mark.parametrize(
    ("url", "heard"),
    [
        ("https://demo.twilio.com/welcome/voice/", "Thank you"),
        ("https://webhooks.twilio.com/v1/Accounts/AC1/Flows/FW1", "We are sorry"),
    ],
)
async def test_whoever_calls_a_number_that_nobody_set_up_hears_so(
    network: TelephoneNetwork, ask: Ask, url: str, heard: str
) -> None:
    assert (await calls_in(network, ask, url)).text.startswith(heard)


async def test_nobody_calls_from_where_there_is_no_line_or_to_where_nobody_is(network: TelephoneNetwork) -> None:
    network.numbers.add("+33644600001", voice=False)
    for number in ("+33800000000", "+33644600001"):
        with pytest.raises(CallError):
            network.phones.dial(ANNA, number)
    network.phones.dial(ANNA, HUB)
    with pytest.raises(CallError):
        network.phones.dial(ANNA, HUB)
