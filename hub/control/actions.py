"""Commands that press, drill, end and look back."""

import asyncio
from dataclasses import asdict
from pathlib import Path
from time import monotonic

from hub.control import requests as ask
from hub.core import Hub
from hub.errors import Refusal
from hub.evidence import catalogue
from hub.gesture import Gesture, Kind
from hub.incident import End, Incident
from hub.ports import Press
from hub.store import history, iso

Json = dict[str, object]
GESTURES = {"single": Gesture(1), "double": Gesture(2), "hold": Gesture(1, held=True)}


async def press(hub: Hub, request: ask.PressButton) -> Json:
    """Enters after the decoder: for real."""
    button = hub.household.buttons.get(request.button)
    if request.button and button is None:
        raise Refusal("unknown_button", id=request.button)
    gesture = GESTURES[request.gesture]
    source = Press(button.address if button else "", gesture, monotonic())
    return {"incident": _brief(hub.alerting.press(gesture, source))}


async def drill(hub: Hub, request: ask.Drill) -> Json:
    return {"incident": _brief(hub.alerting.drill(Kind(request.gesture), siren=request.siren))}


async def resolve(hub: Hub, request: ask.Resolve) -> Json:
    if hub.alerting.incident is None or hub.alerting.incident.id != request.id:
        await _must_exist(hub, request.id)
    return {"incident": _brief(hub.alerting.resolve(request.id, End(request.kind)))}


async def incidents(hub: Hub, _: ask.Nothing) -> Json:
    return {"incidents": await hub.store.read(history.incidents)}


async def incident(hub: Hub, request: ask.One) -> Json:
    """From the store; an open one as memory has it, for a disk can be dead."""
    found = await _must_exist(hub, request.id)
    names = {c.id: c.name for c in hub.household.contacts.values()}
    deliveries = found["deliveries"]
    assert isinstance(deliveries, list)
    for delivery in deliveries:
        delivery["name"] = names.get(delivery["contact"], "")
    told = dict.fromkeys(d["contact"] for d in deliveries)
    found["contacts"] = [{"id": id, "name": names.get(id, ""), "acknowledged_at": None} for id in told]
    return {"incident": found}


async def list_recordings(hub: Hub, _: ask.Nothing) -> Json:
    recordings = await asyncio.to_thread(catalogue.recordings, hub.config.state.dir / "evidence")
    return {"recordings": [asdict(r) for r in recordings]}


async def export_recording(hub: Hub, request: ask.Export) -> Json:
    source, target = hub.config.state.dir / "evidence", Path(request.folder)
    files = await asyncio.to_thread(catalogue.export, source, request.id, target)
    return {"folder": str(target), "files": len(files)}


async def _must_exist(hub: Hub, id: str) -> Json:
    found = await hub.store.read(lambda connection: history.incident(connection, id))
    if found is None:
        raise Refusal("unknown_incident", id=id)
    return found


def _brief(current: Incident) -> Json:
    return {
        "id": current.id,
        "level": current.level.word,
        "state": current.state,
        "drill": current.drill,
        "kind": current.kind,
        "opened_at": iso(current.opened.utc),
        "ended_at": current.ended and iso(current.ended.utc),
    }
