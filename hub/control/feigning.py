"""An incident that is open, made to look as if it had been ended: for whoever was made to type the code.

Nothing that came later is in it, and the texts that say she is under threat look like the all-clear. From a later press
on it looks like a new one, with nothing of what was before.
"""

from typing import Any

from hub.alert import Purpose
from hub.check import Check
from hub.control import reopening
from hub.core import Hub, clock
from hub.delivery import Outcome
from hub.evidence.courier import FAULTS
from hub.incident import End, Event, Incident, State
from hub.response import Action
from hub.store import iso

Json = dict[str, Any]
REACHED = (Outcome.SENDING, Outcome.ACCEPTED, Outcome.DELIVERED, Outcome.UNKNOWN)
GOING_ON = {"microphone", "evidence", "disk", "courier", *FAULTS, "refused"}
NOT_SENT_YET = (Outcome.QUEUED, Outcome.SENDING)


def hidden(hub: Hub, *, threat: bool) -> frozenset[str]:
    """Codes of faults that whoever looks under threat must not see: they began after the end that was feigned, and
    come of its going on.
    """
    current = hub.alerting.incident
    shown = hub.gate.feigned.get(current.id) if threat and current else None
    if shown is None or shown.ended is None:
        return frozenset()
    end = shown.ended.mono
    return frozenset(f.code for f in hub.faults if f.since.mono >= end and f.code.partition(":")[0] in GOING_ON)


def unsuspicious(checks: list[Check], hidden: frozenset[str]) -> list[Check]:
    """As they would be without these faults."""
    kept = [check for check in checks if not {*check.codes} & hidden]
    sound = Check("microphone", True, "microphone_ok")
    return [sound if "microphone" in hidden and check.name == "microphone" else check for check in kept]


def as_seen(hub: Hub, incident: Json, brief: Json) -> Json:
    """`brief`: what an end would have left of it."""
    end: str = brief["ended_at"]
    pressed = reopening.presses(_since(incident["events"], end))
    current = hub.alerting.incident
    if not pressed and current and current.id == incident["id"] and iso(current.pressed.utc) > end:  # a dead disk
        pressed = [{"at": iso(current.pressed.utc), "what": Event.REPEATED, "detail": ""}]
    return _as_reopened(hub, incident, pressed) if pressed else _as_ended(hub, incident, brief)


def _since(events: list[Json], end: str) -> list[Json]:
    """In the order in which they were written down: a clock may have been set back since."""
    threats = [n for n, one in enumerate(events) if one["what"] == Event.THREATENED]
    return events[threats[-1] + 1 :] if threats else [one for one in events if one["at"] > end]


def _as_ended(hub: Hub, incident: Json, brief: Json) -> Json:
    end: str = brief["ended_at"]
    kept = _between(hub, incident, brief["opened_at"], end)
    ended = {"at": end, "what": Event.ENDED, "detail": brief["kind"]}
    threats = [
        one
        for one in incident["deliveries"]
        if one["purpose"] == Purpose.UNDER_THREAT and one["begun_at"] >= brief["opened_at"]
    ]
    deliveries = _numbered([*kept["deliveries"], *_all_clear(kept["deliveries"], threats)])
    return {**brief, **kept, "events": [*kept["events"], ended], "deliveries": deliveries}


def _as_reopened(hub: Hub, incident: Json, pressed: list[Json]) -> Json:
    shown, _ = reopening.replayed(hub, incident["id"], pressed)
    brief = _brief(incident, shown)
    closed = reopening.closed_at(shown)
    if closed and closed <= min(iso(clock().utc), incident["ended_at"] or "9"):
        brief = {**brief, "state": State.RESOLVED, "kind": End.EXPIRED, "ended_at": closed}
    kept = _between(hub, incident, brief["opened_at"], brief["ended_at"] or "9")
    if brief["kind"] == End.EXPIRED:
        kept["events"] = [*kept["events"], {"at": closed, "what": Event.EXPIRED, "detail": End.EXPIRED}]
    return {**brief, **kept, "deliveries": _numbered(kept["deliveries"])}


def _brief(incident: Json, shown: Incident) -> Json:
    """Who took charge before is in charge of what is over."""
    taken = (incident["taken_at"] or "") >= iso(shown.opened.utc)
    return {
        "id": incident["id"],
        "level": shown.level.word,
        "state": incident["state"] if taken or incident["ended_at"] else State.ALERTING,
        "drill": False,
        "kind": incident["kind"],
        "opened_at": iso(shown.opened.utc),
        "ended_at": incident["ended_at"],
        "by": incident["by"] if taken else "",
        "taken_at": incident["taken_at"] if taken else None,
        "rounds": incident["rounds"],
    }


def _between(hub: Hub, incident: Json, start: str, end: str) -> Json:
    """What belongs to it, from its first press on, and was so at `end`."""
    events = [one for one in incident["events"] if start <= one["at"] <= end and one["what"] != Event.THREATENED]
    deliveries = [
        _stopped(one, end)
        for one in incident["deliveries"]
        if start <= one["begun_at"] <= end and one["purpose"] != Purpose.UNDER_THREAT
    ]
    pressed = reopening.presses(events)
    if pressed and pressed[0]["what"] != reopening.OPENED:
        _, again = reopening.replayed(hub, incident["id"], pressed)
        deliveries = _of_a_new_one(hub, deliveries, again)
        events = sorted([*again, *(one for one in events if one not in pressed)], key=lambda one: str(one["at"]))
    return {
        "events": events,
        "deliveries": deliveries,
        "answers": [one for one in incident["answers"] if start <= one["at"] <= end],
        "positions": [one for one in incident["positions"] if start <= one["told_at"] <= end],
    }


def _of_a_new_one(hub: Hub, deliveries: list[Json], presses: list[Json]) -> list[Json]:
    """Without the ways that only what was before has opened; what opens or raises it alerts, and not "again"."""
    alerts = {one["at"] for one in presses if one["what"] in (reopening.OPENED, Event.RAISED)}

    def ways(begun: str) -> frozenset[Action]:
        return reopening.channels(hub, (one for one in presses if one["at"] <= begun))

    return [
        {**one, "purpose": Purpose.ALERT} if one["begun_at"] in alerts else one
        for one in deliveries
        if one["channel"] in ways(one["begun_at"])
    ]


def _all_clear(before: list[Json], threats: list[Json]) -> list[Json]:
    reached = {one["contact"] for one in before if one["outcome"] in REACHED}
    mailed = {one["contact"] for one in before if one["channel"] == Action.EMAIL}
    written = {Action.SMS: reached, Action.EMAIL: reached & mailed}
    clear = {
        (one["contact"], one["channel"]): {**one, "purpose": Purpose.ALL_CLEAR}
        for one in reversed(threats)
        if one["contact"] in written.get(one["channel"], ())
    }
    return [*reversed(clear.values())]


def _numbered(deliveries: list[Json]) -> list[Json]:
    return [{**one, "id": f"{one['id'].partition('-')[0]}-{n}"} for n, one in enumerate(deliveries, 1)]


def _stopped(delivery: Json, end: str) -> Json:
    """What was not sent by then would not have been sent."""
    attempts = [one for one in delivery["attempts"] if one["at"] <= end]
    late = delivery["outcome"] in NOT_SENT_YET or len(attempts) < len(delivery["attempts"])
    return {**delivery, "attempts": attempts, "outcome": Outcome.FAILED if late else delivery["outcome"]}
