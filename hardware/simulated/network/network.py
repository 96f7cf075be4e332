"""The whole network: telephones, their HTTP and mail faces on loopback, and what goes wrong there."""

from collections.abc import Callable
from contextlib import AsyncExitStack
from types import TracebackType
from typing import Self

from aiohttp import web

from hardware.simulated.network.arrivals import Request
from hardware.simulated.network.exchange import Exchange
from hardware.simulated.network.executions import Executions
from hardware.simulated.network.faults import Faults
from hardware.simulated.network.login import Account
from hardware.simulated.network.mailing import Mail
from hardware.simulated.network.numbers import Numbers
from hardware.simulated.network.phones import Behaviour, Phones
from hardware.simulated.network.smtp import MailFace, Records, Security
from hardware.simulated.network.studio import StudioFace
from hardware.simulated.network.timing import LIFELIKE, Clock, Timing
from hardware.simulated.network.twilio import MAX_BODY, TwilioFace

LOOPBACK = "127.0.0.1"


class TelephoneNetwork:
    """An async context manager: `api_url` and `smtp_port` are known inside it.

    `regions`: the prefixes that may be reached ("+33"), empty: all. Without `security`, mails are taken in
    the clear and without a login. SMS are limited for each sender, calls for all. Port 0: any free one.
    """

    def __init__(
        self,
        *,
        behaviour: Behaviour = Behaviour.ANSWERS,
        timing: Timing = LIFELIKE,
        account: Account | None = None,
        security: Security | None = None,
        regions: tuple[str, ...] = (),
        calls_per_second: float | None = None,
        segments_per_second: float | None = None,
        http_port: int = 0,
        smtp_port: int = 0,
    ) -> None:
        self.account = account or Account()
        self.faults = Faults()
        self.requests: list[Request] = []
        self.mails: list[Mail] = []
        self.numbers = Numbers()
        self.http_port = http_port
        self.smtp_port = smtp_port
        self._clock = Clock()
        self.phones = Phones(self._clock, timing, behaviour, calls_per_second, segments_per_second)
        self.executions = Executions(self.phones, self.numbers, self._clock, timing, regions)
        self.phones.reception = self.executions
        self._exchange = Exchange(self.faults, self.requests, self._clock)
        self._twilio = TwilioFace(self.phones, self.numbers, self.account, regions)
        self._studio = StudioFace(self.executions, self.account)
        records = Records(self.mails, self.requests, self.faults, self._clock)
        self._smtp = MailFace(records, security)
        self._open = AsyncExitStack()

    @property
    def api_url(self) -> str:
        return f"http://{LOOPBACK}:{self.http_port}"

    @property
    def closed(self) -> set[str]:
        """The resources that the key is kept from: add "Balance", and asking for it is answered with 403."""
        return self._twilio.closed

    @property
    def balance(self) -> str:
        """What is left on the account, in US dollars: "3.20"."""
        return self._twilio.balance

    @balance.setter
    def balance(self, left: str) -> None:
        self._twilio.balance = left

    async def __aenter__(self) -> Self:
        async with AsyncExitStack() as opening:
            opening.callback(self._clock.stop)
            await self._open_http(opening)
            await self._open_smtp(opening)
            self._open = opening.pop_all()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._open.aclose()

    async def until(self, holds: Callable[[], object], seconds: float = 10.0) -> None:
        """Wait until `holds()` is true of this world. Raises TimeoutError."""
        await self._clock.until(holds, seconds)

    def forget(self) -> None:
        """Empty the world: phones, mails, requests, ways through flows. Faults, flows and numbers stay."""
        self.executions.forget()
        self.phones.forget()
        self.mails.clear()
        self.requests.clear()

    async def _open_http(self, opening: AsyncExitStack) -> None:
        app = web.Application(middlewares=[self._exchange.middleware], client_max_size=MAX_BODY)
        self._twilio.add_routes(app)
        self._studio.add_routes(app)
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.5)
        await runner.setup()
        opening.push_async_callback(runner.cleanup)
        opening.callback(self._exchange.closing.set)
        await web.TCPSite(runner, LOOPBACK, self.http_port).start()
        self.http_port = runner.addresses[0][1]

    async def _open_smtp(self, opening: AsyncExitStack) -> None:
        server = await self._smtp.listen(self.smtp_port)
        opening.push_async_callback(self._smtp.close)
        opening.callback(server.close)
        self.smtp_port = server.sockets[0].getsockname()[1]
