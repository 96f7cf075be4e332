"""How rows become facts again."""

import sqlite3
from dataclasses import dataclass
from datetime import datetime

from hub.delivery import Delivery, Outcome
from hub.faults import Fault
from hub.gesture import Kind
from hub.incident import End, Incident, State
from hub.messages import Purpose
from hub.model import Button, Contact, Home, Moment, Technician
from hub.response import Action, Level


@dataclass(frozen=True, slots=True)
class Reader:
    """Turns rows into facts. A wall time becomes a moment as old as the clocks say, never in the future."""

    now: Moment

    def moment(self, text: str) -> Moment:
        utc = datetime.fromisoformat(text)
        return Moment(self.now.mono - max(0.0, (self.now.utc - utc).total_seconds()), utc)

    def maybe(self, text: str | None) -> Moment | None:
        return None if text is None else self.moment(text)

    def home(self, row: sqlite3.Row) -> Home:
        position = None if row["latitude"] is None else (row["latitude"], row["longitude"])
        return Home(row["name"], row["address"], position, row["language"], row["timezone"])

    def contact(self, row: sqlite3.Row) -> Contact:
        return Contact(row["id"], row["name"], row["phone"], row["email"], row["language"])

    def technician(self, row: sqlite3.Row) -> Technician:
        return Technician(row["id"], row["name"], row["phone"], row["email"], row["language"])

    def button(self, row: sqlite3.Row) -> Button:
        worn = bool(row["worn"])
        return Button(row["id"], row["address"], row["name"], row["protocol"], worn, row["key"], row["counter"])

    def action(self, row: sqlite3.Row) -> tuple[Kind, Action]:
        return Kind(row["gesture"]), Action(row["action"])

    def incident(self, row: sqlite3.Row) -> Incident:
        return Incident(
            id=row["id"], level=Level(row["level"]), opened=self.moment(row["opened_at"]),
            pressed=self.moment(row["pressed_at"]), drill=bool(row["drill"]), after_drill=bool(row["after_drill"]),
            room=row["room"], state=State(row["state"]), threatened=bool(row["threatened"]),
            kind=End(row["kind"]) if row["kind"] else None, ended=self.maybe(row["ended_at"]),
            sounded=self.maybe(row["sounded_at"]), records=bool(row["records"]),
        )  # fmt: skip

    def delivery(self, row: sqlite3.Row) -> Delivery:
        begun = self.moment(row["begun_at"])
        return Delivery(
            id=row["id"], incident=row["incident"], contact=row["contact"], channel=Action(row["channel"]),
            purpose=Purpose(row["purpose"]), to=row["recipient"], language=row["language"], subject=row["subject"],
            text=row["text"], begun=begun, due=begun.mono, outcome=Outcome(row["outcome"]), tries=row["tries"],
            accepted_id=row["accepted_id"],
        )  # fmt: skip

    def fault(self, row: sqlite3.Row) -> Fault:
        since = self.moment(row["since"])
        return Fault(row["code"], since, told=self.maybe(row["told"]), restored=self.maybe(row["restored"]))
