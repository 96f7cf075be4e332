"""A telephone network in the test's own loop, and Twilio's real client in a thread."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import pytest
from twilio.rest import Client

from hardware.simulated.network import QUICK, TelephoneNetwork

from .contract import answer_problems

ANNA = "+33612345678"
BEN = "+33698765432"
HUB = "+33937000000"

Ask = Callable[[Callable[[Client], Any]], Awaitable[Any]]


@pytest.fixture
async def network() -> AsyncIterator[TelephoneNetwork]:
    """Whatever a test does to it, each of its answers is one Twilio could have given."""
    async with TelephoneNetwork(timing=QUICK) as network:
        yield network
    found = [problem for request in network.requests for problem in answer_problems(request)]
    assert not found, "\n".join(found)


@pytest.fixture
def ask(network: TelephoneNetwork) -> Ask:
    """Let a fresh client do something in a thread."""
    return asker(network)


def asker(network: TelephoneNetwork, key: str = "", secret: str = "", timeout: float = 5.0) -> Ask:
    def work(do: Callable[[Client], Any]) -> Any:
        account = network.account
        client = Client(key or account.key, secret or account.secret, account.sid)
        client.api.base_url = client.studio.base_url = network.api_url
        client.http_client.timeout = timeout
        try:
            return do(client)
        finally:
            client.http_client.session.close()

    async def ask(do: Callable[[Client], Any]) -> Any:
        return await asyncio.to_thread(work, do)

    return ask


def text(to: str = ANNA, body: str = "Hello", **more: Any) -> Callable[[Client], Any]:
    return lambda client: client.messages.create(to=to, from_="Hub", body=body, **more)


def call(to: str = ANNA, say: str = "Hello", **more: Any) -> Callable[[Client], Any]:
    twiml = f'<Response><Say language="en-GB">{say}</Say></Response>'
    return lambda client: client.calls.create(**{"to": to, "from_": HUB, "twiml": twiml, **more})
