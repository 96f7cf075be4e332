"""Which deliveries an event in an incident's life makes. Everything to everybody at once; nothing waits its turn."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from itertools import count

from hub.delivery import Delivery, Outcome, Step, reached
from hub.incident import Event, Incident
from hub.messages import Alert, Purpose, Words, compose
from hub.model import Contact, Home, Moment, Position
from hub.pursuit import ASIDES, LIVE
from hub.response import CHANNELS, Action

SMS_EVERY = 60.0  # s; further SMS to one contact are merged, the newest text wins

PURPOSES: dict[Event | None, Purpose] = {
    None: Purpose.ALERT,  # the incident was opened
    Event.RAISED: Purpose.ALERT,
    Event.REPEATED: Purpose.AGAIN,
    Event.CALLED_AGAIN: Purpose.STILL,
    Event.CHECKED: Purpose.CHECK,
    Event.LAPSED: Purpose.LAPSED,
    Event.THREATENED: Purpose.UNDER_THREAT,
    Event.ENDED: Purpose.ALL_CLEAR,
}
BESIDE = ASIDES | {Purpose.MOVED}  # neither takes an alert's place, nor gives its own to one
WRITTEN = BESIDE | {Purpose.ALL_CLEAR}


@dataclass(frozen=True, slots=True)
class Round:
    """One occasion to send: what for, when, and over which channels. `room`: the video room's address; `by`: the name
    of whoever is in charge; `elsewhere`: where the hub is, if not at home.
    """

    incident: Incident
    purpose: Purpose
    channels: frozenset[Action]
    now: Moment
    room: str = ""
    by: str = ""
    elsewhere: Position | None = None

    @property
    def urgent(self) -> bool:
        """Sent at once, not merged with what went before: everything but a press at the same level."""
        return self.purpose is not Purpose.AGAIN


def deliveries(
    this: Round,
    home: Home,
    contacts: Iterable[Contact],
    existing: Mapping[str, Delivery],
) -> list[Delivery]:
    """New deliveries, and older ones that take the newer text; in the order of the contacts."""
    words = _Words(this, home)
    if this.purpose is Purpose.ALL_CLEAR:
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


def _by_modem(text: Delivery, existing: Mapping[str, Delivery]) -> bool:
    """Whether the hub's own SIM got this text out, or is about to."""
    same = (d for d in existing.values() if d.path and (d.contact, d.text) == (text.contact, text.text))
    return any(d.outcome not in (Outcome.FAILED, Outcome.UNKNOWN) for d in same)


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
        and _replaces(d.purpose, delivery.purpose)
        and d.outcome is not Outcome.FAILED
        and (d.outcome is not Outcome.QUEUED or d.tries > 0 or d.due <= delivery.due)
        for d in existing.values()
    )


def _replaces(newer: Purpose, older: Purpose) -> bool:
    """Who is in charge takes no alert's place; where the hub is takes no other's, and leaves its own to none."""
    if Purpose.MOVED in (newer, older):
        return newer is older
    return older in ASIDES or newer not in ASIDES


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
            by=this.by,
            code=incident.code,
            elsewhere=this.elsewhere,
            age=max(0.0, this.now.mono - this.elsewhere.at.mono) if this.elsewhere else 0.0,
        )
        self._done: dict[str, Words] = {}

    def __call__(self, language: str) -> Words:
        if language not in self._done:
            self._done[language] = compose(self._alert, language)
        return self._done[language]


def _channels(this: Round, contact: Contact, existing: Mapping[str, Delivery]) -> list[Action]:
    if this.purpose in WRITTEN:
        return _in_writing(this, contact, existing)
    if this.purpose is Purpose.CHECK:
        return [Action.CALL]
    if this.purpose is Purpose.STILL:
        wanted = frozenset(channel for channel in this.channels if _in_vain(contact, channel, existing))
    else:
        wanted = this.channels | {d.channel for d in existing.values()}  # nothing is ever lowered
    if this.purpose is Purpose.AGAIN and _under_way(contact, existing):
        wanted -= {Action.CALL}
    return [c for c in CHANNELS if c in wanted and (c is not Action.EMAIL or contact.email)]


def _in_writing(this: Round, contact: Contact, existing: Mapping[str, Delivery]) -> list[Action]:
    """What follows the alert goes in writing, to everyone the alert may have reached, and to whoever answered it."""
    if this.purpose in (Purpose.ALL_CLEAR, Purpose.TAKEN) and not reached(existing, contact.id):
        return []
    mailed = any(d.contact == contact.id and d.channel is Action.EMAIL for d in existing.values())
    return [Action.SMS, Action.EMAIL] if mailed and contact.email else [Action.SMS]


def _in_vain(contact: Contact, channel: Action, existing: Mapping[str, Delivery]) -> bool:
    """Whether it is to be tried again: never tried, or taken by the next hop and come to nothing. A call that is over
    and gave no key came to nothing. What the next hop refuses for good it would refuse again.
    """
    last = newest(contact.id, channel, existing)
    if last is None:
        return True
    if not last.accepted_id or channel is Action.EMAIL:
        return False
    return last.outcome in (Outcome.FAILED, Outcome.UNKNOWN) or (channel is Action.CALL and last.outcome not in LIVE)


def _under_way(contact: Contact, existing: Mapping[str, Delivery]) -> bool:
    """Whether this contact is being called just now: another call would cut off whoever listens, at each press."""
    last = newest(contact.id, Action.CALL, existing)
    return last is not None and last.outcome in (Outcome.SENDING, Outcome.ACCEPTED)


def newest(contact: str, channel: Action, existing: Mapping[str, Delivery]) -> Delivery | None:
    """The last alert to this contact over this channel."""
    same = (d for d in existing.values() if (d.contact, d.channel, d.path) == (contact, channel, ""))
    own = [d for d in same if d.purpose not in BESIDE]
    return max(own, key=lambda d: d.begun.mono, default=None)


def called(contact: Contact, existing: Mapping[str, Delivery]) -> bool:
    """Whether this contact belongs to a further round of calls: was called before, or was added since."""
    return newest(contact.id, Action.CALL, existing) is not None or all(
        d.contact != contact.id for d in existing.values()
    )


def unreached(contact: Contact, existing: Mapping[str, Delivery]) -> bool:
    """Whether the SMS to this contact came to nothing, or nobody knows, and nothing else was tried."""
    text = newest(contact.id, Action.SMS, existing)
    lost = text is not None and text.outcome in (Outcome.FAILED, Outcome.UNKNOWN) and not _by_modem(text, existing)
    return lost and newest(contact.id, Action.CALL, existing) is None


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
        machine=words.machine if channel is Action.CALL else "",
        brief=words.brief if channel is Action.CALL else "",
    )
    return fresh if this.purpose in BESIDE else _merged(fresh, _earlier(contact, channel, existing), this.urgent)


def _earlier(contact: Contact, channel: Action, existing: Mapping[str, Delivery]) -> list[Delivery]:
    same = [d for d in existing.values() if (d.contact, d.channel, d.path) == (contact.id, channel, "")]
    return [d for d in same if d.purpose not in BESIDE]


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
