"""Commands that press, drill, end and look back."""

import asyncio
from time import monotonic

from hub.alerting import DISK_PATIENCE
from hub.control import history, reopening
from hub.control import requests as ask
from hub.core import Hub, clock
from hub.errors import Refusal
from hub.exercise import Exercise
from hub.gesture import Gesture, Kind
from hub.incident import End, Incident, end
from hub.ports import Press
from hub.response import Action
from hub.store import Feigned

Json = dict[str, object]
GESTURES = {"single": Gesture(1), "double": Gesture(2), "hold": Gesture(1, held=True)}


async def press(hub: Hub, request: ask.PressButton) -> Json:
    """Enters after the decoder: for real."""
    button = hub.household.buttons.get(request.button)
    if request.button and button is None:
        raise Refusal("unknown_button", id=request.button)
    gesture = GESTURES[request.gesture]
    source = Press(button.address if button else "", gesture, monotonic())
    return await _saved(hub, hub.alerting.press(gesture, source))


async def drill(hub: Hub, request: ask.Drill) -> Json:
    if request.modem and hub.sim is None:
        raise Refusal("no_modem")
    contact = _contact(hub, request) if request.contact else ""
    channel = Action(request.channel) if request.channel else None
    incident = hub.alerting.drill(Exercise(Kind(request.gesture), request.siren, request.modem, contact, channel))
    planned = {hub.ways[d.way].path for d in hub.book.of(incident.id).values() if d.way in hub.ways}
    return await _saved(hub, incident) | {"untried": history.untried(hub, planned, request.answer_in)}


def _contact(hub: Hub, request: ask.Drill) -> str:
    """An exercise that would tell nobody is none."""
    contact = hub.household.contacts.get(request.contact)
    if contact is None:
        raise Refusal("unknown_contact", id=request.contact)
    if request.channel == "email" and not contact.email:
        raise Refusal("no_address", name=contact.name)
    return contact.id


async def resolve(hub: Hub, request: ask.Resolve) -> Json:
    current, kind = hub.alerting.incident, End(request.kind)
    if current is None or current.id != request.id:
        await history.one_incident(hub, request.id, request.answer_in)
    elif request.login.threat and current.id in hub.gate.feigned:
        return await _saved(hub, _feigned(hub, await _seen(hub, current), kind))
    elif request.login.threat or kind is End.DURESS:
        return await _saved(hub, _feigned(hub, current, End.FALSE_ALARM if kind is End.DURESS else kind))
    return await _saved(hub, hub.alerting.resolve(request.id, kind))


async def _seen(hub: Hub, current: Incident) -> Incident:
    """What a press after a feigned end seems to have opened. Raises Refusal if that seems to be over."""
    seen = await history.one_as_seen(hub, current.id)
    if seen["ended_at"] is not None:
        raise Refusal("incident_ended", id=current.id)
    return reopening.as_incident(current, seen, clock())


def _feigned(hub: Hub, current: Incident, kind: End) -> Incident:
    """Duress: whoever looks over her shoulder must read what an end would say, now and later."""
    shown, _ = end(current, kind, clock())
    hub.alerting.resolve(current.id, End.DURESS, Feigned(shown))
    hub.gate.feigned[current.id] = shown
    return shown


async def _saved(hub: Hub, current: Incident) -> Json:
    """Answered once it is on the disk, so that what was said done stays done; a dead disk has its time and no more."""
    if hub.alerting.saved is not None:
        await asyncio.wait({hub.alerting.saved}, timeout=DISK_PATIENCE)
    return {"incident": history.brief(current)}


async def incidents(hub: Hub, request: ask.Nothing) -> Json:
    return {"incidents": await history.all_incidents(hub, threat=request.login.threat)}


async def incident(hub: Hub, request: ask.One) -> Json:
    return {"incident": await history.one_incident(hub, request.id, request.answer_in, threat=request.login.threat)}
