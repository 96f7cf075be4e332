"""A telephone call through Twilio that speaks the text twice; what it says goes along with the request."""

from twilio.rest import Client
from twilio.rest.api.v2010.account.call import CallInstance
from twilio.twiml.voice_response import VoiceResponse

from hub.channels.flow import VOICES
from hub.channels.twilio import TwilioLine, checked
from hub.ports import Message, Progress, Receipt

LONGEST = 4000  # characters of TwiML

PROGRESS = {
    "queued": Progress.WAITING,
    "initiated": Progress.WAITING,
    "ringing": Progress.RINGING,
    "in-progress": Progress.TALKING,
    "completed": Progress.DELIVERED,
    "busy": Progress.UNDELIVERED,
    "no-answer": Progress.UNDELIVERED,
    "failed": Progress.UNDELIVERED,
    "canceled": Progress.UNDELIVERED,
}
UNANSWERED = frozenset({Progress.WAITING, Progress.RINGING})


class Call:
    path = "twilio"

    def __init__(self, line: TwilioLine) -> None:
        self._line = line

    async def send(self, message: Message) -> str:
        to, caller = checked(message.to), self._line.account.caller
        twiml = spoken(message.text, message.language)
        return await self._line.create(lambda client: client.calls.create(to=to, from_=caller, twiml=twiml))

    async def check(self) -> None:
        await self._line.check()

    async def receipt(self, id: str) -> Receipt:
        return heard(await self._line.ask(lambda client: client.calls(id).fetch()))

    async def withdraw(self, id: str) -> None:
        await self._line.ask(lambda client: hang_up(client, id))


def heard(call: CallInstance) -> Receipt:
    """How far a call has come; a status that is not known says nothing."""
    progress = PROGRESS.get(str(call.status), Progress.WAITING)
    if progress is Progress.UNDELIVERED:
        return Receipt(progress, str(call.status))
    return Receipt(progress, "machine" if by_machine(call.answered_by) else "")


def by_machine(answered_by: object) -> bool:
    """Whether Twilio takes who picked up for no person: "machine_start", "machine_end_beep", "fax"."""
    return str(answered_by).startswith(("machine", "fax"))


def hang_up(client: Client, call: str) -> None:
    """Only while nobody has picked up: a person who listens is never cut off. Runs in a thread of the line."""
    if heard(client.calls(call).fetch()).progress in UNANSWERED:
        client.calls(call).update(status="canceled")


def spoken(text: str, language: str) -> str:
    """The text twice; only once where twice is more than Twilio takes."""
    twice = _twiml(text, language, times=2)
    return twice if len(twice) <= LONGEST else _twiml(text, language, times=1)


def _twiml(text: str, language: str, times: int) -> str:
    voice, accent = VOICES[language]
    response = VoiceResponse()
    for _ in range(times):
        response.pause(length=1)  # a telephone takes a moment to reach the ear
        response.say(text, voice=voice, language=accent)
    return str(response)
