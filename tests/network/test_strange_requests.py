"""Requests that no client of ours would make: answered like Twilio, never with a 500."""

import base64
from urllib.parse import urlencode

import aiohttp
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hardware.simulated.network import TelephoneNetwork

from .conftest import ANNA, HUB

NAMES = ["To", "From", "Body", "Twiml", "Url", "Timeout", "ValidityPeriod", "Status", "PageSize", "Page", "DateSent>"]
SOME = st.sampled_from([ANNA, HUB, "Hub", "<Response/>", "completed", "2024-01-01", "1", "-1", "x" * 2000])
FIELDS = st.dictionaries(st.one_of(st.sampled_from(NAMES), st.text()), st.one_of(SOME, st.text()), max_size=8)
PATHS = ["/Messages.json", "/Calls.json", "/Calls/{call}.json", "/Messages/x.json", "/Balance.json", "/Else.json"]

random_requests = settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=60)


async def exchange(
    network: TelephoneNetwork, method: str, path: str, query: dict[str, str] | None = None, data: bytes = b""
) -> int:
    account = network.account
    known = next(iter(network.phones.calling.accepted), "CA")
    url = f"{network.api_url}/2010-04-01/Accounts/{account.sid}{path.format(call=known)}"
    login = base64.b64encode(f"{account.key}:{account.secret}".encode()).decode()
    async with aiohttp.ClientSession(headers={"Authorization": f"Basic {login}"}) as session:
        response = await session.request(method, url, params=query, data=data)
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
