"""The network's second HTTP face: Twilio's Studio, for flows and for everyone's way through one."""

from datetime import UTC, datetime

from aiohttp import web

from hardware.simulated.network import listing, rules, studio_answers
from hardware.simulated.network.answers import AnswerError, Json, not_found
from hardware.simulated.network.exchange import Work, form
from hardware.simulated.network.execution import Execution
from hardware.simulated.network.executions import Executions
from hardware.simulated.network.flows import Flow
from hardware.simulated.network.login import Account


class StudioFace:
    def __init__(self, executions: Executions, account: Account) -> None:
        self._executions = executions
        self._account = account

    def add_routes(self, app: web.Application) -> None:
        routes: list[tuple[str, str, Work]] = [
            ("POST", "/Validate", self._validate),
            ("POST", "", self._create_flow),
            ("GET", "", self._list_flows),
            ("GET", "/{flow}", self._show_flow),
            ("POST", "/{flow}", self._update_flow),
            ("DELETE", "/{flow}", self._delete_flow),
            ("POST", "/{flow}/Executions", self._start),
            ("GET", "/{flow}/Executions", self._list),
            ("GET", "/{flow}/Executions/{sid}", self._show),
            ("POST", "/{flow}/Executions/{sid}", self._end),
            ("DELETE", "/{flow}/Executions/{sid}", self._delete),
            ("GET", "/{flow}/Executions/{sid}/Context", self._show_context),
        ]
        for method, path, work in routes:
            app.router.add_route(method, "/v2/Flows" + path, self._account.guard(work))

    async def _validate(self, request: web.Request) -> web.Response:
        rules.flow(await form(request), None)
        return web.json_response({"valid": True})

    async def _create_flow(self, request: web.Request) -> web.Response:
        flow = rules.flow(await form(request), None)
        self._executions.flows[flow.id] = flow
        return web.json_response(studio_answers.flow(flow, self._account.sid), status=201)

    async def _list_flows(self, request: web.Request) -> web.Response:
        flows = self._executions.flows.values()
        return web.json_response(listing.flows(request.query, str(request.url), flows, self._account.sid))

    async def _show_flow(self, request: web.Request) -> web.Response:
        return web.json_response(studio_answers.flow(self._flow(request), self._account.sid))

    async def _update_flow(self, request: web.Request) -> web.Response:
        flow = self._flow(request)
        new = rules.flow(await form(request), flow)
        flow.name, flow.status, flow.definition = new.name, new.status, new.definition
        flow.commit_message, flow.revision, flow.updated = new.commit_message, flow.revision + 1, datetime.now(UTC)
        return web.json_response(studio_answers.flow(flow, self._account.sid))

    async def _delete_flow(self, request: web.Request) -> web.Response:
        del self._executions.flows[self._flow(request).id]
        return web.Response(status=204)

    async def _start(self, request: web.Request) -> web.Response:
        flow, wanted = self._flow(request), rules.execution(await form(request))
        if not flow.runs:
            raise AnswerError(400, 20001, "This Flow is not published.")
        execution = self._executions.start(flow, wanted.to, wanted.sender, wanted.data)
        return web.json_response(self._shown(execution), status=201)

    async def _list(self, request: web.Request) -> web.Response:
        found = self._executions.of(self._flow(request))
        return web.json_response(listing.executions(request.query, str(request.url), found, self._account.sid))

    async def _show(self, request: web.Request) -> web.Response:
        return web.json_response(self._shown(self._execution(request)))

    async def _end(self, request: web.Request) -> web.Response:
        execution = self._execution(request)
        if (await form(request)).get("Status") != "ended":
            raise AnswerError(400, 20001, "Status can only become 'ended'.")
        execution.end()
        return web.json_response(self._shown(execution))

    async def _delete(self, request: web.Request) -> web.Response:
        execution = self._execution(request)
        execution.end()
        del self._executions.all[execution.id]
        return web.Response(status=204)

    async def _show_context(self, request: web.Request) -> web.Response:
        return web.json_response(studio_answers.context(self._execution(request), self._account.sid))

    def _flow(self, request: web.Request) -> Flow:
        flow = self._executions.flows.get(request.match_info["flow"])
        if flow is None:
            raise not_found()
        return flow

    def _execution(self, request: web.Request) -> Execution:
        execution = self._executions.all.get(request.match_info["sid"])
        if execution is None or execution.flow is not self._flow(request):
            raise not_found()
        return execution

    def _shown(self, execution: Execution) -> Json:
        return studio_answers.execution(execution, self._account.sid)
