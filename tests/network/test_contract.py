"""The contract check notices what Twilio would not have understood, or not have said."""

from typing import Any

import pytest

from hardware.simulated.network import Request, TelephoneNetwork

from .conftest import ANNA, HUB, Ask, call, text
from .contract import check

ACCOUNT = "AC" + "0" * 32
MESSAGES = f"/2010-04-01/Accounts/{ACCOUNT}/Messages.json"
EXECUTIONS = f"/v2/Flows/FW{'0' * 32}/Executions"


class Recording:
    def __init__(self, **request: Any) -> None:
        usual = {"at": 0.0, "method": "POST", "path": MESSAGES, "form": {"To": ANNA, "From": HUB, "Body": "x"}}
        self.requests = [Request(**{**usual, **request})]


async def test_a_usual_story_keeps_to_the_contract(network: TelephoneNetwork, ask: Ask) -> None:
    network.phones.behave(ANNA, "by_hand")
    sent = await ask(text(validity_period=600, smart_encoded=True))
    made = await ask(call(timeout=30))
    await ask(lambda client: (client.messages(sent.sid).fetch(), client.calls(made.sid).fetch()))
    await ask(lambda client: (client.messages.list(to=ANNA, limit=20), client.calls.list(limit=20)))
    await ask(lambda client: (client.balance.fetch(), client.api.accounts(ACCOUNT).fetch()))
    await ask(lambda client: client.calls(made.sid).update(status="completed"))
    assert len(network.requests) == 9
    check(network)


def test_a_plain_request_is_fine() -> None:
    check(Recording())
    check(Recording(path=EXECUTIONS, form={"To": ANNA, "From": HUB, "Parameters": "{}"}))


def test_words_where_twilio_says_nothing_are_noticed() -> None:
    gone = {"method": "DELETE", "path": f"{EXECUTIONS}/FN{'0' * 32}", "form": {}, "status": 204}
    check(Recording(**gone))
    with pytest.raises(AssertionError, match="says nothing"):
        check(Recording(**gone, answer={"sid": "FN"}))


@pytest.mark.parametrize(
    "request_",
    [
        {"form": {"From": HUB, "Body": "x"}},
        {"form": {"To": ANNA, "Boddy": "x"}},
        {"form": {"To": ANNA, "ValidityPeriod": "soon"}},
        {"form": {"To": ANNA, "SmartEncoded": "perhaps"}},
        {"form": {"To": ANNA, "RiskCheck": "off"}},
        {"query": {"To": ANNA}},
        {"path": "/2010-04-01/Accounts/ACme/Messages.json"},
        {"path": "/2010-04-01/Accounts.json"},
        {"path": EXECUTIONS, "form": {"To": ANNA}},
        {"path": EXECUTIONS, "form": {"To": ANNA, "From": HUB, "Text": "x"}},
        {"path": "/v2/Flows/FW1/Executions", "form": {"To": ANNA, "From": HUB}},
        {"path": "/v2/Flows", "form": {"FriendlyName": "hub", "Status": "ready", "Definition": "{}"}},
        {"method": "GET", "form": {}, "query": {"PageSize": "5000"}},
        {"method": "GET", "form": {}, "query": {"DateSent>": "yesterday"}},
    ],
)
def test_a_request_twilio_does_not_know_is_noticed(request_: dict[str, Any]) -> None:
    with pytest.raises(AssertionError):
        check(Recording(**request_))


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("status", "on its way"),
        ("num_segments", 1),
        ("date_created", "2024-01-01"),
        ("sid", "SM1"),
        ("surprise", None),
    ],
)
async def test_an_answer_twilio_would_not_give_is_noticed(
    network: TelephoneNetwork, ask: Ask, key: str, value: object
) -> None:
    await ask(text())
    [request] = network.requests
    assert isinstance(request.answer, dict)
    changed = Recording(status=201, answer={**request.answer, key: value})
    with pytest.raises(AssertionError, match=key):
        check(changed)


def test_a_missing_key_and_a_strange_status_are_noticed() -> None:
    for status, answer in ((201, {}), (204, None), (400, {"code": 1})):
        with pytest.raises(AssertionError):
            check(Recording(status=status, answer=answer))
