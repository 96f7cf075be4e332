"""What the demonstration shows: her side and the contacts' telephones, from the three sockets."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from hub.client import Client

Answer = Mapping[str, Any]

SHOWN = 12  # so many messages, calls and mails a telephone; the newest first
LIVE = ("ringing", "talking")
CHANNELS = ("sms", "call", "email")
ALERTS = ("alert", "again", "still", "lapsed")  # purposes; the others follow or end something
REACHED = ("accepted", "delivered", "unknown")
NEEDLESS = "needless"  # somebody is in charge, or it is over
QUIETEST = -96.0  # dBFS, of 16-bit samples
UNUSED = "by_hand"  # what a telephone does that nobody has used yet


@dataclass(frozen=True, slots=True)
class Item:
    """One thing that came to a telephone. `kind` is "message", "call" or "mail".

    A call that is `outgoing` was made by this telephone; `sender` is then whom it called.
    """

    kind: str
    id: str
    at: str
    text: str
    sender: str = ""
    subject: str = ""
    segments: int = 1
    state: str = ""
    result: str = ""
    language: str = ""
    outgoing: bool = False


@dataclass(frozen=True, slots=True)
class Telephone:
    """One contact's telephone. `calls` ring or talk right now; `items` are over, the newest first."""

    contact: str
    name: str
    number: str
    email: str
    behaviour: str
    calls: tuple[Item, ...]
    items: tuple[Item, ...]


@dataclass(frozen=True, slots=True)
class Reach:
    """What became of the newest alert on one channel; `accepted` by an operator, whatever came after.

    `result`: how a call ended ("busy"), or "needless" for what was not needed any more; else empty.
    """

    channel: str
    outcome: str
    result: str
    accepted: bool


@dataclass(frozen=True, slots=True)
class Row:
    """How far the alert has come with one contact, and when they answered."""

    acknowledged_at: str | None
    reaches: tuple[Reach, ...]


@dataclass(frozen=True, slots=True)
class Incident:
    """The newest incident, open or over. Of `wanted` deliveries `accepted` are with the operators, some even delivered.

    `by`: the name of whoever is in charge, who said so at `taken_at`; `rounds`: of calls, 0 where nobody is called;
    `untried`: a sentence for each path of which an exercise has proved nothing.
    """

    id: str
    level: str
    state: str
    kind: str
    drill: bool
    opened_at: str
    ended_at: str | None
    by: str
    taken_at: str | None
    rounds: int
    rows: Mapping[str, Row]
    accepted: int
    delivered: int
    wanted: int
    all_clear: int
    untried: tuple[str, ...]

    @property
    def open(self) -> bool:
        return self.state != "resolved"


@dataclass(frozen=True, slots=True)
class Stage:
    """Everything the demonstration shows at one moment. `level` is the recording's, in dBFS.

    `modem`: what it is told to suffer from, and the number of its SIM.
    """

    status: Answer
    sounding: bool
    modem: Answer
    mains_lost: bool
    level: float | None
    button: str
    timezone: str
    incident: Incident | None
    telephones: tuple[Telephone, ...]

    @property
    def rows(self) -> Mapping[str, Row]:
        return self.incident.rows if self.incident else {}


def look(control: Client, simulation: Client, network: Client) -> Stage:
    """Ask all three what is; half a dozen exchanges, which only a demonstration may afford."""
    status = control.ask("status")
    buttons = simulation.ask("buttons")["buttons"]
    return Stage(
        status=status,
        sounding=bool(simulation.ask("siren")["sounding"]),
        modem=simulation.ask("modem"),
        mains_lost=bool(simulation.ask("power")["lost"]),
        level=_level(status.get("recording")),
        button=str(buttons[0]) if buttons else "",
        timezone=str(control.ask("home")["home"]["timezone"]),
        incident=newest_incident(control),
        telephones=telephones(control.ask("contacts")["contacts"], network.ask("phones")),
    )


def _level(recording: Answer | None) -> float | None:
    """The quietest there is until the recorder has said a level."""
    return float(recording["level"] or QUIETEST) if recording else None


def newest_incident(control: Client) -> Incident | None:
    known = control.ask("incidents")["incidents"]
    return incident(control.ask("incident", id=known[0]["id"])["incident"]) if known else None


def incident(facts: Answer) -> Incident:
    deliveries = facts["deliveries"]
    rows = {contact["id"]: _row(contact, deliveries) for contact in facts["contacts"]}
    names = {contact["id"]: str(contact["name"]) for contact in facts["contacts"]}
    reaches = [reach for row in rows.values() for reach in row.reaches]
    wanted = [reach for reach in reaches if reach.accepted or reach.result != NEEDLESS]
    return Incident(
        id=str(facts["id"]),
        level=str(facts["level"]),
        state=str(facts["state"]),
        kind=str(facts.get("kind") or ""),
        drill=bool(facts.get("drill")),
        opened_at=str(facts["opened_at"]),
        ended_at=facts.get("ended_at"),
        by=names.get(facts["by"], ""),
        taken_at=facts["taken_at"],
        rounds=int(facts["rounds"]) if any(reach.channel == "call" for reach in reaches) else 0,
        rows=rows,
        accepted=sum(reach.accepted for reach in wanted),
        delivered=sum(reach.outcome == "delivered" for reach in wanted),
        wanted=len(wanted),
        all_clear=sum(d["purpose"] == "all_clear" and d["outcome"] in REACHED for d in deliveries),
        untried=tuple(str(path["sentence"]) for path in facts.get("untried", [])),
    )


def _row(contact: Answer, deliveries: Sequence[Answer]) -> Row:
    mine = [d for d in deliveries if d["contact"] == contact["id"] and d["purpose"] in ALERTS]
    newest: dict[str, Reach] = {}
    for delivery in mine:
        first = newest.get(delivery["channel"])
        if not (first and first.accepted and _by_the_sim(delivery)):
            newest[delivery["channel"]] = _reach(delivery)
    return Row(
        acknowledged_at=contact.get("acknowledged_at"),
        reaches=tuple(newest[channel] for channel in CHANNELS if channel in newest),
    )


def _by_the_sim(delivery: Answer) -> bool:
    """It went the second way, for one that is in the list before it."""
    return any(attempt["path"] == "modem" for attempt in delivery["attempts"])


def _reach(delivery: Answer) -> Reach:
    outcome, attempts = str(delivery["outcome"]), delivery["attempts"]
    return Reach(
        channel=str(delivery["channel"]),
        outcome=outcome,
        result=_result(delivery, outcome, str(attempts[-1]["code"]) if attempts else NEEDLESS),
        accepted=outcome in REACHED or any(attempt["result"] == "accepted" for attempt in attempts),
    )


def _result(delivery: Answer, outcome: str, code: str) -> str:
    """An SMS or e-mail has none, unless it was never tried."""
    if outcome == "failed" and code in (NEEDLESS, "canceled"):
        return NEEDLESS
    if delivery["channel"] != "call" or outcome not in ("delivered", "failed"):
        return ""
    return code or ("completed" if outcome == "delivered" else "")


def telephones(contacts: Sequence[Answer], network: Answer) -> tuple[Telephone, ...]:
    phones = {phone["number"]: phone for phone in network["phones"]}
    return tuple(_telephone(contact, phones.get(contact["phone"], {}), network["mails"]) for contact in contacts)


def _telephone(contact: Answer, phone: Answer, mails: Sequence[Answer]) -> Telephone:
    calls = [_call(call, contact["phone"]) for call in phone.get("calls", ())]
    over = [call for call in calls if call.state not in LIVE]
    mine = [mail for mail in mails if contact.get("email") and mail["to"] == contact["email"]]
    items = [*over, *map(_message, phone.get("messages", ())), *map(_mail, mine)]
    return Telephone(
        contact=str(contact["id"]),
        name=str(contact["name"]),
        number=str(contact["phone"]),
        email=str(contact.get("email") or ""),
        behaviour=str(phone.get("behaviour", UNUSED)),
        calls=tuple(call for call in calls if call.state in LIVE),
        items=tuple(sorted(items, key=lambda item: item.at, reverse=True)[:SHOWN]),
    )


def _message(facts: Answer) -> Item:
    return Item(
        kind="message",
        id=str(facts["id"]),
        at=facts["at"],
        text=facts["text"],
        sender=facts["from"],
        segments=int(facts.get("segments") or 1),
    )


def _call(facts: Answer, number: str) -> Item:
    outgoing = facts["from"] == number
    return Item(
        kind="call",
        id=str(facts["id"]),
        at=facts["at"],
        text=facts.get("text") or "",
        sender=facts["to" if outgoing else "from"],
        state=facts["state"],
        result=facts.get("result") or "",
        language=facts.get("language") or "",
        outgoing=outgoing,
    )


def _mail(facts: Answer) -> Item:
    return Item(kind="mail", id=str(facts["id"]), at=facts["at"], text=facts["text"], subject=facts["subject"])
