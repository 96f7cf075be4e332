"""SMS through Twilio."""

from hub.channels.twilio import TwilioLine, checked
from hub.ports import Message

VALID_FOR = 600  # s; an alert that could not leave should fail, not arrive at breakfast


class Sms:
    path = "twilio"

    def __init__(self, line: TwilioLine) -> None:
        self._line = line

    async def send(self, message: Message) -> str:
        to, sender = checked(message.to), self._line.account.sender
        return await self._line.create(
            lambda client: client.messages.create(to=to, from_=sender, body=message.text, validity_period=VALID_FOR)
        )

    async def check(self) -> None:
        await self._line.check()
