"""A telephone call through Twilio that speaks the text twice; what it says goes along with the request."""

from twilio.twiml.voice_response import VoiceResponse

from hub.channels.twilio import TwilioLine, checked
from hub.ports import Message

VOICES = {"fr": ("Polly.Lea-Neural", "fr-FR"), "en": ("Polly.Amy-Neural", "en-GB")}
LONGEST = 4000  # characters of TwiML


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
