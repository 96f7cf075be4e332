"""The network's mail face: an SMTP server, with STARTTLS and login when it is given a certificate."""

import asyncio
import hmac
import ssl
import time
from collections.abc import Sequence
from dataclasses import dataclass, field

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from hardware.simulated.network import mailing
from hardware.simulated.network.arrivals import Request
from hardware.simulated.network.connection import abort, reset
from hardware.simulated.network.faults import AFTERWARDS, Fault, Faults, Kind, Service, Sort
from hardware.simulated.network.mailing import Mail
from hardware.simulated.network.timing import Clock

REPLIES = {
    421: "421 4.3.2 Service shutting down",
    451: "451 4.3.0 Try again later",
    452: "452 4.2.2 Mailbox full",
    550: "550 5.1.1 No such mailbox",
    554: "554 5.7.1 Refused",
}
GARBAGE = "<html><body><h1>Welcome to the guest network</h1></body></html>"
BEFORE_ANY_MAIL = frozenset({Kind.HANG, Kind.RESET, Kind.GARBAGE})


@dataclass(frozen=True, slots=True)
class Security:
    """STARTTLS with this context, and a login before any mail."""

    context: ssl.SSLContext
    username: str
    password: str = field(repr=False)


@dataclass(slots=True)
class Records:
    """What the mail face writes down, shared by its connections."""

    mails: list[Mail]
    requests: list[Request]
    faults: Faults
    clock: Clock

    def arrived(self, fault: Fault | None, **form: str) -> Request:
        kind = fault.kind if fault else None
        request = Request(time.monotonic(), "SMTP", "", form=form, fault=kind)
        self.requests.append(request)
        self.clock.changed()
        return request


class Hooks:
    """aiosmtpd's hooks for one connection.

    A fault for everybody that keeps the server from talking is met at the first EHLO; any other one once for
    each recipient, so that it can be one person's.
    """

    def __init__(self, records: Records) -> None:
        self._records = records
        self._greeted = False
        self._afterwards: Fault | None = None

    async def handle_EHLO(  # noqa: N802
        self, server: SMTP, session: Session, _envelope: Envelope, hostname: str, responses: list[str]
    ) -> list[str]:
        session.host_name = hostname
        first, self._greeted = not self._greeted, True
        faults = self._records.faults
        fault = faults.meet(Service.SMTP, Sort.EMAIL, "", BEFORE_ANY_MAIL) if first else None
        if fault is None:
            return responses
        self._records.arrived(fault)
        return [await _spoil(fault, server)]

    async def handle_RCPT(  # noqa: N802
        self, server: SMTP, _session: Session, envelope: Envelope, address: str, options: Sequence[str]
    ) -> str:
        fault = self._records.faults.meet(Service.SMTP, Sort.EMAIL, address)
        sender = envelope.mail_from or ""
        request = self._records.arrived(fault, From=sender, To=address)
        reply = await self._reply(fault, server)
        if reply.startswith("250"):
            envelope.rcpt_tos.append(address)
            envelope.rcpt_options.extend(options)
        request.status = _code(reply)
        return reply

    async def handle_DATA(self, server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802
        content = envelope.original_content or b""
        self._records.mails.append(mailing.read(content, envelope.rcpt_tos))
        self._records.clock.changed()
        fault, self._afterwards = self._afterwards, None
        return "250 OK" if fault is None else await _spoil(fault, server)

    async def _reply(self, fault: Fault | None, server: SMTP) -> str:
        """The answer to RCPT; a fault that comes after the mail was accepted is kept until then."""
        if fault is None:
            return "250 OK"
        if fault.kind in AFTERWARDS:
            self._afterwards = fault
            return "250 OK"
        if fault.kind is Kind.SLOW:
            await asyncio.sleep(fault.seconds)
            return "250 OK"
        return await _spoil(fault, server)


async def _spoil(fault: Fault, server: SMTP) -> str:
    """The wrong answer; where there is to be none, wait until aiosmtpd ends this connection's task."""
    if fault.kind in (Kind.ERROR, Kind.ERROR_AFTER):
        code = fault.code or fault.status or 451
        return REPLIES.get(code, f"{code} Refused")
    if fault.kind is Kind.GARBAGE:
        return GARBAGE
    if fault.kind in (Kind.RESET, Kind.RESET_AFTER):
        reset(server.transport)
    elif fault.kind is Kind.LOST_REPLY and server.transport is not None:
        server.transport.close()
    await asyncio.Event().wait()
    return ""


def _code(reply: str) -> int:
    return int(reply[:3]) if reply[:3].isdigit() else 0


class MailFace:
    """The server: every connection has its own hooks."""

    def __init__(self, records: Records, security: Security | None) -> None:
        self._records = records
        self._security = security
        self._open: set[Connection] = set()

    async def listen(self, port: int) -> asyncio.Server:
        loop = asyncio.get_running_loop()
        return await loop.create_server(self._connection, "127.0.0.1", port)

    async def close(self) -> None:
        """Cut every connection and wait for its task."""
        tasks = [connection.cut() for connection in self._open]
        await asyncio.gather(*(task for task in tasks if task), return_exceptions=True)

    def _connection(self) -> "Connection":
        connection = Connection(Hooks(self._records), self._security, self._open)
        self._open.add(connection)
        return connection


class Connection(SMTP):
    """aiosmtpd's protocol, known to its server as long as it is open."""

    def __init__(self, hooks: Hooks, security: Security | None, among: "set[Connection]") -> None:
        self._security = security
        self._among = among
        super().__init__(
            hooks,
            hostname="localhost",
            ident="ESMTP",
            enable_SMTPUTF8=True,
            tls_context=security.context if security else None,
            require_starttls=security is not None,
            auth_required=security is not None,
            authenticator=self._check_login,
            loop=asyncio.get_running_loop(),
        )

    def connection_lost(self, error: Exception | None) -> None:
        self._among.discard(self)
        super().connection_lost(error)

    def cut(self) -> "asyncio.Task[None] | None":
        for transport in (self.transport, self._original_transport):
            abort(transport)
        if self._handler_coroutine is not None:
            self._handler_coroutine.cancel()
        return self._handler_coroutine

    def _check_login(
        self, _server: SMTP, _session: Session, _envelope: Envelope, _mechanism: str, login: LoginPassword
    ) -> AuthResult:
        """`handled=False`: aiosmtpd then says 535; otherwise it would say nothing at all."""
        assert self._security is not None
        right = hmac.compare_digest(login.login, self._security.username.encode())
        right &= hmac.compare_digest(login.password, self._security.password.encode())
        return AuthResult(success=right, handled=False)
