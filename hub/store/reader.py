"""How rows become facts again."""

import sqlite3
from dataclasses import dataclass
from datetime import datetime
from math import isfinite
from typing import TypeVar

from hub import pairing
from hub.alert import DETAILS, Purpose
from hub.answers import Answer, Way
from hub.delivery import Delivery, Outcome
from hub.errors import Refusal
from hub.faults import Fault
from hub.gesture import Kind, Timing
from hub.incident import End, Incident, State
from hub.model import LANGUAGES, Button, Contact, Home, Moment, Position, Source, Technician, zone
from hub.position import Told, sensible
from hub.profile import Meaning, Rule
from hub.response import Action, Level
from hub.store.rows import Menu

T = TypeVar("T")
HOME = Home()  # where nothing is known
BUTTON_TIMING = Timing()
KEY_BYTES = 16


@dataclass(slots=True)
class Reader:
    """Turns rows into facts. A wall time becomes a moment as old as the clocks say, never in the future.

    A value that was damaged in a harmless place is `mended`, and counted; else the row raises.
    """

    now: Moment
    mended: int = 0

    def moment(self, text: str) -> Moment:
        utc = datetime.fromisoformat(text)
        return Moment(self.now.mono - max(0.0, (self.now.utc - utc).total_seconds()), utc)

    def maybe(self, text: str | None) -> Moment | None:
        return None if text is None else self.moment(text)

    def home(self, row: sqlite3.Row) -> Home:
        position = None if row["latitude"] is None else (float(row["latitude"]), float(row["longitude"]))
        name, address, timezone = _texts(row, "name", "address", "timezone")
        if zone(timezone) is None:
            timezone = self._mend(HOME.timezone)
        details = {key: self.detail(row, key) for key in DETAILS}
        return Home(name, address, position, self.language(row), timezone, **details)

    def detail(self, row: sqlite3.Row, key: str) -> str:
        """Without it people are told all the same."""
        return row[key] if isinstance(row[key], str) else self._mend("")

    def contact(self, row: sqlite3.Row) -> Contact:
        id, name, phone, email = _texts(row, "id", "name", "phone", "email")
        return Contact(id, name, phone, email, self.language(row), self.consent(row))

    def consent(self, row: sqlite3.Row) -> datetime | None:
        try:
            return row["consent"] and datetime.fromisoformat(row["consent"])
        except (TypeError, ValueError):
            return self._mend(None)

    def technician(self, row: sqlite3.Row) -> Technician:
        id, name, phone, email = _texts(row, "id", "name", "phone", "email")
        return Technician(id, name, phone, email, self.language(row))

    def button(self, row: sqlite3.Row) -> Button:
        """Without what other tables have of it."""
        id, address, name, protocol = _texts(row, "id", "address", "name", "protocol")
        return Button(
            id, _address(address), name, protocol, bool(row["worn"]), self.key(row), self.counter(row),
            period=self.period(row), timing=self.timing(row), feedback=bool(row["feedback"]),
        )  # fmt: skip

    def key(self, row: sqlite3.Row) -> bytes | None:
        """Without a key a button is still heard, and what it seals is told as unreadable."""
        key = row["key"]
        return key if key is None or (isinstance(key, bytes) and len(key) == KEY_BYTES) else self._mend(None)

    def counter(self, row: sqlite3.Row) -> int | None:
        return row["counter"] if isinstance(row["counter"], int | None) else self._mend(None)

    def period(self, row: sqlite3.Row) -> float | None:
        period = row["period"]
        return period if period is None or _is_time(period) else self._mend(None)

    def timing(self, row: sqlite3.Row) -> Timing:
        """With times nobody can press, or that never end, a press would come to nothing."""
        try:
            return pairing.timing(float(row["hold_after"]), float(row["pause"]))
        except (Refusal, TypeError, ValueError):
            return self._mend(BUTTON_TIMING)

    def rule(self, row: sqlite3.Row) -> tuple[str, Rule]:
        position, value = row["position"], row["value"]
        if not (isinstance(position, int | None) and isinstance(value, bytes | None)):
            raise TypeError("position or value")
        button, source = _texts(row, "button", "source")
        return button, Rule(source, Meaning(row["meaning"]), position, value)

    def own_action(self, row: sqlite3.Row) -> tuple[str, Kind, Action]:
        (button,) = _texts(row, "button")
        return button, *self.action(row)

    def seal(self, row: sqlite3.Row) -> tuple[str, bytes]:
        (button,) = _texts(row, "button")
        if not isinstance(row["seal"], bytes):
            raise TypeError("seal")
        return button, row["seal"]

    def action(self, row: sqlite3.Row) -> tuple[Kind, Action]:
        return Kind(row["gesture"]), Action(row["action"])

    def incident(self, row: sqlite3.Row) -> Incident:
        id, room, code, by = _texts(row, "id", "room", "code", "taken_by")
        return Incident(
            id=id, level=Level(row["level"]), opened=self.moment(row["opened_at"]),
            pressed=self.moment(row["pressed_at"]), drill=bool(row["drill"]), after_drill=bool(row["after_drill"]),
            room=room, state=State(row["state"]), threatened=bool(row["threatened"]),
            kind=End(row["kind"]) if row["kind"] else None, ended=self.maybe(row["ended_at"]),
            sounded=self.maybe(row["sounded_at"]), records=bool(row["records"]), code=code, rounds=int(row["rounds"]),
            told=self.maybe(row["told_at"]), called=self.maybe(row["called_at"]), by=by,
            taken=self.maybe(row["taken_at"]), checked=self.maybe(row["checked_at"]),
        )  # fmt: skip

    def delivery(self, row: sqlite3.Row) -> Delivery:
        begun = self.moment(row["begun_at"])
        id, incident, contact, to, subject, text, accepted_id, machine, brief, path = _texts(
            row, "id", "incident", "contact", "recipient", "subject", "text", "accepted_id", "machine", "brief", "path"
        )
        return Delivery(
            id=id, incident=incident, contact=contact, channel=Action(row["channel"]),
            purpose=Purpose(row["purpose"]), to=to, language=self.language(row), subject=subject,
            text=text, begun=begun, due=begun.mono, outcome=Outcome(row["outcome"]), tries=int(row["tries"]),
            accepted_id=accepted_id, machine=machine, brief=brief, path=path,
        )  # fmt: skip

    def answer(self, row: sqlite3.Row) -> Answer:
        source, key, incident, contact = _texts(row, "source", "key", "incident", "contact")
        return Answer(
            source, key, incident, contact, self.moment(row["at"]), Way(row["way"]), float(row["seconds"]),
            bool(row["drill"]),
        )  # fmt: skip

    def told(self, row: sqlite3.Row) -> Told:
        (incident,) = _texts(row, "incident")
        latitude, longitude, radius = (float(row[name]) for name in ("latitude", "longitude", "radius"))
        there = Position(latitude, longitude, radius, self.moment(row["at"]), Source(row["source"]))
        if not sensible(there):
            raise ValueError("position")
        return Told(incident, there, self.moment(row["told_at"]))

    def menu(self, row: sqlite3.Row) -> Menu:
        return Menu(*_texts(row, "flow", "digest"))

    def fault(self, row: sqlite3.Row) -> Fault:
        (code,) = _texts(row, "code")
        since = self.moment(row["since"])
        return Fault(code, since, told=self.maybe(row["told"]), restored=self.maybe(row["restored"]))

    def language(self, row: sqlite3.Row) -> str:
        found = row["language"]
        return str(found) if found in LANGUAGES else self._mend(HOME.language)

    def _mend(self, instead: T) -> T:
        self.mended += 1
        return instead


def _texts(row: sqlite3.Row, *names: str) -> list[str]:
    """Raises TypeError: damage can make a number or nothing of a text."""
    values = [row[name] for name in names]
    for name, value in zip(names, values, strict=True):
        if not isinstance(value, str):
            raise TypeError(name)
    return values


def _address(text: str) -> str:
    """Raises ValueError: no button can be heard at what is no address."""
    try:
        return pairing.address(text)
    except Refusal:
        raise ValueError("address") from None


def _is_time(value: object) -> bool:
    return isinstance(value, float) and isfinite(value) and value > 0
