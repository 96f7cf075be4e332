"""Presses of one incident, replayed as if its story began with the first of them: what a press after a feigned end
would have opened.
"""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from hub.core import Hub
from hub.gesture import Kind
from hub.incident import Event, Incident, press
from hub.model import Moment
from hub.response import Action, Level, Response
from hub.store import iso

Json = dict[str, Any]
OPENED = "opened"
PRESSES = {OPENED, Event.JOINED, Event.REPEATED, Event.RAISED}


def presses(events: Iterable[Json]) -> list[Json]:
    return [one for one in events if one["what"] in PRESSES]


def replayed(hub: Hub, id: str, pressed: list[Json]) -> tuple[Incident, list[Json]]:
    """What they would have made, and its presses. A prevention that closed by itself is not joined: a press after that
    opens another.
    """
    shown: Incident | None = None
    events: list[Json] = []
    for one in pressed:
        at, level = _moment(one["at"]), response(hub, one["detail"]).level
        if shown is None or ((ends := closed_at(shown)) and ends <= one["at"]):
            shown, event, events = Incident(id, level, at, at), OPENED, []
        else:
            shown, event = press(shown, level, at)
        events.append({**one, "what": event})
    assert shown is not None
    return shown, events


def closed_at(shown: Incident) -> str | None:
    """When it would close by itself; None: only a person ends it."""
    deadline = shown.deadline(delivered=True)
    return None if deadline is None else iso(shown.pressed.utc + timedelta(seconds=deadline - shown.pressed.mono))


def channels(hub: Hub, events: Iterable[Json]) -> frozenset[Action]:
    """By which these presses are told."""
    return frozenset().union(*(response(hub, one["detail"]).channels for one in presses(events)))


def records(hub: Hub, events: Iterable[Json]) -> bool:
    """Whether one of these presses starts the recorder."""
    return any(Action.RECORD in response(hub, one["detail"]).actions for one in presses(events))


def response(hub: Hub, detail: str) -> Response:
    """To what is written down of a press, such as "hold b12a restarted"."""
    kind, id, *_ = [*detail.split(), "", ""]
    button = hub.household.buttons.get(id)
    return hub.household.response_of(button.address if button else "")[Kind(kind or Kind.HOLD)]


def as_incident(current: Incident, seen: Json, now: Moment) -> Incident:
    """The open incident, with what is seen of it in place of what is so."""
    opened, taken = (at and _moment(at) for at in (seen["opened_at"], seen["taken_at"]))
    assert opened
    return replace(
        current, opened=_on_clock(opened, now), level=Level[seen["level"].upper()], threatened=False, by=seen["by"],
        taken=taken and _on_clock(taken, now), rounds=seen["rounds"],
    )  # fmt: skip


def _moment(at: str) -> Moment:
    """Both clocks are the wall's."""
    utc = datetime.fromisoformat(at)
    return Moment(utc.timestamp(), utc)


def _on_clock(at: Moment, now: Moment) -> Moment:
    return Moment(now.mono - (now.utc - at.utc).total_seconds(), at.utc)
