"""One incident as a person reads it: whom it reached, and what happened after what."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

Facts = Mapping[str, Any]

ALERTS = ("alert", "again", "still", "moved", "lapsed")


@dataclass(frozen=True, slots=True)
class Line:
    """`what`: a word of the group `group`; `result` and `reason` belong to an attempt to send."""

    at: str
    group: str
    what: str
    name: str = ""
    channel: str = ""
    result: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Reached:
    """How far the latest text of each channel came to this person."""

    name: str
    outcomes: dict[str, str] = field(default_factory=dict)
    acknowledged_at: str | None = None


def timeline(incident: Facts) -> list[Line]:
    """Oldest first; what happened in the same second stays in its order."""
    names = {person["id"]: person["name"] for person in incident["contacts"]}
    lines = [Line(event["at"], "event", event["what"]) for event in incident["events"]]
    for delivery in incident["deliveries"]:
        lines += [
            Line(
                one["at"],
                "purpose",
                delivery["purpose"],
                delivery["name"],
                delivery["channel"],
                one["result"],
                one.get("reason", ""),
            )
            for one in delivery["attempts"]
        ]
    lines += [
        Line(answer["at"], "event", "answered", names.get(answer["contact"], ""))
        for answer in incident.get("answers", ())
    ]
    return sorted(lines, key=lambda line: line.at)


def reached(incident: Facts) -> list[Reached]:
    return [
        Reached(
            person["name"],
            {
                delivery["channel"]: delivery["outcome"]
                for delivery in incident["deliveries"]
                if delivery["contact"] == person["id"] and delivery["purpose"] in ALERTS
            },
            person["acknowledged_at"],
        )
        for person in incident["contacts"]
    ]
