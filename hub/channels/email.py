"""E-mail: one message for each contact, in plain text and as a page an old telephone can show."""

import asyncio
import html
import re
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.message import EmailMessage
from email.policy import SMTP as CRLF
from email.utils import format_datetime, parseaddr
from enum import StrEnum
from hashlib import blake2b

from aiosmtplib import (
    SMTP,
    SMTPException,
    SMTPRecipientsRefused,
    SMTPResponseException,
    SMTPTimeoutError,
)

from hub.channels.reply import without_names
from hub.errors import DeliveryError
from hub.ports import Message
from hub.way import Way, connect, options

GIVEN_UP = 8.0  # s for all of it
NOT_THE_RECIPIENT = frozenset({530, 535, 538})  # a login is asked for: the server's trouble, not the address's

_LINK = re.compile(r"https?://\S+")
_BODY = "margin:0;padding:16px;background:#fff;color:#111;font:18px/1.5 sans-serif"
_FIRST = "margin:0 0 16px;font-size:24px;font-weight:bold"
_REST = "margin:0 0 16px"


class Security(StrEnum):
    STARTTLS = "starttls"
    TLS = "tls"
    NONE = "none"  # loopback only


@dataclass(frozen=True, slots=True)
class MailServer:
    """`username`: empty, no login. `trust` is for tests."""

    host: str
    port: int
    security: Security
    sender: str
    username: str = ""
    password: str = field(default="", repr=False)
    trust: ssl.SSLContext | None = field(default=None, repr=False)


class Email:
    path = "smtp"

    def __init__(self, server: MailServer, way: Way | None = None) -> None:
        self._server = server
        self._way = way or Way()
        self._trust = server.trust or ssl.create_default_context()  # read now: disks fail later

    async def send(self, message: Message) -> str:
        written = _written(message, self._server.sender)
        async with self._session() as session:
            refused, _ = await session.send_message(written)
            for answer in refused.values():
                raise _refused(answer.code, answer.message)
        return str(written["Message-ID"])

    async def check(self) -> None:
        async with self._session() as session:
            await session.noop()

    async def receipt(self, id: str) -> None:
        """A mail server's word is its last."""

    async def withdraw(self, id: str) -> None:
        """What was mailed has arrived."""

    @asynccontextmanager
    async def _session(self) -> AsyncIterator[SMTP]:
        """Connected and logged in. What aiosmtplib raises holds addresses, so it is never chained."""
        try:
            with self._way.leaving() as device:
                async with asyncio.timeout(GIVEN_UP), self._logged_in(device) as session:
                    yield session
        except SMTPRecipientsRefused as refused:
            answer = refused.recipients[0]
            raise _refused(answer.code, answer.message) from None
        except (TimeoutError, SMTPTimeoutError):
            raise DeliveryError("no answer in time", code="timeout") from None
        except SMTPResponseException as refused:
            raise DeliveryError(_said(refused.code, refused.message), code=str(refused.code)) from None
        except (SMTPException, OSError, ValueError) as broken:
            raise DeliveryError(f"no mail session: {type(broken).__name__}", code="connection") from None

    @asynccontextmanager
    async def _logged_in(self, device: str) -> AsyncIterator[SMTP]:
        server = self._server
        session = self._client(None if device else server.port)
        try:
            bound = await connect(server.host, server.port, options(device)) if device else None
            await session.connect(sock=bound)
            if server.username:
                await session.login(server.username, server.password)
            yield session
        finally:
            session.close()  # after the last answer nothing is worth waiting for

    def _client(self, port: int | None) -> SMTP:
        """Without a port for a connection that is made already."""
        server = self._server
        secure = server.security is not Security.NONE
        return SMTP(
            hostname=server.host,
            port=port,
            local_hostname="[127.0.0.1]",  # neutral, and no look-up
            use_tls=server.security is Security.TLS,
            start_tls=server.security is Security.STARTTLS,
            tls_context=self._trust if secure else None,
            timeout=GIVEN_UP,
        )


def page(text: str, language: str) -> str:
    """The text as HTML: the first paragraph large, the links clickable, nothing to be fetched."""
    first, *others = (_paragraph(part) for part in text.strip().split("\n\n"))
    styled = [f'<p style="{_FIRST}">{first}</p>', *(f'<p style="{_REST}">{part}</p>' for part in others)]
    head = '<meta charset="utf-8"><meta name="viewport" content="width=device-width">'
    body = f'<body style="{_BODY}">{"".join(styled)}</body>'
    return f'<!doctype html><html lang="{language}"><head>{head}</head>{body}</html>\n'


def _paragraph(text: str) -> str:
    """Links are found before escaping, so that none ends in the middle of an entity."""
    parts, end = [], 0
    for link in _LINK.finditer(text):
        address = html.escape(link[0])
        parts += [html.escape(text[end : link.start()]), f'<a href="{address}">{address}</a>']
        end = link.end()
    return "".join([*parts, html.escape(text[end:])]).replace("\n", "<br>\n")


def _written(message: Message, sender: str) -> EmailMessage:
    mail = EmailMessage(policy=CRLF)
    mail["From"] = sender
    mail["To"] = message.to
    mail["Subject"] = message.subject
    mail["Date"] = format_datetime(datetime.now(UTC))
    mail["Message-ID"] = _message_id(message, sender)
    mail["Auto-Submitted"] = "auto-generated"
    mail["Content-Language"] = message.language
    mail.set_content(message.text, cte="quoted-printable")
    mail.add_alternative(page(message.text, message.language), subtype="html", cte="quoted-printable")
    return mail


def _message_id(message: Message, sender: str) -> str:
    """The same each time this text is tried again, so that a reader drops the double; never anybody else's."""
    content = "\n".join([message.id, message.to, message.text])
    domain = parseaddr(sender)[1].rpartition("@")[2] or "localhost"
    return f"<{blake2b(content.encode(), digest_size=12).hexdigest()}@{domain}>"


def _refused(code: int, said: str) -> DeliveryError:
    permanent = 500 <= code < 600 and code not in NOT_THE_RECIPIENT
    return DeliveryError(_said(code, said), code=str(code), permanent=permanent)


def _said(code: int, said: str) -> str:
    return f"SMTP {code}: {without_names(said)}"
