"""The network's HTTP face: Twilio's REST API for messages, calls and the account's numbers."""

from datetime import UTC, datetime

from aiohttp import web

from hardware.simulated.network import answers, listing, rules
from hardware.simulated.network.answers import AnswerError, Json, not_found
from hardware.simulated.network.call import Call
from hardware.simulated.network.exchange import Work, form
from hardware.simulated.network.login import Account
from hardware.simulated.network.numbers import Numbers, OwnNumber
from hardware.simulated.network.phones import Phones

MAX_BODY = 1024 * 1024


class TwilioFace:
    """`regions`: the prefixes that may be reached ("+33"); empty: all. `balance`: US dollars. `closed`: the resources
    that the key is kept from ("Balance").
    """

    def __init__(self, phones: Phones, numbers: Numbers, account: Account, regions: tuple[str, ...] = ()) -> None:
        self.balance = "100.00"
        self.closed: set[str] = set()
        self._phones = phones
        self._numbers = numbers
        self._account = account
        self._regions = regions

    def add_routes(self, app: web.Application) -> None:
        base = f"/{answers.VERSION}/Accounts/{{account}}"
        routes: list[tuple[str, str, Work]] = [
            ("GET", ".json", self._show_account),
            ("GET", "/Balance.json", self._show_balance),
            ("POST", "/Messages.json", self._take_message),
            ("GET", "/Messages.json", self._list_messages),
            ("GET", "/Messages/{sid}.json", self._show_message),
            ("POST", "/Calls.json", self._take_call),
            ("GET", "/Calls.json", self._list_calls),
            ("GET", "/Calls/{sid}.json", self._show_call),
            ("POST", "/Calls/{sid}.json", self._update_call),
            ("GET", "/IncomingPhoneNumbers.json", self._list_numbers),
            ("GET", "/OutgoingCallerIds.json", self._list_caller_ids),
            ("GET", "/IncomingPhoneNumbers/{sid}.json", self._show_number),
            ("POST", "/IncomingPhoneNumbers/{sid}.json", self._update_number),
        ]
        for method, path, work in routes:
            app.router.add_route(method, base + path, self._account.guard(self._open(path, work)))

    def _open(self, path: str, work: Work) -> Work:
        resource = path.strip("/").split("/")[0].removesuffix(".json")

        async def checked(request: web.Request) -> web.StreamResponse:
            if resource in self.closed:
                raise AnswerError(403, 70051, "Authorization Error")
            return await work(request)

        return checked

    async def _show_account(self, _: web.Request) -> web.Response:
        return web.json_response(answers.account(self._account.sid))

    async def _show_balance(self, _: web.Request) -> web.Response:
        return web.json_response(answers.balance(self._account.sid, self.balance))

    async def _take_message(self, request: web.Request) -> web.Response:
        wanted = rules.text(await form(request), self._phones, self._numbers, self._regions)
        sms = self._phones.text(wanted.sender, wanted.to, wanted.body, wanted.validity)
        return web.json_response(answers.message(sms, self._account.sid), status=201)

    async def _list_messages(self, request: web.Request) -> web.Response:
        accepted = self._phones.texting.accepted.values()
        return web.json_response(listing.messages(request.query, request.path, accepted, self._account.sid))

    async def _show_message(self, request: web.Request) -> web.Response:
        sms = self._phones.texting.accepted.get(request.match_info["sid"])
        if sms is None:
            raise not_found()
        return web.json_response(answers.message(sms, self._account.sid))

    async def _take_call(self, request: web.Request) -> web.Response:
        wanted = rules.ring(await form(request), self._numbers, self._regions)
        call = self._phones.call(wanted.sender, wanted.to, wanted.said, wanted.seconds, wanted.detection)
        return web.json_response(self._shown(call), status=201)

    async def _list_calls(self, request: web.Request) -> web.Response:
        accepted = self._phones.calling.accepted.values()
        return web.json_response(listing.calls(request.query, request.path, accepted, self._account.sid))

    async def _show_call(self, request: web.Request) -> web.Response:
        return web.json_response(self._shown(self._found(request)))

    async def _update_call(self, request: web.Request) -> web.Response:
        call = self._found(request)
        if (await form(request)).get("Status") not in ("completed", "canceled"):
            raise AnswerError(400, 21218, "Only 'completed' and 'canceled' are known here.")
        if call.over:
            raise AnswerError(400, 21220, "Call is not in-progress. Cannot redirect.")
        self._phones.calling.end(call)
        return web.json_response(self._shown(call))

    async def _list_numbers(self, request: web.Request) -> web.Response:
        return web.json_response(listing.numbers(request.query, request.path, self._numbers, self._account.sid))

    async def _list_caller_ids(self, request: web.Request) -> web.Response:
        return web.json_response(listing.caller_ids(request.query, request.path, self._numbers, self._account.sid))

    async def _show_number(self, request: web.Request) -> web.Response:
        return web.json_response(answers.number(self._own(request), self._account.sid))

    async def _update_number(self, request: web.Request) -> web.Response:
        own, changes = self._own(request), await form(request)
        own.voice_url = changes.get("VoiceUrl", own.voice_url)
        own.voice_method = changes.get("VoiceMethod", own.voice_method)
        own.updated = datetime.now(UTC)
        return web.json_response(answers.number(own, self._account.sid))

    def _own(self, request: web.Request) -> OwnNumber:
        for own in self._numbers:
            if own.id == request.match_info["sid"]:
                return own
        raise not_found()

    def _found(self, request: web.Request) -> Call:
        call = self._phones.calling.accepted.get(request.match_info["sid"])
        if call is None:
            raise not_found()
        return call

    def _shown(self, call: Call) -> Json:
        return answers.call(call, self._account.sid)
