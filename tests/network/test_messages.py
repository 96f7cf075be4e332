"""SMS through Twilio's real client: sent, followed, listed, refused."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from twilio.base.exceptions import TwilioRestException

from hardware.simulated.network import QUICK, TelephoneNetwork

from .conftest import ANNA, BEN, HUB, Ask, asker, text


async def test_a_text_is_queued_and_then_arrives_on_the_telephone(network: TelephoneNetwork, ask: Ask) -> None:
    sent = await ask(text(body="Chute détectée"))
    assert (sent.status, sent.to, sent.num_segments) == ("queued", ANNA, "1")
    await network.until(lambda: network.phones[ANNA].messages)
    assert network.phones[ANNA].texts == ["Chute détectée"]
    fetched = await ask(lambda client: client.messages(sent.sid).fetch())
    assert (fetched.status, fetched.error_code) == ("delivered", None)


async def test_a_text_waits_for_a_telephone_that_comes_back_into_reach(network: TelephoneNetwork, ask: Ask) -> None:
    network.phones.behave(ANNA, "out_of_reach")
    sent = await ask(text(validity_period=600))
    sms = network.phones.texting.accepted[sent.sid]
    await network.until(lambda: sms.state == "sent")
    assert network.phones[ANNA].messages == []
    network.phones.behave(ANNA, "answers")
    assert (sms.state, network.phones[ANNA].messages) == ("delivered", [sms])


async def test_a_text_is_given_up_after_its_validity_period(network: TelephoneNetwork, ask: Ask) -> None:
    network.phones.behave(ANNA, "out_of_reach")
    sent = await ask(text(validity_period=1))
    await network.until(lambda: network.phones.texting.accepted[sent.sid].error)
    fetched = await ask(lambda client: client.messages(sent.sid).fetch())
    assert (fetched.status, fetched.error_code) == ("undelivered", 30003)
    network.phones.behave(ANNA, "answers")
    assert network.phones[ANNA].messages == []


@pytest.mark.parametrize("code", [30003, 30005, 30006, 30007, 30008])
@pytest.mark.parametrize(("refused", "end"), [(False, "undelivered"), (True, "failed")])
async def test_a_text_that_cannot_arrive_says_why(
    network: TelephoneNetwork, ask: Ask, code: int, refused: bool, end: str
) -> None:
    network.phones.undeliverable(ANNA, code, refused)
    sms = network.phones.texting.accepted[(await ask(text())).sid]
    await network.until(lambda: sms.error)
    fetched = await ask(lambda client: client.messages(sms.id).fetch())
    assert (fetched.status, fetched.error_code, bool(fetched.error_message)) == (end, code, True)
    assert network.phones[ANNA].messages == []


async def test_a_number_that_is_mended_gets_its_texts(network: TelephoneNetwork, ask: Ask) -> None:
    network.phones.undeliverable(ANNA, 30007)
    network.phones.undeliverable(ANNA, 0)
    await ask(text(body="again"))
    await network.until(lambda: network.phones[ANNA].texts == ["again"])


async def test_an_operator_without_receipts_never_says_more_than_sent() -> None:
    async with TelephoneNetwork(timing=replace(QUICK, operator=0.05)) as network:
        network.phones[ANNA].receipts = False
        network.phones.behave(BEN, "out_of_reach")
        ask, accepted = asker(network), network.phones.texting.accepted
        sent, given_up = await ask(text()), await ask(text(BEN))
        await network.until(lambda: accepted[given_up.sid].error)
        network.phones.behave(ANNA, "answers")
        assert (accepted[sent.sid].state, len(network.phones[ANNA].messages)) == ("sent", 1)


async def test_each_sender_sends_so_many_segments_a_second_and_no_more() -> None:
    async with TelephoneNetwork(timing=QUICK, segments_per_second=2) as network:
        ask, accepted = asker(network), network.phones.texting.accepted
        first, second = await ask(text(body="a" * 307)), await ask(text())
        await network.until(lambda: accepted[first.sid].state == "delivered")
        await ask(lambda client: client.messages.create(to=BEN, from_="Other", body="x"))
        await network.until(lambda: network.phones[BEN].messages)
        assert accepted[second.sid].state == "queued"
        await network.until(lambda: accepted[second.sid].state == "delivered")


async def test_a_text_that_waits_longer_than_it_is_valid_is_never_sent() -> None:
    async with TelephoneNetwork(timing=QUICK, segments_per_second=0.5) as network:
        ask = asker(network)
        await ask(text())
        late = network.phones.texting.accepted[(await ask(text(validity_period=1))).sid]
        await network.until(lambda: late.error)
        fetched = await ask(lambda client: client.messages(late.id).fetch())
        assert (fetched.status, fetched.error_code, fetched.date_sent) == ("failed", 30036, None)


async def test_an_answer_is_found_among_the_messages_to_the_hub(network: TelephoneNetwork, ask: Ask) -> None:
    await ask(text())
    answered = network.phones.reply(ANNA, HUB, "OUI")
    [found] = await ask(lambda client: client.messages.list(to=HUB, from_=ANNA, date_sent_after=answered.created))
    assert (found.sid, found.direction, found.status) == (answered.id, "inbound", "received")
    assert (found.from_, found.body) == (ANNA, "OUI")


async def test_whoever_writes_stop_gets_no_more_texts_until_start(network: TelephoneNetwork, ask: Ask) -> None:
    network.phones.reply(ANNA, HUB, " stop ")
    with pytest.raises(TwilioRestException) as refused:
        await ask(text())
    assert refused.value.code == 21610
    network.phones.reply(ANNA, HUB, "Start")
    await ask(text())


async def test_the_list_is_filtered_by_number_and_newest_first(network: TelephoneNetwork, ask: Ask) -> None:
    for to, body in ((ANNA, "one"), (BEN, "two"), (ANNA, "three")):
        await ask(text(to, body))
    listed = await ask(lambda client: client.messages.list(to=ANNA))
    assert [message.body for message in listed] == ["three", "one"]


async def test_a_long_list_comes_in_pages(network: TelephoneNetwork, ask: Ask) -> None:
    for number in range(5):
        await ask(text(body=str(number)))
    listed = await ask(lambda client: client.messages.list(page_size=2))
    assert [message.body for message in listed] == ["4", "3", "2", "1", "0"]


async def test_a_text_that_is_still_queued_fits_no_date(network: TelephoneNetwork, ask: Ask) -> None:
    network.phones.behave(ANNA, "out_of_reach")
    sent = await ask(text())
    since = datetime.now(UTC) - timedelta(minutes=1)
    await network.until(lambda: network.phones.texting.accepted[sent.sid].sent)
    network.phones.texting.accepted[sent.sid].sent = None
    assert await ask(lambda client: client.messages.list(date_sent_after=since)) == []
    network.phones.texting.accepted[sent.sid].sent = datetime.now(UTC)
    assert len(await ask(lambda client: client.messages.list(date_sent_after=since))) == 1


@pytest.mark.parametrize(
    ("to", "body", "more", "code"),
    [
        ("112", "x", {}, 21211),
        ("0612345678", "x", {}, 21211),
        ("+33123456789", "x", {}, 21614),
        (ANNA, "", {}, 21602),
        (ANNA, "x" * 1601, {}, 21617),
        (ANNA, "x", {"validity_period": 0}, 90007),
        (ANNA, "x", {"validity_period": 36_001}, 90007),
    ],
)
async def test_what_twilio_refuses_is_refused(
    network: TelephoneNetwork, ask: Ask, to: str, body: str, more: dict[str, int], code: int
) -> None:
    with pytest.raises(TwilioRestException) as refused:
        await ask(text(to, body, **more))
    assert (refused.value.status, refused.value.code) == (400, code)
    assert network.phones.texting.accepted == {}


async def test_whoever_answered_stop_gets_no_more_texts(network: TelephoneNetwork, ask: Ask) -> None:
    network.phones.stop(ANNA)
    with pytest.raises(TwilioRestException) as refused:
        await ask(text())
    assert refused.value.code == 21610
    await ask(text(BEN))


async def test_a_region_that_is_not_permitted_is_refused() -> None:
    async with TelephoneNetwork(timing=QUICK, regions=("+33",)) as network:
        with pytest.raises(TwilioRestException) as refused:
            await asker(network)(text("+447700900123"))
        assert refused.value.code == 21408
        await asker(network)(text(ANNA))


@pytest.mark.parametrize(("key", "secret"), [("SK" + "f" * 32, ""), ("", "wrong")])
async def test_a_wrong_key_or_secret_is_not_let_in(network: TelephoneNetwork, key: str, secret: str) -> None:
    with pytest.raises(TwilioRestException) as refused:
        await asker(network, key, secret)(text())
    assert (refused.value.status, refused.value.code) == (401, 20003)


async def test_account_and_balance_can_be_asked_for(network: TelephoneNetwork, ask: Ask) -> None:
    account = await ask(lambda client: client.api.accounts(network.account.sid).fetch())
    network.balance = "3.20"
    balance = await ask(lambda client: client.balance.fetch())
    assert (account.status, balance.balance, balance.currency) == ("active", "3.20", "USD")


async def test_an_unknown_message_is_not_found(network: TelephoneNetwork, ask: Ask) -> None:
    with pytest.raises(TwilioRestException) as refused:
        await ask(lambda client: client.messages("SM" + "f" * 32).fetch())
    assert (refused.value.status, refused.value.code) == (404, 20404)
