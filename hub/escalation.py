"""Which deliveries an event in an incident's life makes. Everything to everybody at once; nothing waits its turn."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from itertools import count

from hub.delivery import Delivery, Outcome, Step, reached
from hub.incident import Event, Incident
from hub.messages import Alert, Purpose, Words, compose
from hub.model import Contact, Home, Moment
from hub.response import CHANNELS, Action

SMS_EVERY = 60.0  # s; further SMS to one contact are merged, the newest text wins

PURPOSES: dict[Event | None, Purpose] = {
    None: Purpose.ALERT,  # the incident was opened
    Event.RAISED: Purpose.ALERT,
    Event.REPEATED: Purpose.AGAIN,
    Event.THREATENED: Purpose.UNDER_THREAT,
    Event.ENDED: Purpose.ALL_CLEAR,
}


@dataclass(frozen=True, slots=True)
class Round:
    """One occasion to send: what happened (None: opened), when, and over which channels."""

    incident: Incident
    event: Event | None
    channels: frozenset[Action]
    now: Moment
    room: str = ""  # the video room's address

    @property
    def purpose(self) -> Purpose:
        return PURPOSES[self.event]

    @property
    def urgent(self) -> bool:
        """Sent at once, not merged with what went before: everything but a press at the same level."""
        return self.event is not Event.REPEATED


def deliveries(
    this: Round,
    home: Home,
    contacts: Iterable[Contact],
    existing: Mapping[str, Delivery],
) -> list[Delivery]:
    """New deliveries, and older ones that take the newer text; in the order of the contacts."""
    words = _Words(this, home)
    if this.event in (Event.ENDED, Event.THREATENED):
        contacts = _with_those_told(contacts, existing)
    wanted = [
        _one(this, contact, channel, words(contact.language), existing)
        for contact in contacts
        for channel in _channels(this, contact, existing)
    ]
    return _numbered(wanted, this.incident.id, existing)


def _with_those_told(contacts: Iterable[Contact], existing: Mapping[str, Delivery]) -> list[Contact]:
    """Who was told of an alert is told of its end, even if they are no contact any more."""
    everyone = {contact.id: contact for contact in contacts}
    for delivery in existing.values():
        if delivery.contact not in everyone and delivery.channel is not Action.EMAIL:
            everyone[delivery.contact] = Contact(delivery.contact, "", delivery.to, "", delivery.language)
    return list(everyone.values())


def all_stopped(existing: Mapping[str, Delivery]) -> list[Delivery]:
    """What an end takes back: alerts that were not sent yet."""
    return [d.step(Step.STOP) for d in existing.values() if d.outcome is Outcome.QUEUED]


def superseded(delivery: Delivery, existing: Mapping[str, Delivery]) -> bool:
    """Whether a newer text has gone to the same person in the same way, or goes now: an older one that failed
    meanwhile must not arrive after it. One that waits for its minute holds nothing up.
    """
    return any(
        (d.contact, d.channel) == (delivery.contact, delivery.channel)
        and d.begun.mono > delivery.begun.mono
        and d.outcome is not Outcome.FAILED
        and (d.outcome is not Outcome.QUEUED or d.tries > 0 or d.due <= delivery.due)
        for d in existing.values()
    )


class _Words:
    """Composed once for each language: five contacts speak two of them at most."""

    def __init__(self, this: Round, home: Home) -> None:
        incident = this.incident
        self._alert = Alert(
            home=home,
            level=incident.level,
            reference=incident.id,
            at=this.now.utc,
            purpose=this.purpose,
            drill=incident.drill,
            after_drill=incident.after_drill,
            room=this.room,
        )
        self._done: dict[str, Words] = {}

    def __call__(self, language: str) -> Words:
        if language not in self._done:
            self._done[language] = compose(self._alert, language)
        return self._done[language]


def _channels(this: Round, contact: Contact, existing: Mapping[str, Delivery]) -> list[Action]:
    if this.event is Event.ENDED:
        return _all_clear_channels(contact, existing)
    wanted = this.channels | {d.channel for d in existing.values()}  # nothing is ever lowered
    return [c for c in CHANNELS if c in wanted and (c is not Action.EMAIL or contact.email)]


def _all_clear_channels(contact: Contact, existing: Mapping[str, Delivery]) -> list[Action]:
    """The all-clear follows the alert in writing, to everyone it may have reached."""
    if not reached(existing, contact.id):
        return []
    mailed = any(d.contact == contact.id and d.channel is Action.EMAIL for d in existing.values())
    return [Action.SMS, Action.EMAIL] if mailed and contact.email else [Action.SMS]


def _one(this: Round, contact: Contact, channel: Action, words: Words, existing: Mapping[str, Delivery]) -> Delivery:
    fresh = Delivery(
        id="",
        incident=this.incident.id,
        contact=contact.id,
        channel=channel,
        purpose=this.purpose,
        to=contact.email if channel is Action.EMAIL else contact.phone,
        language=contact.language,
        subject=words.subject if channel is Action.EMAIL else "",
        text=_text(words)[channel],
        begun=this.now,
        due=this.now.mono,
    )
    earlier = [d for d in existing.values() if (d.contact, d.channel) == (contact.id, channel)]
    return _merged(fresh, earlier, this.urgent)


def _text(words: Words) -> Mapping[Action, str]:
    return {Action.SMS: words.sms, Action.CALL: words.call, Action.EMAIL: words.mail}


def _merged(fresh: Delivery, earlier: list[Delivery], urgent: bool) -> Delivery:
    """A text that still waits is replaced by the newer one; a further SMS waits for its minute."""
    waiting = next((d for d in earlier if d.outcome is Outcome.QUEUED), None)
    if waiting is not None:
        due = fresh.due if urgent else max(fresh.due, _earliest(earlier, fresh))
        return replace(fresh, id=waiting.id, due=due, tries=waiting.tries).step(Step.REPLACE)
    return fresh if urgent else replace(fresh, due=_earliest(earlier, fresh))


def _earliest(earlier: list[Delivery], fresh: Delivery) -> float:
    if fresh.channel is not Action.SMS:
        return fresh.due
    sent = [d.due for d in earlier if d.outcome is not Outcome.QUEUED]
    return max([fresh.due, *(due + SMS_EVERY for due in sent)])


def _numbered(wanted: list[Delivery], incident: str, existing: Mapping[str, Delivery]) -> list[Delivery]:
    numbers = count(1 + max((int(key.rpartition("-")[2]) for key in existing), default=0))
    return [d if d.id else replace(d, id=f"{incident}-{next(numbers)}") for d in wanted]
