"""SMS through Twilio: one for each message, whatever became of the answers."""

from collections import Counter

from twilio.rest.api.v2010.account.message import MessageInstance

from hub.channels.twilio import TwilioLine, checked
from hub.errors import DeliveryError
from hub.ports import Message, Progress, Receipt

VALID_FOR = 600  # s; an alert that could not leave should fail, not arrive at breakfast
LISTED = 20  # the last ones to this number
LISTING_PATIENCE = 4.0  # s; half of an attempt

# From so many failed lists on, the text leaves all the same: at once where other questions are answered,
# and whatever happens after so many tries that a provider which was ill for ten minutes answers again.
DOUBTS = 2
TOO_MANY_DOUBTS = 17

NOT_SENT = frozenset({"failed", "undelivered", "canceled"})


class Sms:
    path = "twilio"

    def __init__(self, line: TwilioLine) -> None:
        self._line = line
        self._doubts: Counter[str] = Counter()  # failed lists, by the message's id

    async def send(self, message: Message) -> str:
        to, sender = checked(message.to), self._line.account.sender
        if message.again and (sid := await self._accepted(message)):
            return sid
        return await self._line.create(
            lambda client: client.messages.create(to=to, from_=sender, body=message.text, validity_period=VALID_FOR)
        )

    async def check(self) -> None:
        await self._line.check()

    async def receipt(self, id: str) -> Receipt:
        sms = await self._line.ask(lambda client: client.messages(id).fetch())
        if sms.status == "delivered":
            return Receipt(Progress.DELIVERED)
        if sms.status in NOT_SENT:
            return Receipt(Progress.UNDELIVERED, str(sms.error_code or sms.status))
        return Receipt(Progress.WAITING)

    async def withdraw(self, id: str) -> None:
        """What was accepted is on its way."""

    async def _accepted(self, message: Message) -> str:
        """The SID of this text where an earlier try was accepted, or "". Raises DeliveryError for: try later."""
        doubts = self._doubts[message.id] + 1  # if this list fails, too
        # Before the list: of a provider that is well again only afterwards the list would seem to be dead alone.
        answers = DOUBTS <= doubts < TOO_MANY_DOUBTS and await self._answers()
        try:
            listed = await self._line.look(
                lambda client: client.messages.list(to=message.to, limit=LISTED), LISTING_PATIENCE
            )
        except DeliveryError:
            self._doubts[message.id] = doubts
            if not answers and doubts < TOO_MANY_DOUBTS:
                raise
            listed = []
        del self._doubts[message.id]
        return next((str(sms.sid) for sms in listed if _same(sms, message)), "")

    async def _answers(self) -> bool:
        """Whether other questions are answered: a provider that answers none would lose this answer too."""
        try:
            await self._line.look(lambda client: client.balance.fetch(), LISTING_PATIENCE / 2)
        except DeliveryError:
            return False
        return True


def _same(sms: MessageInstance, message: Message) -> bool:
    """A trial account writes a sentence of its own before the text."""
    return message.text in str(sms.body) and sms.status not in NOT_SENT
