"""People hear of what was changed about them, by SMS and e-mail, in words that say nothing of what the hub is for."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from hub.gsm7 import transliterate
from hub.lane import Lane
from hub.model import Contact, Moment, Technician
from hub.ports import Channel, Message
from hub.response import Action
from hub.retry import GIVE_UP
from hub.texts import sentence

RETRY = 60.0  # s


@dataclass(frozen=True, slots=True)
class Notice:
    """`text` in the language of whoever reads it; `taken` is called once a next hop has it, or none ever will.
    `subject`: the key of a letter's.
    """

    id: str
    box: str
    person: Contact | Technician
    text: str
    begun: float
    taken: Callable[[], None] = lambda: None
    subject: str = "subject"


class Notices:
    """`sim`: the hub's own SIM, while it can send: for what no other way took."""

    def __init__(
        self,
        channels: Mapping[Action, Channel],
        lane: Lane,
        clock: Callable[[], Moment],
        sim: Callable[[], Channel | None],
    ) -> None:
        self._channels = channels
        self._lane = lane
        self._clock = clock
        self._sim = sim
        self._waiting: list[Notice] = []
        self._not_before = float("-inf")

    def add(self, notice: Notice) -> None:
        self._waiting.append(notice)
        self._not_before = float("-inf")

    async def look(self) -> None:
        """Send what waits; call it every few seconds."""
        now = self._clock().mono
        if now < self._not_before:
            return
        for notice in [*self._waiting]:
            if self._lane.held_back():
                return
            if await self._reach(notice) or now - notice.begun > GIVE_UP:
                self._waiting.remove(notice)
                notice.taken()
            else:
                self._not_before = now + RETRY

    async def _reach(self, notice: Notice) -> bool:
        """Whether somebody took it, or everybody refused it for good."""
        taken = [await self._lane.send(*one) for one in self._messages(notice)]
        if True not in taken and (sim := self._sim()) is not None:
            taken.append(await self._lane.send(sim, self._sms(notice)))
        return True in taken or (bool(taken) and None not in taken)

    def _messages(self, notice: Notice) -> Iterator[tuple[Channel, Message]]:
        person, language = notice.person, notice.person.language
        if Action.SMS in self._channels:
            yield self._channels[Action.SMS], self._sms(notice)
        if Action.EMAIL in self._channels and person.email:
            subject = sentence(language, "notices", notice.subject, box=notice.box)
            letter = Message(notice.id, person.email, language, notice.box, f"{notice.text}\n", subject)
            yield self._channels[Action.EMAIL], letter

    def _sms(self, notice: Notice) -> Message:
        person = notice.person
        return Message(notice.id, person.phone, person.language, notice.box, transliterate(notice.text))
