"""Incidents as they are asked for: the store's word, and for the open one that of memory, for a disk can be dead."""

from typing import Any

from hub.control import feigning
from hub.core import Hub
from hub.errors import Refusal
from hub.incident import Incident
from hub.reasons import reason
from hub.store import history, iso
from hub.texts import sentence

Json = dict[str, Any]


def brief(current: Incident) -> Json:
    """One line of a list."""
    return {
        "id": current.id,
        "level": current.level.word,
        "state": current.state,
        "drill": current.drill,
        "kind": current.kind,
        "opened_at": iso(current.opened.utc),
        "ended_at": current.ended and iso(current.ended.utc),
        "by": current.by,
        "taken_at": current.taken and iso(current.taken.utc),
        "rounds": current.rounds,
    }


async def all_incidents(hub: Hub, *, threat: bool = False) -> list[Json]:
    """Newest first. `threat`: as they look to whoever must believe that they are over."""
    rows = await hub.store.read_latest(history.incidents) or []
    current = hub.alerting.incident
    if current is not None:
        rows = [brief(current), *(row for row in rows if row["id"] != current.id)]
    return [await _as_seen(hub, row) for row in rows] if threat else rows


async def _as_seen(hub: Hub, row: Json) -> Json:
    if row["id"] not in hub.gate.feigned:
        return row
    seen = await one_as_seen(hub, row["id"])
    return {key: seen[key] for key in row}


async def one_as_seen(hub: Hub, id: str) -> Json:
    """One whose end was feigned, as it looks under threat. Raises Refusal("unknown_incident")."""
    return feigning.as_seen(hub, await _whole(hub, id), brief(hub.gate.feigned[id]))


async def one_incident(hub: Hub, id: str, language: str, *, threat: bool = False) -> Json:
    """With events, deliveries and contacts, and reasons in this language; `threat` as above.

    Raises Refusal("unknown_incident").
    """
    stored = await (one_as_seen if threat and id in hub.gate.feigned else _whole)(hub, id)
    whole = _with_names(hub, _with_reasons(stored, language))
    return whole | {"untried": _untried_by(hub, stored, language)} if stored["drill"] else whole


async def _whole(hub: Hub, id: str) -> Json:
    stored = await hub.store.read_latest(lambda connection: history.incident(connection, id))
    current = hub.alerting.incident
    if current is not None and current.id == id:
        stored = _as_it_is_now(hub, current, stored or {"events": [], "deliveries": [], "positions": []})
    if stored is None:
        raise Refusal("unknown_incident", id=id)
    return stored


def untried(hub: Hub, used: set[str], language: str) -> list[Json]:
    """The hub's other paths, which an exercise that used these has proved nothing of."""
    paths = dict.fromkeys(channel.path for channel in hub.ways.values())
    return [{"path": path, "sentence": sentence(language, "untried", path)} for path in paths if path not in used]


def _untried_by(hub: Hub, drill: Json, language: str) -> list[Json]:
    return untried(hub, {one["path"] for delivery in drill["deliveries"] for one in delivery["attempts"]}, language)


def _as_it_is_now(hub: Hub, current: Incident, stored: Json) -> Json:
    attempts = {row["id"]: row["attempts"] for row in stored["deliveries"]}
    deliveries = [
        {
            "id": d.id,
            "contact": d.contact,
            "channel": d.channel,
            "purpose": d.purpose,
            "outcome": d.outcome,
            "begun_at": iso(d.begun.utc),
            "attempts": attempts.get(d.id, []),
        }
        for d in hub.book.of(current.id).values()
    ]
    answers = [
        {"contact": a.contact, "at": iso(a.at.utc), "way": a.way, "seconds": a.seconds}
        for a in hub.charge.answers
        if a.charge and a.incident == current.id
    ]
    kept = {"events": stored["events"], "positions": stored["positions"]}
    return {**brief(current), **kept, "deliveries": deliveries, "answers": answers}


def _with_reasons(incident: Json, language: str) -> Json:
    """Each attempt says in a sentence what its code means."""
    for delivery in incident["deliveries"]:
        delivery["attempts"] = [{**one, "reason": reason(language, one["code"])} for one in delivery["attempts"]]
    return incident


def _with_names(hub: Hub, incident: Json) -> Json:
    names = {c.id: c.name for c in hub.household.contacts.values()}
    for delivery in incident["deliveries"]:
        delivery["name"] = names.get(delivery["contact"], "")
        del delivery["begun_at"]
    told = dict.fromkeys(delivery["contact"] for delivery in incident["deliveries"])
    first = {answer["contact"]: answer["at"] for answer in reversed(incident["answers"])}
    contacts = [{"id": id, "name": names.get(id, ""), "acknowledged_at": first.get(id)} for id in told]
    return {**incident, "contacts": contacts}
