"""The rows of the page: who may open it, how often that was tried, what waits, who came."""

import sqlite3
from dataclasses import dataclass, field

from hub.incident import End, Incident, State
from hub.model import Moment
from hub.page.changes import Change, Kind
from hub.page.codes import Code, Holder, Recipe
from hub.page.tries import Tries
from hub.page.visits import MOST, Visit, What
from hub.response import Level
from hub.store.reader import Reader
from hub.store.rows import Statement, iso, statements, upsert

DIGEST_BYTES = 32


@dataclass(frozen=True, slots=True)
class Presence:
    """Whether he lives here or comes in."""

    lives_here: bool


@dataclass(frozen=True, slots=True)
class Finished:
    """The hub is set up: from now on its page is closed."""


@dataclass(frozen=True, slots=True)
class Order:
    """Of all contacts, by their ids."""

    ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Feigned:
    """An incident as it would be if what was typed under threat had ended it."""

    incident: Incident


@dataclass(slots=True)
class LoadedPage:
    """`lives_here`: None when nobody has said it."""

    recipe: Recipe | None = None
    codes: list[Code] = field(default_factory=list)
    changes: list[Change] = field(default_factory=list)
    tries: Tries = field(default_factory=Tries)
    visits: list[Visit] = field(default_factory=list)
    lives_here: bool | None = None
    finished: bool = False
    feigned: list[Incident] = field(default_factory=list)


QUESTIONS = {
    "codes": "SELECT * FROM codes",
    "changes": "SELECT * FROM pending_changes ORDER BY asked_at, rowid",
    "throttle": "SELECT * FROM throttle",
    "feigned": "SELECT * FROM feigned",
    "visits": f"SELECT * FROM visits ORDER BY id DESC LIMIT {MOST}",  # noqa: S608
}


@statements.register
def _recipe(recipe: Recipe) -> list[Statement]:
    value = f"{recipe.salt.hex()} {recipe.passes} {recipe.memory} {recipe.lanes}"
    return upsert("meta", key="recipe", value=value)


@statements.register
def _code(code: Code) -> list[Statement]:
    return upsert("codes", holder=code.holder, digest=code.digest)


@statements.register
def _presence(presence: Presence) -> list[Statement]:
    return upsert("meta", key="lives_here", value="yes" if presence.lives_here else "no")


@statements.register
def _finished(_: Finished) -> list[Statement]:
    return upsert("meta", key="finished", value="yes")


@statements.register
def _order(order: Order) -> list[Statement]:
    return [("UPDATE contacts SET place = ? WHERE id = ?", (place, id)) for place, id in enumerate(order.ids)]


@statements.register
def _change(change: Change) -> list[Statement]:
    return upsert(
        "pending_changes", id=change.id, contact=change.contact, what=change.kind, asked_at=iso(change.asked.utc),
        phone=change.phone, email=change.email, told=change.told, name=change.name, language=change.language,
    )  # fmt: skip


@statements.register
def _tries(tries: Tries) -> list[Statement]:
    return upsert("throttle", id=1, count=tries.count, last=_at(tries.last), here=tries.here, since=_at(tries.since))


@statements.register
def _visit(visit: Visit) -> list[Statement]:
    values = (iso(visit.at.utc), visit.what, visit.who, visit.detail)
    return [
        ("INSERT INTO visits (at, what, who, detail) VALUES (?, ?, ?, ?)", values),
        (f"DELETE FROM visits WHERE id <= (SELECT max(id) FROM visits) - {MOST}", ()),  # noqa: S608
    ]


@statements.register
def _feigned(feigned: Feigned) -> list[Statement]:
    one = feigned.incident
    return upsert(
        "feigned", incident=one.id, level=int(one.level), drill=one.drill, kind=one.kind, opened_at=iso(one.opened.utc),
        ended_at=_at(one.ended), taken_by=one.by, taken_at=_at(one.taken), rounds=one.rounds,
    )  # fmt: skip


def _at(moment: Moment | None) -> str | None:
    return None if moment is None else iso(moment.utc)


# And back.


def recipe(row: sqlite3.Row) -> Recipe:
    salt, *cost = str(row["value"]).split()
    return Recipe(bytes.fromhex(salt), *map(int, cost))


def code(row: sqlite3.Row) -> Code:
    if not isinstance(row["digest"], bytes) or len(row["digest"]) != DIGEST_BYTES:
        raise ValueError("digest")
    return Code(Holder(row["holder"]), row["digest"])


def change(reader: Reader, row: sqlite3.Row) -> Change:
    phone, email = row["phone"], row["email"]
    if not isinstance(phone, str) or not isinstance(email, str | None):
        raise TypeError("phone or email")
    asked = reader.moment(row["asked_at"])
    whose = str(row["id"]), str(row["contact"]), Kind(row["what"])
    return Change(*whose, asked, phone, email, bool(row["told"]), str(row["name"]), str(row["language"]))


def feigned(reader: Reader, row: sqlite3.Row) -> Incident:
    opened = reader.moment(row["opened_at"])
    return Incident(
        str(row["incident"]), Level(row["level"]), opened, opened, drill=bool(row["drill"]), state=State.RESOLVED,
        kind=End(row["kind"]), ended=reader.moment(row["ended_at"]), by=str(row["taken_by"]),
        taken=reader.maybe(row["taken_at"]), rounds=int(row["rounds"]),
    )  # fmt: skip


def tries(reader: Reader, row: sqlite3.Row) -> Tries:
    return Tries(int(row["count"]), reader.maybe(row["last"]), int(row["here"]), reader.maybe(row["since"]))


def visit(reader: Reader, row: sqlite3.Row) -> Visit:
    return Visit(reader.moment(row["at"]), What(row["what"]), str(row["who"]), str(row["detail"]))
