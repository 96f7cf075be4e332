"""The account's own numbers through Twilio's real client: listed, changed, and what each may do."""

import pytest
from twilio.base.exceptions import TwilioRestException

from hardware.simulated.network import TelephoneNetwork
from hardware.simulated.network.numbers import DEMO_TEXT

from .conftest import ANNA, HUB, Ask, call
from .contract import check

LANDLINE = "+33939020304"


async def test_a_number_of_the_account_says_what_it_can_do(network: TelephoneNetwork, ask: Ask) -> None:
    network.numbers.add(LANDLINE, sms=False)
    [own] = await ask(lambda client: client.incoming_phone_numbers.list(phone_number=LANDLINE))
    assert own.capabilities == {"voice": True, "sms": False, "mms": False, "fax": False}
    assert (own.phone_number, own.sid, own.voice_url) == (LANDLINE, network.numbers[LANDLINE].id, DEMO_TEXT)


async def test_what_happens_when_it_is_called_can_be_changed(network: TelephoneNetwork, ask: Ask) -> None:
    sid, flow = network.numbers[HUB].id, "https://webhooks.twilio.com/v1/Accounts/AC/Flows/FW"
    await ask(lambda client: client.incoming_phone_numbers(sid).update(voice_url=flow, voice_method="GET"))
    own = await ask(lambda client: client.incoming_phone_numbers(sid).fetch())
    assert (own.voice_url, own.voice_method) == (flow, "GET")
    check(network)


@pytest.mark.parametrize("owned", [False, True])
async def test_nobody_calls_or_writes_from_a_number_that_cannot(
    network: TelephoneNetwork, ask: Ask, owned: bool
) -> None:
    network.numbers.remove(HUB)
    if owned:
        network.numbers.add(HUB, voice=False, sms=False)
    assert len(await ask(lambda client: client.incoming_phone_numbers.list(phone_number=HUB))) == owned
    with pytest.raises(TwilioRestException) as refused:
        await ask(call())
    assert refused.value.code == 21210
    with pytest.raises(TwilioRestException) as refused:
        await ask(lambda client: client.messages.create(to=ANNA, from_=HUB, body="x"))
    assert refused.value.code == 21606


async def test_a_number_of_somebody_else_is_not_found(network: TelephoneNetwork, ask: Ask) -> None:
    with pytest.raises(TwilioRestException) as refused:
        await ask(lambda client: client.incoming_phone_numbers("PN" + "f" * 32).fetch())
    assert refused.value.status == 404
