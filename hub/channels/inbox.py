"""What comes in by itself: calls back to the hub's number, and SMS to it."""

import asyncio
from datetime import UTC, datetime
from functools import partial

from twilio.base.exceptions import TwilioException
from twilio.rest import Client
from twilio.rest.studio.v2.flow import FlowContext
from twilio.rest.studio.v2.flow.execution import ExecutionInstance

from hub.channels.context import read
from hub.channels.studio import Studio
from hub.channels.twilio import TwilioLine
from hub.ports import How, Incoming

LISTED = 50  # of each kind


class Inbox:
    def __init__(self, line: TwilioLine, studio: Studio) -> None:
        self._line = line
        self._studio = studio
        self._over: dict[str, Incoming | None] = {}  # what will not change any more, by source

    async def incoming(self, since: datetime) -> list[Incoming]:
        """All that came in since then; a call back again each time, with what was pressed until now.

        An alert call whose execution nobody knew to be accepted counts as a call back. Raises DeliveryError.
        """
        since = since.astimezone(UTC)  # the library writes any other zone as if it were this one
        questions = [partial(self._messages, since)] if self._line.account.sender.startswith("+") else []
        questions += [partial(self._calls, since)] if self._studio.flow else []
        answers = await asyncio.gather(*map(self._line.ask, questions), return_exceptions=True)
        found = [answer for answer in answers if not isinstance(answer, BaseException)]
        problems = [answer for answer in answers if isinstance(answer, BaseException)]
        if problems and not found:  # what one of them knows is worth having
            raise problems[0]
        return [one for answer in found for one in answer]

    def _messages(self, since: datetime, client: Client) -> list[Incoming]:
        listed = client.messages.list(to=self._line.account.sender, date_sent_after=since, limit=LISTED)
        return [
            Incoming(str(one.sid), str(one.from_), one.date_sent or one.date_created, How.SMS, str(one.body))
            for one in listed
            if one.direction == "inbound"
        ]

    def _calls(self, since: datetime, client: Client) -> list[Incoming]:
        flow = client.studio.v2.flows(self._studio.flow)
        listed = flow.executions.list(date_created_from=since, limit=LISTED)
        known = {str(one.sid): self._read(one, flow) for one in listed if one.sid not in self._studio.begun}
        self._over = {str(one.sid): known[str(one.sid)] for one in listed if one.sid in known and one.status == "ended"}
        return [one for one in known.values() if one is not None]

    def _read(self, execution: ExecutionInstance, flow: FlowContext) -> Incoming | None:
        """None: an alert call in which nothing was pressed."""
        sid = str(execution.sid)
        if sid in self._over:
            return self._over[sid]
        try:
            context = read(flow.executions(sid))
        except TwilioException:  # of one call: the others are heard
            return None
        if context.message and not (context.taken or context.over):
            return None
        sender, at = context.caller or execution.contact_channel_address, execution.date_created
        return Incoming(
            sid, str(sender), at, How.CALLBACK, taken=context.taken, over=context.over, message=context.message
        )
