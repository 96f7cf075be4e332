"""Studio through Twilio's real client: flows that are made, kept and changed, and executions that are asked for."""

import copy
import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import requests
from twilio.base.exceptions import TwilioException, TwilioRestException
from twilio.rest import Client

from hardware.simulated.network import Fault, Kind, Service, Sort, TelephoneNetwork

from .conftest import ANNA, BEN, HUB, Ask, asker
from .contract import check
from .flow import FLOW

DATA = {"text": "Léa needs help.", "brief": "12 rue des Lilas."}


async def made(ask: Ask, name: str = "hub", definition: dict[str, Any] = FLOW, status: str = "published") -> str:
    flow = await ask(
        lambda client: client.studio.v2.flows.create(friendly_name=name, status=status, definition=definition)
    )
    return str(flow.sid)


def start(flow: str, to: str = ANNA) -> Any:
    return lambda client: client.studio.v2.flows(flow).executions.create(to=to, from_=HUB, parameters=DATA)


def way(client: Client, started: Any) -> Any:
    return client.studio.v2.flows(started.flow_sid).executions(started.sid)


def valid(definition: dict[str, Any]) -> Any:
    return lambda client: client.studio.v2.flow_validate.update("hub", "published", definition)


def changed(change: Any) -> dict[str, Any]:
    definition = copy.deepcopy(FLOW)
    change(definition)
    return definition


async def test_a_flow_is_made_found_and_changed(network: TelephoneNetwork, ask: Ask) -> None:
    sid = await made(ask)
    await made(ask, "another", status="draft")
    listed = await ask(lambda client: client.studio.v2.flows.list(page_size=1))
    assert [(flow.friendly_name, flow.definition) for flow in listed] == [("another", None), ("hub", None)]
    other = changed(lambda definition: definition.update(description="Changed"))
    await ask(
        lambda client: client.studio.v2.flows(sid).update("published", definition=other, commit_message="Because")
    )
    flow = await ask(lambda client: client.studio.v2.flows(sid).fetch())
    assert (flow.definition, flow.revision, flow.commit_message) == (other, 2, "Because")
    assert (flow.friendly_name, flow.valid, flow.webhook_url[-34:]) == ("hub", True, sid)
    await ask(lambda client: client.studio.v2.flows(sid).delete())
    with pytest.raises(TwilioRestException) as refused:
        await ask(lambda client: client.studio.v2.flows(sid).fetch())
    assert refused.value.status == 404
    check(network)


BROKEN: list[Callable[[dict[str, Any]], object]] = [
    lambda flow: flow.pop("flags"),
    lambda flow: flow.update(initial_state="call"),
    lambda flow: flow.update(states=None),
    lambda flow: flow["states"].append(flow["states"][2]),
    lambda flow: flow["states"][1].update(type="make-coffee"),
    lambda flow: flow["states"][1].pop("properties"),
    lambda flow: flow["states"][1]["properties"].pop("to"),
    lambda flow: flow["states"][1]["properties"].update(machine_detection="Perhaps"),
    lambda flow: flow["states"][1]["transitions"].append({"event": "asleep"}),
    lambda flow: flow["states"][1]["transitions"][0].update(next="nowhere"),
    lambda flow: flow["states"][1]["transitions"][0].update(next="Trigger"),
    lambda flow: flow["states"][3]["transitions"][1].pop("conditions"),
    lambda flow: flow["states"][3]["transitions"][1]["conditions"][0].pop("friendly_name"),
    lambda flow: flow["states"][3]["transitions"][1]["conditions"][0].update(type="resembles"),
    lambda flow: flow["states"][4]["properties"].pop("say"),
    lambda flow: flow["states"][4]["properties"].update(say="{% if x %}"),
    lambda flow: flow["states"][7]["properties"].update(timeout="long"),
    lambda flow: flow["states"][2]["properties"].update(variables=[{"key": "x"}]),
]


@pytest.mark.parametrize("breaking", BROKEN)
async def test_a_flow_that_cannot_work_is_refused(network: TelephoneNetwork, ask: Ask, breaking: Any) -> None:
    definition = changed(breaking)
    with pytest.raises(TwilioRestException) as refused:
        await ask(valid(definition))
    assert refused.value.status == 400
    with pytest.raises(TwilioRestException) as refused:
        await made(ask, definition=definition)
    assert refused.value.status == 400
    assert network.executions.flows == {}


async def test_a_draft_may_be_wrong_but_starts_nothing(network: TelephoneNetwork, ask: Ask) -> None:
    sid = await made(ask, definition=changed(lambda flow: flow.pop("flags")), status="draft")
    flow = await ask(lambda client: client.studio.v2.flows(sid).fetch())
    assert (flow.valid, flow.errors) == (False, [{"message": "is missing", "property_path": "#/flags"}])
    with pytest.raises(TwilioRestException):
        await ask(start(sid))


async def test_an_execution_is_followed_to_its_end(network: TelephoneNetwork, ask: Ask) -> None:
    sid = await made(ask)
    assert (await ask(valid(FLOW))).valid
    network.phones.behave(ANNA, "takes_charge")
    started = await ask(start(sid))
    assert (started.status, started.contact_channel_address, started.flow_sid) == ("active", ANNA, sid)
    await network.until(lambda: not network.executions.all[started.sid].active)
    ended = await ask(lambda client: way(client, started).fetch())
    assert (ended.status, ended.flow_version) == ("ended", 1)
    context = (await ask(lambda client: way(client, started).execution_context().fetch())).context
    assert context["flow"]["data"] == DATA
    assert context["flow"]["variables"] == {"answer": "1"}
    assert context["widgets"]["menu"]["Digits"] == "1"
    [call] = await ask(lambda client: client.calls.list(to=ANNA))
    assert (context["widgets"]["call"]["CallSid"], call.status, call.answered_by) == (call.sid, "completed", "human")
    check(network)


async def test_executions_are_listed_newest_first_by_date_and_by_status(network: TelephoneNetwork, ask: Ask) -> None:
    for person in (ANNA, BEN):
        network.phones.behave(person, "by_hand")
    sid = await made(ask)
    first, second = await ask(start(sid, ANNA)), await ask(start(sid, BEN))
    listed = await ask(lambda client: client.studio.v2.flows(sid).executions.list(page_size=1))
    assert [one.sid for one in listed] == [second.sid, first.sid]
    network.executions.all[first.sid].created -= timedelta(hours=1)
    since = datetime.now(UTC) - timedelta(minutes=1)
    listed = await ask(lambda client: client.studio.v2.flows(sid).executions.list(date_created_from=since))
    assert [one.sid for one in listed] == [second.sid]
    listed = await ask(lambda client: client.studio.v2.flows(sid).executions.list(date_created_to=since))
    assert [one.sid for one in listed] == [first.sid]
    await ask(lambda client: way(client, first).update(status="ended"))
    listed = await ask(lambda client: client.studio.v2.flows(sid).executions.list(status="ended"))
    assert [one.sid for one in listed] == [first.sid]
    check(network)


async def test_one_person_is_in_a_flow_once_at_a_time(network: TelephoneNetwork, ask: Ask) -> None:
    network.phones.behave(ANNA, "by_hand")
    sid = await made(ask)
    first = await ask(start(sid))
    with pytest.raises(TwilioRestException) as refused:
        await ask(start(sid))
    assert refused.value.status == 409
    await ask(start(sid, BEN))
    ended = await ask(lambda client: way(client, first).update(status="ended"))
    assert ended.status == "ended"
    second = await ask(start(sid))
    await ask(lambda client: way(client, second).delete())
    assert second.sid not in network.executions.all
    await ask(start(sid))


async def test_an_execution_belongs_to_its_flow(network: TelephoneNetwork, ask: Ask) -> None:
    sid, other = await made(ask), await made(ask, "another")
    started = await ask(start(sid))
    with pytest.raises(TwilioRestException) as refused:
        await ask(lambda client: client.studio.v2.flows(other).executions(started.sid).fetch())
    assert refused.value.status == 404
    assert await ask(lambda client: client.studio.v2.flows(other).executions.list()) == []


async def test_forgetting_ends_every_way_and_keeps_the_flows(network: TelephoneNetwork, ask: Ask) -> None:
    execution = network.executions.all[(await ask(start(await made(ask)))).sid]
    network.forget()
    assert (execution.active, network.executions.all, len(network.executions.flows)) == (False, {}, 1)


@pytest.mark.parametrize(
    "form",
    [
        {"To": "17", "From": HUB},
        {"From": HUB},
        {"To": ANNA},
        {"To": ANNA, "From": HUB, "Parameters": "[1]"},
        {"To": ANNA, "From": HUB, "Parameters": "{"},
    ],
)
async def test_an_execution_that_makes_no_sense_is_refused(
    network: TelephoneNetwork, ask: Ask, form: dict[str, str]
) -> None:
    url = f"{network.api_url}/v2/Flows/{await made(ask)}/Executions"
    answer = await ask(lambda client: client.request("POST", url, data=form))
    assert (answer.status_code, json.loads(answer.text)["status"]) == (400, 400)
    assert network.executions.all == {}


@pytest.mark.parametrize("sort", [Sort.EXECUTION, Sort.FLOW, Sort.POLL])
async def test_studio_may_refuse_one_sort_of_request_and_take_the_others(
    network: TelephoneNetwork, ask: Ask, sort: Sort
) -> None:
    sid = await made(ask)
    network.faults.add(Fault(Service.TWILIO, Kind.ERROR, status=403, code=20003, only=sort))
    asked: dict[Sort, Callable[[Client], Any]] = {
        Sort.EXECUTION: start(sid),
        Sort.FLOW: lambda client: client.studio.v2.flows(sid).update("published"),
        Sort.POLL: lambda client: client.studio.v2.flows.list(),
    }
    with pytest.raises(TwilioException, match="403"):
        await ask(asked.pop(sort))
    for fine in asked.values():
        await ask(fine)


# kind, what the client raises, whether the execution began all the same
FAULTS = [
    (Kind.ERROR, TwilioRestException, False),
    (Kind.ERROR_AFTER, TwilioRestException, True),
    (Kind.HANG, requests.ReadTimeout, False),
    (Kind.LOST_REPLY, requests.ConnectionError, True),
    (Kind.RESET, requests.ConnectionError, False),
    (Kind.RESET_AFTER, requests.ConnectionError, True),
    (Kind.GARBAGE, ValueError, False),
]


@pytest.mark.parametrize(("kind", "error", "began"), FAULTS)
async def test_an_execution_meets_its_fault(
    network: TelephoneNetwork, ask: Ask, kind: Kind, error: type[Exception], began: bool
) -> None:
    sid = await made(ask)
    network.faults.add(Fault(Service.TWILIO, kind, only=Sort.EXECUTION, number=ANNA))
    with pytest.raises(error):
        await asker(network, timeout=0.3)(start(sid))
    await ask(start(sid, BEN))
    assert len(network.executions.all) == 1 + began


async def test_nobody_asks_studio_without_the_key(network: TelephoneNetwork) -> None:
    with pytest.raises(TwilioRestException) as refused:
        await made(asker(network, secret="wrong"))
    assert (refused.value.status, refused.value.code) == (401, 20003)
