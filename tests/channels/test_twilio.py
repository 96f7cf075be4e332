"""What SMS and calls share: when it is refused, when it breaks, and what is not said about it."""

import asyncio
import json
import logging
import ssl
import traceback
from collections.abc import AsyncIterator
from concurrent.futures import Executor
from contextlib import asynccontextmanager
from dataclasses import replace

import psutil
import pytest

from hardware.simulated.network import Fault, Kind, Service, TelephoneNetwork
from hub.channels import twilio
from hub.channels.call import Call
from hub.channels.reply import without_names
from hub.channels.sms import Sms
from hub.channels.studio import Studio
from hub.channels.twilio import TwilioLine
from hub.errors import DeliveryError
from hub.numbers import EMERGENCY
from hub.ports import Channel
from tests.channels.conftest import ANNA, SMS, account


@pytest.fixture(params=[Sms, Call])
def channel(request: pytest.FixtureRequest, line: TwilioLine) -> Channel:
    return Sms(line) if request.param is Sms else Call(line, Studio(line))


async def refusal(channel: Channel, to: str = ANNA) -> DeliveryError:
    with pytest.raises(DeliveryError) as refused:
        await channel.send(replace(SMS, to=to))
    return refused.value


@pytest.mark.parametrize("status", [401, 403, 404, 408, 425, 429, 500, 502, 503, 302])
async def test_what_may_pass_is_tried_again(network: TelephoneNetwork, channel: Channel, status: int) -> None:
    network.faults.add(Fault(Service.TWILIO, Kind.ERROR, status=status, code=20001))
    refused = await refusal(channel)
    assert (refused.permanent, refused.code) == (False, "20001")


@pytest.mark.parametrize(("status", "code"), [(400, 21211), (400, 21610), (400, 21614), (403, 0), (422, 20001)])
async def test_a_refusal_of_this_number_is_for_good(
    network: TelephoneNetwork, channel: Channel, status: int, code: int
) -> None:
    network.faults.add(Fault(Service.TWILIO, Kind.ERROR, status=status, code=code))
    refused = await refusal(channel)
    assert refused.permanent is (status != 403)


@pytest.mark.parametrize(
    ("kind", "code"),
    [
        (Kind.ERROR_AFTER, "20503"),
        (Kind.LOST_REPLY, "connection"),
        (Kind.RESET, "connection"),
        (Kind.RESET_AFTER, "connection"),
        (Kind.HANG, "timeout"),
        (Kind.SLOW, "timeout"),
        (Kind.GARBAGE, "garbage"),
    ],
)
@pytest.mark.usefixtures("impatient")
async def test_whatever_breaks_is_tried_again(
    network: TelephoneNetwork, channel: Channel, kind: Kind, code: str
) -> None:
    network.faults.add(Fault(Service.TWILIO, kind, seconds=0.5))
    for _ in range(2):  # there are two kinds of garbage
        refused = await refusal(channel)
        assert (refused.permanent, refused.code) == (False, code)


@pytest.mark.parametrize("text", ["[]", "null", '"SM"', "{}", '{"sid": 5}', '{"sid": ""}', ""])
async def test_an_answer_without_a_sid_counts_for_nothing(executor: Executor, text: str) -> None:
    async with answering(text) as url:
        network = TelephoneNetwork()
        refused = await refusal(Sms(TwilioLine(account(network.account, url), executor, executor)))
    assert (refused.permanent, refused.code) == (False, "garbage")


async def test_nobody_there_is_tried_again(network: TelephoneNetwork, executor: Executor) -> None:
    refused = await refusal(Sms(TwilioLine(account(network.account, "http://127.0.0.1:1"), executor, executor)))
    assert (refused.permanent, refused.code) == (False, "connection")


@pytest.mark.usefixtures("impatient")
async def test_a_send_that_found_no_thread_in_time_never_leaves(network: TelephoneNetwork, line: TwilioLine) -> None:
    network.faults.add(Fault(Service.TWILIO, Kind.HANG, count=16))
    sends = [asyncio.create_task(refusal(Sms(line))) for _ in range(20)]
    assert {refused.code for refused in await asyncio.gather(*sends)} == {"timeout"}
    assert len(network.requests) == 16


async def test_ten_sends_are_on_their_way_at_the_same_time(network: TelephoneNetwork, line: TwilioLine) -> None:
    network.faults.add(Fault(Service.TWILIO, Kind.SLOW, seconds=1.5))
    sends = [channel.send(SMS) for channel in (Sms(line), Call(line, Studio(line))) for _ in range(5)]
    sids = await asyncio.gather(*sends)
    assert len(set(sids)) == 10
    assert max(request.at for request in network.requests) < min(request.at for request in network.requests) + 1.5


@pytest.mark.parametrize("to", [*sorted(EMERGENCY), "+33112", "+3317", "0033 17"])
async def test_an_emergency_number_is_never_sent_to(network: TelephoneNetwork, channel: Channel, to: str) -> None:
    refused = await refusal(channel, to)
    assert (refused.permanent, refused.code) == (True, "emergency_number")
    assert not network.requests


@pytest.mark.parametrize("kind", [Kind.ERROR, Kind.RESET, Kind.GARBAGE])
async def test_no_number_is_said_in_errors_or_logs(
    network: TelephoneNetwork, channel: Channel, kind: Kind, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    network.faults.add(Fault(Service.TWILIO, kind))
    told = "".join(traceback.format_exception(await refusal(channel))) + caplog.text
    assert ANNA[1:] not in told
    assert not [record for record in caplog.records if record.name.startswith("twilio")]


async def test_a_number_that_twilio_quotes_is_not_passed_on(executor: Executor) -> None:
    said = json.dumps({"code": 21211, "message": f"The 'To' number {ANNA} is not valid.", "status": 400})
    async with answering(said, status=400) as url:
        refused = await refusal(Sms(TwilioLine(account(TelephoneNetwork().account, url), executor, executor)))
    assert (refused.permanent, refused.code) == (True, "21211")
    assert "not valid" in str(refused)
    assert ANNA[1:] not in "".join(traceback.format_exception(refused))


def test_a_quoted_number_or_address_is_taken_out_of_a_reply() -> None:
    said = without_names("The 'To' number +33 6 12.34-56 78 of <anna@exemple.fr>\n is bad (21211), see 06/12/34/56/78")
    assert said == "The 'To' number … of … is bad (21211), see …"


async def test_proxies_of_the_environment_are_not_used(
    network: TelephoneNetwork, line: TwilioLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:1")
    monkeypatch.delenv("no_proxy", raising=False)
    assert await Sms(line).send(SMS)


async def test_the_check_sends_nothing(network: TelephoneNetwork, channel: Channel) -> None:
    await channel.check()
    assert {request.method for request in network.requests} == {"GET"}


async def test_the_check_notices_a_wrong_secret(network: TelephoneNetwork, executor: Executor) -> None:
    wrong = TwilioLine(account(network.account, network.api_url, secret="old"), executor, executor)
    with pytest.raises(DeliveryError, match="401"):
        await Sms(wrong).check()


async def test_a_server_is_trusted_by_its_certificate_only(
    network: TelephoneNetwork, executor: Executor, certificate: ssl.SSLContext, trust: ssl.SSLContext
) -> None:
    async with over_tls(network.http_port, certificate) as url:
        trusting = TwilioLine(account(network.account, url), executor, executor, trust)
        strict = TwilioLine(account(network.account, url), executor, executor)
        assert await Sms(trusting).send(SMS)
        assert (await refusal(Sms(strict))).code == "connection"


def test_the_secret_is_not_shown(line: TwilioLine) -> None:
    assert line.account.api_key_secret not in repr(line.account)


def connections(network: TelephoneNetwork) -> set[int]:
    """The ports from which this process is connected to the network's HTTP port."""
    opened = psutil.Process().net_connections("tcp")
    ours = (one for one in opened if one.status == psutil.CONN_ESTABLISHED and one.raddr.port == network.http_port)
    return {one.laddr.port for one in ours}


async def test_questions_share_a_connection_that_is_closed_at_rest(network: TelephoneNetwork, line: TwilioLine) -> None:
    sid = await Sms(line).send(SMS)
    ports: set[int] = set()
    for _ in range(3):
        await Sms(line).receipt(sid)
        ports |= connections(network)
    assert len(ports) == 1
    line.rest()
    assert not connections(network)


async def test_a_connection_that_was_idle_for_long_is_not_trusted(
    network: TelephoneNetwork, line: TwilioLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    sid = await Sms(line).send(SMS)
    await Sms(line).receipt(sid)
    (first,) = connections(network)
    monkeypatch.setattr(twilio, "STALE", 0.0)
    await Sms(line).receipt(sid)
    assert first not in connections(network)


@pytest.mark.usefixtures("impatient")
async def test_a_question_answered_after_the_rest_leaves_no_connection(
    network: TelephoneNetwork, line: TwilioLine
) -> None:
    sid = await Sms(line).send(SMS)
    network.faults.add(Fault(Service.TWILIO, Kind.SLOW, seconds=0.2, count=1))
    asked = asyncio.create_task(Sms(line).receipt(sid))
    await network.until(lambda: len(network.requests) > 1)
    line.rest()
    await asked
    assert not connections(network)


@pytest.mark.usefixtures("impatient")
async def test_a_connection_that_broke_is_not_used_again(network: TelephoneNetwork, line: TwilioLine) -> None:
    sid = await Sms(line).send(SMS)
    await Sms(line).receipt(sid)
    network.faults.add(Fault(Service.TWILIO, Kind.HANG, count=1))
    with pytest.raises(DeliveryError, match="in time"):
        await Sms(line).receipt(sid)
    assert await Sms(line).receipt(sid)


@asynccontextmanager
async def answering(text: str, status: int = 201) -> AsyncIterator[str]:
    """A server that answers the same to everything."""

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        head = f"HTTP/1.1 {status} Said\r\nConnection: close\r\nContent-Length: {len(text.encode())}\r\n\r\n"
        writer.write(f"{head}{text}".encode())
        await writer.drain()
        await reader.read()
        writer.close()

    async with await asyncio.start_server(answer, "127.0.0.1", 0) as server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"


@asynccontextmanager
async def over_tls(port: int, certificate: ssl.SSLContext) -> AsyncIterator[str]:
    """The network's HTTP port, behind TLS."""

    async def copy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while data := await reader.read(65536):
            writer.write(data)
        writer.close()

    async def join(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        behind = await asyncio.open_connection("127.0.0.1", port)
        await asyncio.gather(copy(reader, behind[1]), copy(behind[0], writer), return_exceptions=True)

    async with await asyncio.start_server(join, "127.0.0.1", 0, ssl=certificate) as server:
        yield f"https://127.0.0.1:{server.sockets[0].getsockname()[1]}"


async def test_a_wrong_sender_of_ours_is_nobody_elses_fault(network: TelephoneNetwork, line: TwilioLine) -> None:
    network.faults.add(Fault(Service.TWILIO, Kind.ERROR, status=400, code=21212, count=1))
    with pytest.raises(DeliveryError) as refused:
        await Sms(line).send(SMS)
    assert (refused.value.permanent, refused.value.code) == (False, "21212")
