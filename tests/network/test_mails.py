"""Mails through aiosmtplib, with STARTTLS and a login, and everything that can go wrong with them."""

import ssl
import time
from collections.abc import AsyncIterator
from email.message import EmailMessage

import aiosmtplib
import pytest
import trustme
from hypothesis import given
from hypothesis import strategies as st

from hardware.simulated.network import Fault, Kind, Security, Service, Sort, TelephoneNetwork, mailing

ANNA, BEN = "anna@example.org", "ben@example.org"
AUTHORITY = trustme.CA()


@pytest.fixture
async def network() -> AsyncIterator[TelephoneNetwork]:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    AUTHORITY.issue_cert("127.0.0.1").configure_cert(context)
    async with TelephoneNetwork(security=Security(context, "hub", "secret")) as network:
        yield network


def mail(*to: str) -> EmailMessage:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "hub@example.org", ", ".join(to), "Léa a besoin d’aide"
    message["Auto-Submitted"] = "auto-generated"
    message.set_content("Appelez-la ✓\n")
    message.add_alternative("<p>Appelez-la ✓</p>\n", subtype="html")
    return message


async def send(network: TelephoneNetwork, *to: str, password: str = "secret", timeout: float = 5.0) -> object:
    trusting = ssl.create_default_context()
    AUTHORITY.configure_trust(trusting)
    refused, _ = await aiosmtplib.send(
        mail(*to),
        hostname="127.0.0.1",
        port=network.smtp_port,
        start_tls=True,
        tls_context=trusting,
        username="hub",
        password=password,
        timeout=timeout,
    )
    return refused


async def test_a_mail_arrives_with_its_parts_and_headers(network: TelephoneNetwork) -> None:
    assert await send(network, ANNA) == {}
    [arrived] = network.mails
    assert (arrived.to, arrived.subject) == ((ANNA,), "Léa a besoin d’aide")
    assert (arrived.text, arrived.html) == ("Appelez-la ✓\n", "<p>Appelez-la ✓</p>\n")
    assert arrived.headers["Auto-Submitted"] == "auto-generated"
    assert [request.form["To"] for request in network.requests] == [ANNA]


async def test_without_a_certificate_mails_are_taken_in_the_clear() -> None:
    async with TelephoneNetwork() as network:
        await aiosmtplib.send(mail(ANNA), hostname="127.0.0.1", port=network.smtp_port)
        assert [arrived.to for arrived in network.mails] == [(ANNA,)]


async def test_a_wrong_password_is_refused_at_once(network: TelephoneNetwork) -> None:
    start = time.monotonic()
    with pytest.raises(aiosmtplib.SMTPAuthenticationError) as refused:
        await send(network, ANNA, password="wrong")
    assert refused.value.code == 535
    assert time.monotonic() - start < 2


@pytest.mark.parametrize("start_tls", [True, False])
async def test_nothing_is_taken_without_a_login_or_encryption(network: TelephoneNetwork, start_tls: bool) -> None:
    trusting = ssl.create_default_context()
    AUTHORITY.configure_trust(trusting)
    with pytest.raises(aiosmtplib.SMTPResponseException) as refused:
        await aiosmtplib.send(
            mail(ANNA),
            hostname="127.0.0.1",
            port=network.smtp_port,
            start_tls=start_tls,
            tls_context=trusting,
        )
    assert refused.value.code == 530
    assert network.mails == []


# kind, whether the mail was accepted all the same
BROKEN = [
    (Kind.ERROR, False),
    (Kind.ERROR_AFTER, True),
    (Kind.HANG, False),
    (Kind.LOST_REPLY, True),
    (Kind.RESET, False),
    (Kind.RESET_AFTER, True),
    (Kind.GARBAGE, False),
]


@pytest.mark.parametrize("number", ["", ANNA])
@pytest.mark.parametrize(("kind", "accepted"), BROKEN)
async def test_a_mail_meets_its_fault_and_the_next_one_does_not(
    network: TelephoneNetwork, kind: Kind, accepted: bool, number: str
) -> None:
    network.faults.add(Fault(Service.SMTP, kind, count=1, number=number))
    with pytest.raises((aiosmtplib.SMTPException, OSError)):
        await send(network, ANNA, timeout=0.5)
    assert len(network.mails) == accepted
    assert [request.fault for request in network.requests] == [kind]
    await send(network, ANNA)
    assert len(network.mails) == accepted + 1


def test_every_kind_of_fault_but_slowness_is_tried_here() -> None:
    assert {kind for kind, _ in BROKEN} == set(Kind) - {Kind.SLOW}


async def test_a_slow_server_takes_its_time_and_then_works(network: TelephoneNetwork) -> None:
    network.faults.add(Fault(Service.SMTP, Kind.SLOW, seconds=0.3, count=1))
    start = time.monotonic()
    await send(network, ANNA)
    assert time.monotonic() - start >= 0.3
    assert len(network.mails) == 1


@pytest.mark.parametrize("code", [550, 452])
async def test_one_recipient_may_be_refused_while_another_is_taken(network: TelephoneNetwork, code: int) -> None:
    network.faults.add(Fault(Service.SMTP, Kind.ERROR, code=code, only=Sort.EMAIL, number=BEN))
    network.faults.add(Fault(Service.SMTP, Kind.HANG, only=Sort.SMS))
    refused = await send(network, ANNA, BEN)
    assert isinstance(refused, dict)
    assert {to: answer.code for to, answer in refused.items()} == {BEN: code}
    assert network.mails[0].to == (ANNA,)


async def test_the_network_closes_at_once_while_a_client_waits(network: TelephoneNetwork) -> None:
    async with TelephoneNetwork() as other:
        client = aiosmtplib.SMTP(hostname="127.0.0.1", port=other.smtp_port, timeout=5)
        await client.connect()
        start = time.monotonic()
    assert time.monotonic() - start < 1
    client.close()


@given(st.binary())
def test_any_bytes_are_read_as_a_mail(content: bytes) -> None:
    assert mailing.read(content, [ANNA]).to == (ANNA,)
