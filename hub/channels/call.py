"""A telephone call through Twilio: a flow with keys, or at least the text, spoken twice."""

import asyncio
import logging

from twilio.twiml.voice_response import VoiceResponse

from hub.channels.flow import VOICES
from hub.channels.progress import hang_up, heard
from hub.channels.studio import Studio
from hub.channels.twilio import TwilioLine, checked
from hub.errors import ENGAGED, DeliveryError
from hub.ports import Message, Receipt

log = logging.getLogger(__name__)

LONGEST = 4000  # characters of TwiML
LOOK_PATIENCE = 1.0  # s
FLOW_PATIENCE = 3.0  # s; what is left of an attempt is enough for the call without keys


class Call:
    """`send` returns FN… for a call with keys and CA… for one without."""

    path = "twilio"

    def __init__(self, line: TwilioLine, studio: Studio) -> None:
        self._line = line
        self._studio = studio

    async def send(self, message: Message) -> str:
        to, caller = checked(message.to), self._line.account.caller
        if self._studio.flow:
            sid = await self._with_keys(message)
            if sid:
                return sid
        twiml = spoken(message.text, message.language)
        return await self._line.create(lambda client: client.calls.create(to=to, from_=caller, twiml=twiml))

    async def _with_keys(self, message: Message) -> str:
        """The execution's SID, or "": then the call must do without keys. Raises DeliveryError for: not now."""
        try:
            async with asyncio.timeout(FLOW_PATIENCE):
                return await self._studio.begin(message)
        except (DeliveryError, TimeoutError) as problem:
            if isinstance(problem, DeliveryError) and problem.code == ENGAGED:
                raise
            why = str(problem) or "no answer in time"
        try:  # it may ring already, and two calls at once would find this telephone engaged
            async with asyncio.timeout(LOOK_PATIENCE):
                if sid := await self._studio.find(message):
                    return sid
        except (DeliveryError, TimeoutError):
            log.debug("%s: nobody says whether it rings", message.id)
        log.warning("%s is a call without keys: %s", message.id, why)
        return ""

    async def check(self) -> None:
        await self._line.check()

    async def receipt(self, id: str) -> Receipt:
        if id.startswith("FN"):
            return await self._studio.receipt(id)
        return heard(await self._line.ask(lambda client: client.calls(id).fetch()))

    async def withdraw(self, id: str) -> None:
        if id.startswith("FN"):
            await self._studio.withdraw(id)
        else:
            await self._line.ask(lambda client: hang_up(client, id))


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
