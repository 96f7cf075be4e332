"""The channels on the built-in telephone network: real clients, real sockets, on loopback."""

import ssl
from collections.abc import AsyncIterator, Iterator
from concurrent.futures import Executor, ThreadPoolExecutor
from dataclasses import replace

import pytest
import trustme

from hardware.simulated.network import QUICK, Account, Security, TelephoneNetwork
from hub.channels import twilio
from hub.channels.call import Call
from hub.channels.email import MailServer
from hub.channels.email import Security as MailSecurity
from hub.channels.studio import Studio
from hub.channels.twilio import TwilioAccount, TwilioLine
from hub.ports import Message

ANNA = "+33612345678"
MAIL = "anna@exemple.fr"
LOGIN = ("hub", "secret of the mail server")

SMS = Message("K7Q2M-1", ANNA, "fr", "K7Q2M", "SECOURS: Léa, 12 rue des Lilas, 20:14 #K7Q2M.")
LETTER = replace(SMS, to=MAIL, subject="URGENT Léa K7Q2M")


@pytest.fixture(scope="session")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture(scope="session")
def trust(authority: trustme.CA) -> ssl.SSLContext:
    context = ssl.create_default_context()
    authority.configure_trust(context)
    return context


@pytest.fixture(scope="session")
def certificate(authority: trustme.CA) -> ssl.SSLContext:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    return context


@pytest.fixture
async def network(certificate: ssl.SSLContext) -> AsyncIterator[TelephoneNetwork]:
    async with TelephoneNetwork(timing=QUICK, security=Security(certificate, *LOGIN)) as network:
        yield network


@pytest.fixture
def executor() -> Iterator[Executor]:
    with ThreadPoolExecutor(16) as executor:
        yield executor


@pytest.fixture
def polling() -> Iterator[Executor]:
    with ThreadPoolExecutor(4) as executor:
        yield executor


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Give up in a fraction of a second."""
    monkeypatch.setattr(twilio, "GIVEN_UP", 0.3)
    monkeypatch.setattr(twilio, "INSIDE", (0.6, 0.6))
    monkeypatch.setattr("hub.channels.email.GIVEN_UP", 0.6)


@pytest.fixture
def line(network: TelephoneNetwork, executor: Executor, polling: Executor) -> TwilioLine:
    return TwilioLine(account(network.account, network.api_url), executor, polling)


@pytest.fixture
def server(network: TelephoneNetwork, trust: ssl.SSLContext) -> MailServer:
    port = network.smtp_port
    return MailServer("127.0.0.1", port, MailSecurity.STARTTLS, "hub@exemple.fr", *LOGIN, trust=trust)


def account(whose: Account, api_url: str, secret: str = "") -> TwilioAccount:
    return TwilioAccount(whose.sid, whose.key, secret or whose.secret, "Centre", "+33937000000", api_url, api_url)


ALERT = replace(
    SMS,
    text="Secours. Léa, 12 rue des Lilas.",
    machine="Message automatique. Écoutez vos SMS.",
    brief="Code de la porte, 4 7 1 1.",
)


@pytest.fixture
async def flow(line: TwilioLine) -> Studio:
    made = Studio(line)
    await made.ensure()
    return made


@pytest.fixture
def channel(line: TwilioLine, flow: Studio) -> Call:
    return Call(line, flow)
