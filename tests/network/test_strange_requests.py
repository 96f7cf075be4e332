"""Requests that no client of ours would make: answered like Twilio, never with a 500."""

import asyncio
import base64
import copy
import json
from collections.abc import Iterator
from contextlib import suppress
from typing import Any
from urllib.parse import urlencode

import aiohttp
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hardware.simulated.network import TelephoneNetwork

from .conftest import ANNA, HUB
from .flow import FLOW

NAMES = ["To", "From", "Body", "Twiml", "Url", "Timeout", "ValidityPeriod", "Status", "PageSize", "Page", "DateSent>"]
SOME = st.sampled_from([ANNA, HUB, "Hub", "<Response/>", "completed", "2024-01-01", "1", "-1", "x" * 2000])
FIELDS = st.dictionaries(st.one_of(st.sampled_from(NAMES), st.text()), st.one_of(SOME, st.text()), max_size=8)
PATHS = [
    "/IncomingPhoneNumbers.json",
    "/Messages.json",
    "/Calls.json",
    "/Calls/{call}.json",
    "/Messages/x.json",
    "/Balance.json",
    "/Else.json",
]

random_requests = settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=60)


async def exchange(
    network: TelephoneNetwork, method: str, path: str, query: dict[str, str] | None = None, data: bytes = b""
) -> int:
    known = next(iter(network.phones.calling.accepted), "CA")
    account = f"/2010-04-01/Accounts/{network.account.sid}"
    return await send(network, method, account + path.format(call=known), query, data)


async def send(
    network: TelephoneNetwork, method: str, path: str, query: dict[str, str] | None = None, data: bytes = b""
) -> int:
    account = network.account
    login = base64.b64encode(f"{account.key}:{account.secret}".encode()).decode()
    async with aiohttp.ClientSession(headers={"Authorization": f"Basic {login}"}) as session:
        response = await session.request(method, network.api_url + path, params=query, data=data)
        await response.read()
        return response.status


@random_requests
@given(method=st.sampled_from(["GET", "POST"]), path=st.sampled_from(PATHS), query=FIELDS, form=FIELDS)
async def test_no_form_and_no_query_breaks_the_network(
    network: TelephoneNetwork, method: str, path: str, query: dict[str, str], form: dict[str, str]
) -> None:
    assert await exchange(network, method, path, query, urlencode(form).encode()) < 500


@random_requests
@given(path=st.sampled_from(PATHS), body=st.binary())
async def test_no_bytes_break_the_network(network: TelephoneNetwork, path: str, body: bytes) -> None:
    assert await exchange(network, "POST", path, data=body) < 500


PIECES = st.one_of(
    st.none(), st.integers(), st.text(), st.sampled_from(["menu", "say-play", "{{widgets.menu.Digits}}", [], {}])
)


@random_requests
@given(data=st.data(), piece=PIECES)
async def test_any_flow_is_refused_or_runs(network: TelephoneNetwork, data: st.DataObject, piece: object) -> None:
    """One value somewhere in a flow is replaced by another."""
    broken: list[object] = []
    asyncio.get_running_loop().set_exception_handler(lambda _, context: broken.append(context))
    flow = copy.deepcopy(FLOW)
    inside, key = data.draw(st.sampled_from(list(places(flow))))
    inside[key] = piece
    form = urlencode({"FriendlyName": "x", "Status": "published", "Definition": json.dumps(flow)}).encode()
    status = await send(network, "POST", "/v2/Flows", data=form)
    assert status in (201, 400)
    if status == 201:
        await run(network, [*network.executions.flows][-1])
    assert broken == []


def places(value: Any) -> Iterator[tuple[Any, Any]]:
    """Every object or list in a JSON value, with each of its keys."""
    if isinstance(value, dict | list):
        for key in value if isinstance(value, dict) else range(len(value)):
            yield value, key
            yield from places(value[key])


async def run(network: TelephoneNetwork, flow: str) -> None:
    """Until it ends, or for a while when it goes round in circles."""
    network.phones.keys(ANNA, "9", "4711")
    form = urlencode({"To": ANNA, "From": HUB}).encode()
    assert await send(network, "POST", f"/v2/Flows/{flow}/Executions", data=form) == 201
    [execution] = network.executions.all.values()
    with suppress(TimeoutError):
        await network.until(lambda: not execution.active, 0.5)
    network.forget()


async def test_a_method_there_is_not_and_a_page_there_is_not_are_refused_like_twilio_does(
    network: TelephoneNetwork,
) -> None:
    assert await exchange(network, "PUT", "/Messages.json") == 405
    assert await exchange(network, "GET", "/Else.json") == 404
    assert [request.answer["code"] for request in network.requests] == [20004, 20404]  # type: ignore[index]


@pytest.mark.parametrize("header", ["", "Bearer x", "Basic", "Basic é", "Basic eA==", "Basic !!!"])
async def test_a_strange_login_is_not_let_in(network: TelephoneNetwork, header: str) -> None:
    url = f"{network.api_url}/2010-04-01/Accounts/{network.account.sid}/Balance.json"
    async with aiohttp.ClientSession() as session, session.get(url, headers={"Authorization": header}) as response:
        assert response.status == 401
