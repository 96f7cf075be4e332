"""The line to Twilio that SMS and calls share: requests in threads, given up after 8 s.

A send has a client and a connection of its own; questions share theirs, and their few threads, with each other only.
The library's synchronous client, because the other one ignores time-outs and repeats requests that were accepted.
"""

import asyncio
import logging
import ssl
import time
from collections import deque
from collections.abc import Callable
from concurrent.futures import Executor, Future
from contextlib import closing
from contextvars import copy_context
from dataclasses import dataclass, field
from typing import TypeVar

import certifi
import requests
from requests.adapters import HTTPAdapter
from twilio.base.exceptions import TwilioException
from twilio.http.http_client import TwilioHttpClient
from twilio.rest import Client

from hub.channels.reply import without_names
from hub.errors import DeliveryError, Refusal
from hub.numbers import refuse_emergency
from hub.way import Way, options

GIVEN_UP = 8.0  # s, counted from outside: the thread may take longer, nobody waits for it
INSIDE = (5.0, 8.0)  # s to connect, s without a byte: so that threads come back

STALE = 30.0  # s without use, after which a connection is no longer trusted

# Of the 4xx these may pass: somebody mends the account, or it was too early or too much.
PASSING = frozenset({401, 403, 404, 408, 425, 429})

# Refusals of our own sender, caller or account: no fault of the person's number, and somebody can mend them.
OURS = frozenset({21210, 21212, 21213, 21408, 21603, 21606, 21608, 21659})

T = TypeVar("T")

CONFLICT = "conflict"  # something else stands in the way; `DeliveryError.code`

_SILENT = logging.Logger("silent", logging.CRITICAL + 1)  # the library would log numbers


@dataclass(frozen=True, slots=True)
class TwilioAccount:
    """`sender`: the name or number of SMS; `caller`: the number that calls."""

    account_sid: str
    api_key_sid: str
    api_key_secret: str = field(repr=False)
    sender: str
    caller: str
    api_url: str = "https://api.twilio.com"
    studio_url: str = "https://studio.twilio.com"


class TwilioLine:
    """`sending` needs as many threads as there are sends at once, `polling` a few; `trust` is for tests."""

    def __init__(
        self,
        account: TwilioAccount,
        sending: Executor,
        polling: Executor,
        trust: ssl.SSLContext | None = None,
        way: Way | None = None,
    ) -> None:
        self.account = account
        self._sending = sending
        self._polling = polling
        self._way = way or Way()
        self._idle: deque[tuple[float, str, TwilioHttpClient]] = deque()  # since when, by which device
        self._resting = False
        self._trust = trust or ssl.create_default_context(cafile=certifi.where())  # read now: disks fail later
        self._client(self._http(""))  # imports now what the library would import at the first send

    async def create(self, make: Callable[[Client], object]) -> str:
        """Run `make` with a client; the SID of what Twilio accepted. Raises DeliveryError."""
        made = await self.look(make)
        sid = getattr(made, "sid", None)
        if not isinstance(sid, str) or not sid:
            raise DeliveryError("an answer without a SID", code="garbage")
        return sid

    async def check(self) -> None:
        """Ask for one message, which is what a key may do that may send. Raises DeliveryError."""
        await self.look(lambda client: client.messages.page(page_size=1))

    async def ask(self, question: Callable[[Client], T]) -> T:
        """What `question` makes of a client, for polls: they never hold up a send. Raises DeliveryError."""
        self._resting = False
        return await self._within(GIVEN_UP, self._polling, self._again, question)

    async def look(self, question: Callable[[Client], T], patience: float | None = None) -> T:
        """As `ask`, within `patience` s, for what must not wait behind a poll. Raises DeliveryError."""
        return await self._within(patience or GIVEN_UP, self._sending, self._once, question)

    def rest(self) -> None:
        """Nothing is asked for a while: leave no connection open."""
        self._resting = True
        while (http := self._kept(self._way.device)) is not None:
            http.session.close()

    def proof(self) -> "Future[None]":
        """Done as soon as a thread that sends is free for it."""
        return self._sending.submit(lambda: None)

    def _kept(self, device: str) -> TwilioHttpClient | None:
        """One whose connection is still good; what is on the way may have forgotten an older one without a word."""
        while True:
            try:
                since, by, http = self._idle.pop()
            except IndexError:
                return None
            if by == device and time.monotonic() - since < STALE:
                return http
            http.session.close()

    async def _within(
        self,
        patience: float,
        executor: Executor,
        way: Callable[[Callable[[Client], T]], T],
        question: Callable[[Client], T],
    ) -> T:
        asked = asyncio.get_running_loop().run_in_executor(executor, copy_context().run, self._answer, way, question)
        try:
            return await asyncio.wait_for(asked, patience)
        except TimeoutError:
            raise DeliveryError("no answer in time", code="timeout") from None

    def _once(self, question: Callable[[Client], T]) -> T:
        with self._way.leaving() as device:
            http = self._http(device)
            with closing(http.session):
                return question(self._client(http))

    def _again(self, question: Callable[[Client], T]) -> T:
        """On a connection that is open already, if there is one; after an error nobody uses it again."""
        with self._way.leaving() as device:
            http = self._kept(device) or self._http(device)
            try:
                answer = question(self._client(http))
            except BaseException:
                http.session.close()
                raise
        self._idle.append((time.monotonic(), device, http))
        if self._resting:  # since it was asked
            self.rest()
        return answer

    def _answer(self, way: Callable[[Callable[[Client], T]], T], question: Callable[[Client], T]) -> T:
        """In a thread of an executor. What the library raises holds numbers, so it is never chained."""
        try:
            return way(question)
        except TwilioException as refused:
            raise _refusal(refused) from None
        except requests.Timeout:
            raise DeliveryError("no answer in time", code="timeout") from None
        except requests.RequestException as broken:
            raise DeliveryError(f"no connection: {type(broken).__name__}", code="connection") from None
        except (ValueError, TypeError, AttributeError, KeyError) as puzzled:  # the library reads no nonsense
            raise DeliveryError(f"not an answer: {type(puzzled).__name__}", code="garbage") from None

    def _http(self, device: str) -> TwilioHttpClient:
        http = TwilioHttpClient(logger=_SILENT)
        http.timeout = INSIDE  # its constructor takes only one number
        http.session.trust_env = False  # no proxies, no .netrc
        adapter = _Adapter(self._trust, device)
        http.session.mount("https://", adapter)
        http.session.mount("http://", adapter)
        return http

    def _client(self, http: TwilioHttpClient) -> Client:
        account = self.account
        client = Client(account.api_key_sid, account.api_key_secret, account.account_sid, http_client=http)
        client.api.base_url = account.api_url
        client.studio.base_url = account.studio_url
        return client


class _Adapter(HTTPAdapter):
    """Certificates are read once, not from the disk for each connection. `device`: see Way."""

    def __init__(self, trust: ssl.SSLContext, device: str) -> None:
        self._trust = trust
        self._options = options(device)
        super().__init__()

    def init_poolmanager(self, connections: int, maxsize: int, block: bool = False, **kwargs: object) -> None:
        super().init_poolmanager(
            connections, maxsize, block, ssl_context=self._trust, socket_options=self._options, **kwargs
        )

    def cert_verify(self, conn: object, url: str, verify: object, cert: object) -> None:
        """Nothing to add: the context demands a certificate and knows whom to trust."""


def checked(number: str) -> str:
    """The last look before a send, whatever was let in before. Raises DeliveryError."""
    try:
        refuse_emergency(number)
    except Refusal:
        raise DeliveryError("an emergency number", code="emergency_number", permanent=True) from None
    return number


def _refusal(refused: TwilioException) -> DeliveryError:
    status = _status(refused)
    code = CONFLICT if status == 409 else getattr(refused, "code", None) or status or "garbage"
    said = getattr(refused, "msg", "") or getattr(refused, "title", "")
    permanent = 400 <= status < 500 and status not in PASSING and code not in OURS
    reason = f"HTTP {status}: {without_names(str(said))}"
    return DeliveryError(reason, code=str(code), permanent=permanent, status=status)


def _status(refused: TwilioException) -> int:
    """Lists raise a bare exception with the answer beside the text."""
    answer = refused.args[1] if len(refused.args) > 1 else None
    status = getattr(refused, "status", None) or getattr(answer, "status_code", 0)
    return status if isinstance(status, int) else 0
