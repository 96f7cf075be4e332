"""One HTTP exchange: record it, let it meet its fault, answer it or leave it unanswered."""

import asyncio
import itertools
import json
import time
from collections.abc import Awaitable, Callable
from urllib.parse import parse_qsl

from aiohttp import web
from aiohttp.typedefs import Middleware

from hardware.simulated.network.answers import AnswerError
from hardware.simulated.network.arrivals import Request
from hardware.simulated.network.connection import reset
from hardware.simulated.network.faults import AFTERWARDS, Fault, Faults, Kind, Service, Sort
from hardware.simulated.network.timing import Clock

Work = Callable[[web.Request], Awaitable[web.StreamResponse]]

GARBAGE = (
    ("text/html", "<html><body><h1>Welcome to the guest network</h1></body></html>"),
    ("application/json", '{"sid": "SM00'),
)
USUAL_CODES = {401: 20003, 404: 20404, 405: 20004, 429: 20429, 500: 20500, 503: 20503}


class Exchange:
    """The middleware. A request is worked off even when its client has gone, as a real server does."""

    def __init__(self, faults: Faults, requests: list[Request], clock: Clock) -> None:
        self.closing = asyncio.Event()
        self._faults = faults
        self._requests = requests
        self._clock = clock
        self._garbage = itertools.cycle(GARBAGE)

    @property
    def middleware(self) -> Middleware:
        @web.middleware
        async def exchange(request: web.Request, handler: Work) -> web.StreamResponse:
            return await self._exchange(request, handler)

        return exchange

    async def _exchange(self, request: web.Request, work: Work) -> web.StreamResponse:
        arrived = await self._record(request)
        to = arrived.form.get("To") or arrived.query.get("To", "")
        fault = self._faults.meet(Service.TWILIO, _sort(request), to)
        arrived.fault = fault.kind if fault else None
        response = await self._meet(fault, request, work)
        if response is None:
            return web.Response()  # what is written to a connection that was cut goes nowhere
        arrived.status, arrived.answer = response.status, _content(response)
        self._clock.changed()
        return response

    async def _record(self, request: web.Request) -> Request:
        arrived = Request(time.monotonic(), request.method, request.path, dict(request.query))
        arrived.form = await form(request)
        self._requests.append(arrived)
        self._clock.changed()
        return arrived

    async def _meet(self, fault: Fault | None, request: web.Request, work: Work) -> web.Response | None:
        if fault is None:
            return await _normal(request, work)
        if fault.kind is Kind.SLOW:
            await self._pause(fault.seconds)
        if fault.kind is Kind.HANG:
            await self.closing.wait()
        response = None
        if fault.kind is Kind.SLOW or fault.kind in AFTERWARDS:
            response = await _normal(request, work)
        return self._spoil(fault, request, response)

    def _spoil(self, fault: Fault, request: web.Request, response: web.Response | None) -> web.Response | None:
        """The answer that is seen, or None and the connection is cut."""
        match fault.kind:
            case Kind.SLOW:
                return response
            case Kind.ERROR | Kind.ERROR_AFTER:
                status = fault.status or 503
                code = fault.code or USUAL_CODES.get(status, 20001)
                return refusal(AnswerError(status, code, "Something went wrong, on purpose."))
            case Kind.GARBAGE:
                kind, text = next(self._garbage)
                return web.Response(status=fault.status or 200, text=text, content_type=kind)
            case Kind.RESET | Kind.RESET_AFTER:
                reset(request.transport)
            case _ if request.transport is not None:
                request.transport.close()
        return None

    async def _pause(self, seconds: float) -> None:
        try:
            async with asyncio.timeout(seconds):
                await self.closing.wait()
        except TimeoutError:
            pass


def refusal(refused: AnswerError) -> web.Response:
    return web.json_response(refused.body, status=refused.status)


async def _normal(request: web.Request, work: Work) -> web.Response:
    try:
        response = await work(request)
    except AnswerError as refused:
        return refusal(refused)
    except web.HTTPException as error:
        code = USUAL_CODES.get(error.status, 20001)
        return refusal(AnswerError(error.status, code, f"The requested resource: {error.reason}"))
    assert isinstance(response, web.Response)
    return response


async def form(request: web.Request) -> dict[str, str]:
    """What was posted; it may be asked for again."""
    text = (await request.read()).decode("utf-8", errors="replace")
    return dict(parse_qsl(text, keep_blank_values=True, errors="replace"))


def _sort(request: web.Request) -> Sort | None:
    """What the request delivers or asks; nothing, when it changes something else."""
    if request.method == "GET":
        return Sort.POLL
    if request.path.startswith("/v2/"):
        return Sort.EXECUTION if "/Executions" in request.path else Sort.FLOW
    if request.path.endswith("/Messages.json"):
        return Sort.SMS
    return Sort.CALL if request.path.endswith("/Calls.json") else None


def _content(response: web.Response) -> object:
    """The answer as its client reads it: JSON where it is, text otherwise."""
    try:
        return json.loads(response.text or "")
    except ValueError:
        return response.text
