"""E-mail on the built-in telephone network: STARTTLS, login, one message for one person."""

import asyncio
import ssl
import traceback
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from email.utils import parsedate_to_datetime
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hardware.simulated.network import Fault, Kind, Service, TelephoneNetwork
from hub.channels.email import Email, MailServer, Security, page
from hub.errors import DeliveryError
from tests.channels.conftest import LETTER, MAIL


async def refusal(server: MailServer) -> DeliveryError:
    with pytest.raises(DeliveryError) as refused:
        await Email(server).send(LETTER)
    return refused.value


async def test_a_mail_arrives_as_text_and_as_a_page(network: TelephoneNetwork, server: MailServer) -> None:
    await Email(server).send(LETTER)
    (mail,) = network.mails
    assert (mail.to, mail.subject) == ((MAIL,), "URGENT Léa K7Q2M")
    assert mail.text.strip() == LETTER.text
    assert LETTER.text in mail.html


async def test_a_mail_says_that_nobody_wrote_it(network: TelephoneNetwork, server: MailServer) -> None:
    await Email(server).send(LETTER)
    headers = network.mails[0].headers
    assert headers["Auto-Submitted"] == "auto-generated"
    assert headers["From"] == "hub@exemple.fr"
    assert parsedate_to_datetime(headers["Date"]).tzinfo


async def test_a_mail_keeps_its_id_when_it_is_tried_again(network: TelephoneNetwork, server: MailServer) -> None:
    network.faults.add(Fault(Service.SMTP, Kind.RESET_AFTER, count=1))
    assert (await refusal(server)).permanent is False
    first = await Email(server).send(LETTER)
    newer = await Email(server).send(replace(LETTER, text="again"))
    ids = [mail.headers["Message-ID"] for mail in network.mails]
    assert ids == [first, first, newer]
    assert newer != first


@pytest.mark.parametrize(("code", "permanent"), [(550, True), (553, True), (451, False), (421, False), (530, False)])
async def test_a_refused_address_is_for_good_when_the_server_says_so(
    network: TelephoneNetwork, server: MailServer, code: int, permanent: bool
) -> None:
    network.faults.add(Fault(Service.SMTP, Kind.ERROR, code=code, number=MAIL))
    refused = await refusal(server)
    assert (refused.permanent, refused.code) == (permanent, str(code))


@pytest.mark.parametrize("kind", [Kind.HANG, Kind.SLOW, Kind.RESET, Kind.LOST_REPLY, Kind.GARBAGE, Kind.ERROR_AFTER])
@pytest.mark.usefixtures("impatient")
async def test_whatever_breaks_is_tried_again(network: TelephoneNetwork, server: MailServer, kind: Kind) -> None:
    network.faults.add(Fault(Service.SMTP, kind, seconds=1.0))
    async with asyncio.timeout(2):
        assert (await refusal(server)).permanent is False


@pytest.mark.usefixtures("impatient")
async def test_a_server_that_is_slow_at_every_step_is_given_up_as_a_whole() -> None:
    async with dawdling(0.25) as port, asyncio.timeout(2):
        refused = await refusal(MailServer("127.0.0.1", port, Security.NONE, "hub@exemple.fr"))
    assert (refused.permanent, refused.code) == (False, "timeout")


@asynccontextmanager
async def dawdling(seconds: float) -> AsyncIterator[int]:
    """A server that says yes to everything, each time later than one would like."""
    ended = asyncio.Event()

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        code = 220
        while not reader.at_eof():
            await asyncio.sleep(seconds)
            writer.write(b"%d yes\r\n" % code)
            code = 354 if (await reader.readline()).startswith(b"DATA") else 250
        writer.close()
        ended.set()

    async with await asyncio.start_server(talk, "127.0.0.1", 0) as server:
        yield server.sockets[0].getsockname()[1]
        await ended.wait()


async def test_a_wrong_password_is_not_for_good(server: MailServer) -> None:
    refused = await refusal(replace(server, password="old"))
    assert (refused.permanent, refused.code) == (False, "535")


async def test_a_server_is_trusted_by_its_certificate_only(server: MailServer) -> None:
    refused = await refusal(replace(server, trust=ssl.create_default_context()))
    assert (refused.permanent, refused.code) == (False, "connection")


async def test_nothing_is_sent_in_the_clear_when_starttls_is_asked_for() -> None:
    async with TelephoneNetwork() as plain:
        server = MailServer("127.0.0.1", plain.smtp_port, Security.STARTTLS, "hub@exemple.fr")
        assert (await refusal(server)).permanent is False
        assert not plain.mails


async def test_a_server_on_loopback_may_do_without_tls_and_login() -> None:
    async with TelephoneNetwork() as plain:
        server = MailServer("127.0.0.1", plain.smtp_port, Security.NONE, "hub@exemple.fr")
        await Email(server).send(LETTER)
        assert len(plain.mails) == 1


async def test_the_check_sends_nothing(network: TelephoneNetwork, server: MailServer) -> None:
    await Email(server).check()
    assert not network.mails


async def test_the_check_notices_a_wrong_password(server: MailServer) -> None:
    with pytest.raises(DeliveryError, match="535"):
        await Email(replace(server, password="old")).check()


@pytest.mark.parametrize("kind", [Kind.ERROR, Kind.RESET, Kind.GARBAGE])
async def test_no_address_is_said_in_errors(
    network: TelephoneNetwork, server: MailServer, kind: Kind, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG", logger="aiosmtplib")
    network.faults.add(Fault(Service.SMTP, kind))
    told = "".join(traceback.format_exception(await refusal(server))) + caplog.text
    assert MAIL not in told


def test_a_page_has_clickable_links_and_a_large_first_line() -> None:
    shown = page("SECOURS\n\nOù : <Lilas> & Co\nCarte : https://maps.google.com/?q=1,2&z=3", "fr")
    assert '<a href="https://maps.google.com/?q=1,2&amp;z=3">' in shown
    assert "&lt;Lilas&gt; &amp; Co<br>" in shown
    assert 'font-weight:bold">SECOURS</p>' in shown
    assert shown.startswith('<!doctype html><html lang="fr">')


class Reader(HTMLParser):
    """What a reader sees of a page, and its elements."""

    def __init__(self, shown: str) -> None:
        super().__init__()
        self.text, self.tags = "", set[str]()
        self.feed(shown)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)

    def handle_data(self, data: str) -> None:
        self.text += data


@given(st.text(st.characters(categories=["L", "N", "P", "S", "Zs"]), min_size=1))
def test_nothing_in_a_text_becomes_a_part_of_the_page(text: str) -> None:
    read = Reader(page(text, "fr"))
    assert read.tags <= {"html", "head", "meta", "body", "p", "a", "br"}
    assert read.text.strip() == text.strip()
