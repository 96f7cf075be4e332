"""What leaves the hub leaves by the device that is chosen, and as the system routes where that one fails."""

import asyncio
import errno
from collections.abc import AsyncIterator, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

import pytest

from hub.channels.email import Email, MailServer, Security
from hub.channels.twilio import TwilioAccount, TwilioLine
from hub.core import Hub, clock
from hub.errors import DeliveryError
from hub.heartbeat import Heartbeat
from hub.way import GONE, Way, going_aside
from tests.streets import FAR, NEAR, Street

CABLE, MOBILE = f"{NEAR['eth0']}.2", f"{NEAR['wwan0']}.2"
ANSWER = b"HTTP/1.1 503 Not now\r\nContent-Length: 0\r\nConnection: keep-alive\r\n\r\n"


@pytest.mark.parametrize("problem", [TimeoutError(), ConnectionRefusedError(errno.ECONNREFUSED, "refused")])
def test_a_device_by_which_one_did_not_get_through_is_only_to_be_tried(problem: OSError):
    way = Way()
    way.use("wwan0")
    way.failed("wwan0", problem)
    assert way.device == "wwan0", "what the system would use instead is known to lead nowhere"
    assert [*way.doubts] == [("wwan0", "")]


@pytest.mark.parametrize("number", sorted(GONE))
def test_a_device_that_is_gone_is_left_at_once(number: int):
    way = Way()
    way.use("wwan0")
    way.failed("eth0", OSError(number, "gone"))
    assert way.device == "wwan0"
    way.failed("wwan0", OSError(number, "gone"))
    assert way.device == ""
    assert [device for device, why in way.doubts if why] == ["eth0", "wwan0"]


def test_a_failure_as_the_system_routes_speaks_against_no_device():
    way = Way()

    def try_in_vain() -> None:
        with way.leaving() as device:
            way.use("wwan0")  # it is chosen meanwhile
            raise OSError(errno.ENETUNREACH, device)

    with pytest.raises(OSError, match="Errno"):
        try_in_vain()
    assert way.device == "wwan0"
    assert not way.doubts


def test_an_answer_that_is_a_refusal_speaks_against_no_device():
    way = Way()
    way.use("wwan0")
    with pytest.raises(DeliveryError), way.leaving():
        raise DeliveryError("refused", code="21211", permanent=True)
    assert way.device == "wwan0"
    assert not way.doubts


@dataclass
class Far:
    """Somebody in the internet who answers whatever comes; `callers`: from where, each connection."""

    port: int = 0
    callers: list[str] = field(default_factory=list)
    answer: bytes = ANSWER

    async def meet(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.callers.append(writer.get_extra_info("peername")[0])
        try:
            while await reader.read(65536):
                writer.write(self.answer)
        finally:
            writer.close()


@pytest.fixture
async def far(street: Street) -> AsyncIterator[Far]:
    far = Far()
    with street.outside.inside():
        server = await asyncio.start_server(far.meet, FAR, 0)
    far.port = server.sockets[0].getsockname()[1]
    yield far
    server.close()


@pytest.fixture
def way(street: Street, far: Far) -> Iterator[Way]:
    """In the home."""
    with street.home.inside():
        yield Way()


@pytest.fixture
def line(far: Far, way: Way) -> Iterator[TwilioLine]:
    url = f"http://{FAR}:{far.port}"
    account = TwilioAccount("AC" + "0" * 32, "SK" + "0" * 32, "secret", "Centre", "+33939010203", url, url)
    with ThreadPoolExecutor() as executor:
        yield TwilioLine(account, executor, executor, way=way)


async def told(line: TwilioLine) -> str:
    """The code of what comes of asking."""
    with pytest.raises(DeliveryError) as refused:
        await line.check()
    return refused.value.code


async def test_sms_and_calls_leave_by_the_chosen_device(line: TwilioLine, far: Far, way: Way):
    assert await told(line) == "503"
    way.use("wwan0")
    assert await told(line) == "503"
    way.use("")
    assert await told(line) == "503"
    assert far.callers == [CABLE, MOBILE, CABLE]


async def test_who_goes_aside_leaves_by_the_other_device_where_there_is_one(line: TwilioLine, far: Far, way: Way):
    going_aside.set(True)
    assert await told(line) == "503"
    way.use("", aside="wwan0")
    assert await told(line) == "503"
    going_aside.set(False)
    assert await told(line) == "503"
    assert far.callers == [CABLE, MOBILE, CABLE]


async def test_a_device_that_is_gone_costs_one_try(line: TwilioLine, far: Far, way: Way):
    way.use("wwan1")
    assert await told(line) == "connection"
    assert await told(line) == "503"
    assert far.callers == [CABLE]


async def test_one_time_out_sends_nobody_back_onto_the_systems_own_way(
    line: TwilioLine, far: Far, way: Way, street: Street, monkeypatch
):
    monkeypatch.setattr("hub.channels.twilio.INSIDE", (1.0, 1.0))
    way.use("wwan0")
    street.lose("wwan0")
    assert await told(TwilioLine(line.account, line._sending, line._polling, way=way)) == "timeout"
    street.find("wwan0")
    assert await told(line) == "503"
    assert far.callers == [MOBILE]


async def test_a_connection_that_is_kept_belongs_to_its_device(line: TwilioLine, far: Far, way: Way):
    def ask(client):
        assert client.http_client.session.get(f"http://{FAR}:{far.port}/").status_code == 503

    await line.ask(ask)
    await line.ask(ask)
    way.use("wwan0")
    await line.ask(ask)
    await line.ask(ask)
    assert far.callers == [CABLE, MOBILE]


async def test_an_email_leaves_by_the_chosen_device(far: Far, way: Way, monkeypatch):
    monkeypatch.setattr("hub.channels.email.GIVEN_UP", 1.5)  # this server never greets
    email = Email(MailServer(FAR, far.port, Security.NONE, "hub@exemple.fr"), way)
    for device in ("", "wwan0", "wwan0"):
        way.use(device)
        with pytest.raises(DeliveryError) as refused:
            await email.check()
        assert refused.value.code == "timeout"
    assert far.callers == [CABLE, MOBILE, MOBILE], "a mail server that is silent moves nobody's way"
    way.use("wwan1")
    with pytest.raises(DeliveryError) as refused:
        await email.check()
    assert refused.value.code == "connection"
    assert way.device == "", "that device is gone"


async def test_the_heartbeat_leaves_by_the_chosen_device(far: Far, way: Way, hub: Hub):
    heart = Heartbeat(f"http://{FAR}:{far.port}/k3y", hub.household, hub.faults, clock, way=way)
    proved: list[str] = []
    heart.proved = proved.append
    assert not await heart.beat()
    assert proved == [], "a refusal proves nothing"
    far.answer = ANSWER.replace(b"503", b"200")
    for device in ("", "wwan0", "wwan0"):
        way.use(device)
        assert await heart.beat()
    assert proved == ["", "wwan0", "wwan0"]
    far.answer = b"nonsense"
    assert not await heart.beat()
    assert way.device == "wwan0", "its server may be ill"
    far.answer = ANSWER.replace(b"503", b"200")
    way.use("wwan1")
    assert not await heart.beat()
    assert await heart.beat(), "as the system routes, where the device fails"
    assert far.callers == [CABLE, MOBILE, CABLE], "one connection is kept for each"
