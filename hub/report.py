"""What technicians are told of the faults of now, and when: in words that betray neither who lives here nor why.

A report names all that fails: a newer one takes the place of one that nobody took.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from hub.faults import Fault
from hub.model import Home, Moment
from hub.texts import sentence

LASTING = 60.0  # s; what passes sooner is not told
SOUND = 600.0  # s; so long it works again before that is told: what comes and goes is told once
HOUR = 10  # of the home's day, when they are reminded, and told of what would betray by its moment who is at home


class Urgency(Enum):
    NOW = "at once, by SMS and e-mail: it has lasted when it becomes a fault"
    SOON = "after a minute, by SMS and e-mail"
    MINOR = "after a minute, by e-mail to whoever has one"
    DAILY = "in the round of the next day, by SMS and e-mail"


# Each has its neutral name in `[told]` of the texts. One that is not listed is told soon: rather once too often.
KINDS: Mapping[str, Urgency] = {
    "buttons": Urgency.SOON,
    "buttons_degraded": Urgency.MINOR,
    "buttons_unreadable": Urgency.SOON,
    "button_missing": Urgency.SOON,
    "button_unlinked": Urgency.SOON,
    "button_restarted": Urgency.SOON,
    "button_plain": Urgency.SOON,
    "button_absent": Urgency.DAILY,
    "button_battery": Urgency.DAILY,
    "siren": Urgency.SOON,
    "microphone": Urgency.SOON,
    "modem": Urgency.SOON,
    "sim": Urgency.SOON,
    "mains": Urgency.NOW,
    "power": Urgency.SOON,
    "store": Urgency.SOON,
    "store_replaced": Urgency.SOON,
    "store_rows": Urgency.SOON,
    "store_unread": Urgency.SOON,
    "store_dropped": Urgency.MINOR,
    "evidence": Urgency.SOON,
    "disk": Urgency.MINOR,
    "internet": Urgency.SOON,
    "path": Urgency.SOON,
    "twilio": Urgency.SOON,
    "smtp": Urgency.SOON,
    "balance_low": Urgency.SOON,
    "twilio_refused": Urgency.SOON,
    "caller_cannot_call": Urgency.SOON,
    "sender_cannot_text": Urgency.SOON,
    "studio": Urgency.SOON,
    "callback": Urgency.MINOR,
    "refused": Urgency.SOON,
    "courier": Urgency.MINOR,
    "offsite": Urgency.SOON,
    "offsite_refused": Urgency.SOON,
    "timestamps": Urgency.MINOR,
    "clock": Urgency.MINOR,
    "control": Urgency.SOON,
    "page": Urgency.MINOR,
    "service_button": Urgency.MINOR,
    "heartbeat": Urgency.MINOR,
    "service": Urgency.MINOR,
}


def urgency(code: str) -> Urgency:
    return KINDS.get(_kind(code), Urgency.SOON)


def due(fault: Fault, now: Moment, home: Home, *, discreet: bool) -> bool:
    """Whether the technicians should hear of it now: that it fails, that it still does, or that it works again."""
    if fault.restored is not None:
        daily = discreet or urgency(fault.code) is Urgency.DAILY
        return _round(fault.restored, now, home) if daily else now.mono - fault.restored.mono >= SOUND
    if fault.told is None and urgency(fault.code) is not Urgency.DAILY:
        return urgency(fault.code) is Urgency.NOW or now.mono - fault.since.mono >= LASTING
    return _round(fault.told or fault.since, now, home)


def _round(last: Moment, now: Moment, home: Home) -> bool:
    """Whether the round of a later day has come."""
    return now.utc.date() > last.utc.date() and home.local(now.utc).hour >= HOUR


@dataclass(frozen=True, slots=True)
class Report:
    """All that is to be said at one moment. `discreet`: those of which no time is named; `soon`: worth an SMS."""

    failing: tuple[Fault, ...]
    over: tuple[Fault, ...]
    discreet: frozenset[str]
    news: bool
    soon: bool

    def lines(self, language: str, home: Home, now: Moment, most: int | None = None) -> Iterator[str]:
        """One for what fails, one for what works again; `most`: how many are named in each."""
        for key, faults in (("failing", self.failing), ("over", self.over)):
            names = list(dict.fromkeys(self._named(fault, language, home, now) for fault in faults))
            more = len(names) - (most or len(names))
            if more > 0:
                names[most:] = [sentence(language, "told", "more", count=more)]
            if names:
                yield sentence(language, "told", key, names=", ".join(names))

    def _named(self, fault: Fault, language: str, home: Home, now: Moment) -> str:
        name = named(fault.code, language)
        if fault.restored is not None or fault.code in self.discreet:
            return name
        return sentence(language, "told", "since", name=name, time=_time(home.local(fault.since.utc), home, now))


def _time(since: datetime, home: Home, now: Moment) -> str:
    return f"{since:%H:%M}" if since.date() == home.local(now.utc).date() else f"{since:%d/%m %H:%M}"


def named(code: str, language: str) -> str:
    """The neutral name of what fails, with the id of the button or the contact, never a name or a number."""
    id = code.rpartition(":")[2]
    try:
        return sentence(language, "told", _kind(code), id=id)
    except KeyError:
        return sentence(language, "told", "fault")


def _kind(code: str) -> str:
    return code.partition(":")[0]
