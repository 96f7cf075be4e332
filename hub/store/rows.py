"""How facts become rows. Every write is an upsert, so that a new file fills itself again."""

from dataclasses import dataclass
from datetime import UTC, datetime
from functools import singledispatch

from hub.answers import Answer
from hub.delivery import Attempt, Delivery
from hub.faults import Fault
from hub.gesture import Kind
from hub.incident import Incident
from hub.model import KEPT_SEALS, Button, Contact, Home, Moment, Technician
from hub.position import Told
from hub.response import Action

Statement = tuple[str, tuple[object, ...]]


@dataclass(frozen=True, slots=True)
class Happening:
    """A line in an incident's history; `what` is a word of `[events]` in the texts, `detail` holds no address."""

    incident: str
    at: Moment
    what: str
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Actions:
    """What one gesture does in this home."""

    kind: Kind
    actions: frozenset[Action]


@dataclass(frozen=True, slots=True)
class Box:
    """The neutral name of this hub, made once."""

    id: str


@dataclass(frozen=True, slots=True)
class Worked:
    """The names of the paths that worked once in this home."""

    names: frozenset[str]


@dataclass(frozen=True, slots=True)
class Counted:
    """From when on the days to the next reminder are counted."""

    since: datetime


@dataclass(frozen=True, slots=True)
class Recipients:
    """The age public keys that recordings are sealed to."""

    keys: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Gone:
    """A contact, technician or button that is to be forgotten."""

    table: str
    id: str


@dataclass(frozen=True, slots=True)
class Seal:
    """An encrypted press of a button that acted: it never acts again."""

    button: str
    seal: bytes


@dataclass(frozen=True, slots=True)
class Menu:
    """The telephone menu that the provider keeps for this hub: its id, and the hash of its text."""

    flow: str = ""
    digest: str = ""


def iso(at: datetime) -> str:
    """2026-11-23T20:14:05.123Z"""
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def upsert(table: str, **values: object) -> list[Statement]:
    """One row; the first name is its key."""
    names, gaps = ", ".join(values), ", ".join("?" * len(values))
    key, *others = values
    update = ", ".join(f"{name} = excluded.{name}" for name in others)
    return [
        (
            f"INSERT INTO {table} ({names}) VALUES ({gaps}) ON CONFLICT ({key}) DO UPDATE SET {update}",  # noqa: S608
            tuple(values.values()),
        )
    ]


@singledispatch
def statements(fact: object) -> list[Statement]:
    """The SQL that writes one fact down. Raises TypeError for anything that has no table."""
    raise TypeError(f"no table for {type(fact).__name__}")


@statements.register
def _home(home: Home) -> list[Statement]:
    latitude, longitude = home.position or (None, None)
    return upsert(
        "home", id=1, name=home.name, address=home.address, latitude=latitude, longitude=longitude,
        language=home.language, timezone=home.timezone, floor=home.floor, door_code=home.door_code,
        residents=home.residents, notes=home.notes,
    )  # fmt: skip


@statements.register
def _contact(contact: Contact) -> list[Statement]:
    return _person("contacts", contact)


@statements.register
def _technician(technician: Technician) -> list[Statement]:
    return _person("technicians", technician)


def _person(table: str, person: Contact | Technician) -> list[Statement]:
    return upsert(
        table,
        id=person.id,
        name=person.name,
        phone=person.phone,
        email=person.email,
        language=person.language,
        **({"consent": person.consent and iso(person.consent)} if isinstance(person, Contact) else {}),
    )


@statements.register
def _button(button: Button) -> list[Statement]:
    """A row that another id has of this address gives way, and leaves its seals: the button was added again, unseen."""
    rules = enumerate(button.rules)
    own = [(kind, action) for kind, actions in button.actions.items() for action in sorted(actions)]
    return [
        ("UPDATE buttons SET address = id WHERE address = ? AND id <> ?", (button.address, button.id)),
        *upsert(
            "buttons", id=button.id, address=button.address, name=button.name, protocol=button.protocol,
            worn=button.worn, key=button.key, counter=button.counter, period=button.period,
            hold_after=button.timing.hold_after, pause=button.timing.pause, feedback=button.feedback,
        ),
        (_OLD_ROW_S_SEALS, (button.id,)),
        ("DELETE FROM buttons WHERE address = id", ()),
        ("DELETE FROM rules WHERE button = ?", (button.id,)),
        *((_RULE, (button.id, n, rule.source, rule.meaning, rule.position, rule.value)) for n, rule in rules),
        ("DELETE FROM button_responses WHERE button = ?", (button.id,)),
        *(("INSERT INTO button_responses VALUES (?, ?, ?)", (button.id, *row)) for row in own),
    ]  # fmt: skip


_OLD_ROW_S_SEALS = """
UPDATE OR IGNORE seals SET button = ? WHERE button IN (SELECT id FROM buttons WHERE address = id)
"""
_RULE = "INSERT INTO rules (button, number, source, meaning, position, value) VALUES (?, ?, ?, ?, ?, ?)"


@statements.register
def _seal(seal: Seal) -> list[Statement]:
    """The oldest is forgotten: nobody waits for two hundred presses to play one back."""
    return [
        ("INSERT OR IGNORE INTO seals (button, seal) VALUES (?, ?)", (seal.button, seal.seal)),
        (_OLD_SEALS, (seal.button, seal.button, KEPT_SEALS)),
    ]


_OLD_SEALS = """
DELETE FROM seals WHERE button = ? AND number <= (
    SELECT number FROM seals WHERE button = ? ORDER BY number DESC LIMIT 1 OFFSET ?
)
"""


@statements.register
def _actions(row: Actions) -> list[Statement]:
    clear: Statement = ("DELETE FROM responses WHERE gesture = ?", (row.kind,))
    return [
        clear,
        *(("INSERT INTO responses VALUES (?, ?)", (row.kind, action)) for action in sorted(row.actions)),
    ]


@statements.register
def _box(box: Box) -> list[Statement]:
    return upsert("meta", key="box", value=box.id)


@statements.register
def _worked(worked: Worked) -> list[Statement]:
    return upsert("meta", key="paths", value=" ".join(sorted(worked.names)))


@statements.register
def _counted(counted: Counted) -> list[Statement]:
    return upsert("meta", key="reminder", value=iso(counted.since))


@statements.register
def _recipients(recipients: Recipients) -> list[Statement]:
    return upsert("meta", key="recipients", value=" ".join(recipients.keys))


@statements.register
def _gone(gone: Gone) -> list[Statement]:
    return [(f"DELETE FROM {gone.table} WHERE id = ?", (gone.id,))]  # noqa: S608


@statements.register
def _incident(incident: Incident) -> list[Statement]:
    return upsert(
        "incidents", id=incident.id, level=int(incident.level), state=incident.state, kind=incident.kind,
        opened_at=iso(incident.opened.utc), pressed_at=iso(incident.pressed.utc),
        ended_at=incident.ended and iso(incident.ended.utc), sounded_at=incident.sounded and iso(incident.sounded.utc),
        drill=incident.drill, after_drill=incident.after_drill, threatened=incident.threatened,
        records=incident.records, room=incident.room, code=incident.code, rounds=incident.rounds,
        told_at=incident.told and iso(incident.told.utc), called_at=incident.called and iso(incident.called.utc),
        taken_by=incident.by,
        taken_at=incident.taken and iso(incident.taken.utc), checked_at=incident.checked and iso(incident.checked.utc),
    )  # fmt: skip


@statements.register
def _happening(happening: Happening) -> list[Statement]:
    values = (happening.incident, iso(happening.at.utc), happening.what, happening.detail)
    return [("INSERT INTO events (incident, at, what, detail) VALUES (?, ?, ?, ?)", values)]


@statements.register
def _delivery(delivery: Delivery) -> list[Statement]:
    return upsert(
        "deliveries", id=delivery.id, incident=delivery.incident, contact=delivery.contact, channel=delivery.channel,
        purpose=delivery.purpose, recipient=delivery.to, language=delivery.language, subject=delivery.subject,
        text=delivery.text, begun_at=iso(delivery.begun.utc), outcome=delivery.outcome, tries=delivery.tries,
        accepted_id=delivery.accepted_id, machine=delivery.machine, brief=delivery.brief, path=delivery.path,
    )  # fmt: skip


@statements.register
def _attempt(attempt: Attempt) -> list[Statement]:
    values = (attempt.delivery, iso(attempt.at.utc), attempt.path, attempt.result, attempt.code)
    return [("INSERT INTO attempts (delivery, at, path, result, code) VALUES (?, ?, ?, ?, ?)", values)]


@statements.register
def _answer(answer: Answer) -> list[Statement]:
    values = (
        answer.source, answer.key, answer.incident, answer.contact, iso(answer.at.utc), answer.way, answer.seconds,
        answer.drill,
    )  # fmt: skip
    return [("INSERT OR IGNORE INTO answers VALUES (?, ?, ?, ?, ?, ?, ?, ?)", values)]


@statements.register
def _told(told: Told) -> list[Statement]:
    there = told.position
    values = (
        told.incident, iso(told.at.utc), iso(there.at.utc), there.latitude, there.longitude, there.radius, there.source,
    )  # fmt: skip
    return [("INSERT OR IGNORE INTO positions VALUES (?, ?, ?, ?, ?, ?, ?)", values)]


@statements.register
def _menu(menu: Menu) -> list[Statement]:
    return [("DELETE FROM provider", ()), ("INSERT INTO provider VALUES (?, ?)", (menu.flow, menu.digest))]


@statements.register
def _fault(fault: Fault) -> list[Statement]:
    return upsert(
        "faults", code=fault.code, since=iso(fault.since.utc), told=fault.told and iso(fault.told.utc),
        restored=fault.restored and iso(fault.restored.utc),
    )  # fmt: skip
