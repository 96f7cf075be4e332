"""The flow at Twilio Studio: looked after at the start and daily, never at an alert; and the calls that run it."""

import logging
import time
from dataclasses import replace
from functools import partial

from twilio.rest import Client
from twilio.rest.studio.v2.flow import FlowContext
from twilio.rest.studio.v2.flow.execution import ExecutionContext, ExecutionInstance

from hub.channels import flow
from hub.channels.context import Context, read
from hub.channels.progress import MACHINE, UNANSWERED, hang_up, heard
from hub.channels.twilio import CONFLICT, TwilioLine
from hub.errors import ENGAGED, DeliveryError
from hub.ports import Message, Progress, Receipt

log = logging.getLogger(__name__)

FLOWS = 200  # of the account
ACTIVE = 20  # executions at once
CALLS = 5  # the last ones to one person
STRAGGLING = 30.0  # s an execution may outlive its call, so that the last key is read


class Studio:
    """`flow`: the SID of the flow that calls may run, "" while there is none; `digest`: of its definition.

    `answered`: whether a call back reaches the flow, None until somebody looked; `begun`: what `begin` or `find` has
    returned.
    """

    def __init__(self, line: TwilioLine) -> None:
        self._line = line
        self._definition = flow.definition()
        self.digest = flow.digest(self._definition)
        self.flow = ""
        self.answered: bool | None = None
        self.begun: set[str] = set()
        self._calls: dict[str, str] = {}  # by execution
        self._over: dict[str, float] = {}  # by execution, since when its call is over, monotonic

    def recall(self, flow: str, digest: str) -> None:
        """Use what `ensure` found before the last start, if the definition is still the same."""
        if digest == self.digest:
            self.flow = flow

    async def ensure(self) -> str:
        """Find the flow, or make it, or put right what differs; and let call backs reach it. Raises DeliveryError."""
        self.flow = await self._line.look(self._made)
        self.answered = await self._line.look(self._reached)
        if not self.answered:
            log.warning("the number that calls is none of the account's: nobody can call back")
        return self.flow

    def _made(self, client: Client) -> str:
        name = f"hub {self.digest}"
        wanted = {"friendly_name": name, "status": "published", "definition": self._definition}
        flows = client.studio.v2.flows
        sid = next((one.sid for one in flows.list(limit=FLOWS) if one.friendly_name == name), None)
        if sid is None:
            return _sid(flows.create(**wanted))
        found = flows(sid).fetch()
        if found.status != "published" or flow.digest(found.definition) != self.digest:
            flows(sid).update(**wanted)
        return str(sid)

    def _reached(self, client: Client) -> bool:
        account = self._line.account
        url = f"https://webhooks.twilio.com/v1/Accounts/{account.account_sid}/Flows/{self.flow}"
        numbers = client.incoming_phone_numbers.list(phone_number=account.caller, limit=1)
        for number in numbers:
            if number.voice_url != url:
                number.update(voice_url=url, voice_method="POST")
        return bool(numbers)

    async def begin(self, message: Message) -> str:
        """Call this person with the flow: the execution's SID. Raises DeliveryError.

        Another call of ours that stands in the way is ended; whoever listens, or is calling us, is not cut off.
        """
        try:
            sid = await self._line.create(partial(self._begin, message))
        except DeliveryError as refused:
            if refused.code != CONFLICT:
                raise
            same = await self._line.look(partial(self._make_room, message))
            sid = same or await self._line.create(partial(self._begin, message))
        self.begun.add(sid)
        return sid

    async def find(self, message: Message) -> str:
        """The SID of this very message's execution while it is active, "" if there is none. Raises DeliveryError."""
        sid = await self._line.look(partial(self._find, message))
        self.begun |= {sid} - {""}
        return sid

    def _find(self, message: Message, client: Client) -> str:
        ways = self._active(message, client)
        return next((_sid(one) for one in ways if read(self._execution(client, one.sid)).message == message.id), "")

    def _active(self, message: Message, client: Client) -> list[ExecutionInstance]:
        """At most one, as Twilio says, for these two numbers."""
        active = self._flow(client).executions.list(status="active", limit=ACTIVE)
        return [one for one in active if one.contact_channel_address == message.to and one.status == "active"]

    def _begin(self, message: Message, client: Client) -> object:
        parameters = {name: getattr(message, name) for name in ("id", "language", "text", "machine", "brief")}
        caller = self._line.account.caller
        return self._flow(client).executions.create(to=message.to, from_=caller, parameters=parameters)

    def _make_room(self, message: Message, client: Client) -> str:
        """The SID of the execution in the way if it is this very message's; "" once another one was ended."""
        for one in self._active(message, client):
            context = read(self._execution(client, one.sid))
            if context.message == message.id:
                return _sid(one)
            if context.call and heard(client.calls(context.call).fetch()).progress is Progress.TALKING:
                raise DeliveryError("this person is on the telephone with us", code=ENGAGED)
            self._end(one.sid, client)
        return ""

    async def receipt(self, id: str) -> Receipt:
        """As `Channel.receipt`, for an execution. Raises DeliveryError."""
        return await self._line.ask(partial(self._receipt, id))

    def _receipt(self, id: str, client: Client) -> Receipt:
        call = self._call(id, client)
        if not call:
            ended = self._execution(client, id).fetch().status == "ended"
            return Receipt(Progress.UNDELIVERED, "canceled") if ended else Receipt(Progress.WAITING)
        far = heard(client.calls(call).fetch())
        if far.progress in UNANSWERED or far.progress is Progress.UNDELIVERED:
            return far
        if far.progress is Progress.DELIVERED and self._straggles(id, client):
            far = replace(far, progress=Progress.TALKING)
        return _with_keys(far, read(self._execution(client, id)))

    def _straggles(self, id: str, client: Client) -> bool:
        """Whether the flow may still write down a key of a call that is over."""
        since = self._over.setdefault(id, time.monotonic())
        return self._execution(client, id).fetch().status == "active" and time.monotonic() - since < STRAGGLING

    async def withdraw(self, id: str) -> None:
        """As `Channel.withdraw`, for an execution. Raises DeliveryError."""
        await self._line.ask(partial(self._end, id))

    def _end(self, id: str, client: Client) -> None:
        call = self._call(id, client)
        if not call or hang_up(client, call):
            self._execution(client, id).update(status="ended")

    def _call(self, id: str, client: Client) -> str:
        """The SID of an execution's call; "" before it is dialled."""
        if id not in self._calls and (call := read(self._execution(client, id)).call or self._dialled(id, client)):
            self._calls[id] = call
        return self._calls.get(id, "")

    def _dialled(self, id: str, client: Client) -> str:
        """The first call to the same person that is younger: the context may not name it before it is answered."""
        execution, caller = self._execution(client, id).fetch(), self._line.account.caller
        calls = client.calls.list(to=execution.contact_channel_address, from_=caller, limit=CALLS)
        known = self._calls.values()
        younger = [c for c in calls if c.date_created >= execution.date_created and c.sid not in known]
        return _sid(min(younger, key=lambda call: call.date_created, default=None))

    def _execution(self, client: Client, id: str) -> ExecutionContext:
        return self._flow(client).executions(id)

    def _flow(self, client: Client) -> FlowContext:
        if not self.flow:
            raise DeliveryError("the flow is not known yet", code="flow")
        return client.studio.v2.flows(self.flow)


def _with_keys(far: Receipt, context: Context) -> Receipt:
    code = MACHINE if (context.machine or far.code) and not (context.taken or context.over) else ""
    return Receipt(far.progress, code, context.taken, context.over)


def _sid(made: object) -> str:
    return str(getattr(made, "sid", "") or "")
