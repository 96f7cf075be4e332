"""Commands that try one device while somebody stands beside it."""

from time import monotonic

from hub.control import requests as ask
from hub.core import Hub
from hub.errors import DeviceError, Refusal
from hub.ports import Pattern
from hub.response import Action

Json = dict[str, object]


async def siren(hub: Hub, request: ask.TrySiren) -> Json:
    """Sound it for a moment, in the pattern of an exercise: never where the home has none, nor in an incident."""
    if hub.alerting.incident is not None:
        raise Refusal("incident_open", id=hub.alerting.incident.id)
    tables = [hub.household.table, *(hub.household.response_of(b.address) for b in hub.household.buttons.values())]
    if all(Action.SIREN not in row.actions for table in tables for row in table.values()):
        raise Refusal("no_siren_here")
    try:
        hub.devices.siren.sound(Pattern.PULSED, request.seconds)
    except DeviceError as problem:
        raise Refusal("siren_failed", problem=str(problem)) from problem
    return {"seconds": request.seconds}


async def microphone(hub: Hub, _: ask.Nothing) -> Json:
    """How loud it is in the room just now; nothing is kept."""
    if hub.alerting.incident is not None:
        raise Refusal("incident_open", id=hub.alerting.incident.id)
    try:
        return {"level": await hub.recorder.level()}
    except DeviceError as problem:
        raise Refusal("microphone_failed", problem=str(problem)) from problem


async def button(hub: Hub, request: ask.TryButton) -> Json:
    """`begin`: for a minute its presses are shown and tell nobody. Only while the hub is being set up: afterwards no
    press is ever held back, and an exercise shows all that comes of one.
    """
    if hub.gate.finished:
        raise Refusal("set_up_already")
    if request.id not in hub.household.buttons:
        raise Refusal("unknown_button", id=request.id)
    if hub.alerting.incident is not None:
        raise Refusal("incident_open", id=hub.alerting.incident.id)
    address, now = hub.household.buttons[request.id].address, monotonic()
    if request.begin:
        hub.trial.begin(address, now)
    shown = [{"gesture": one.kind, "seconds_ago": round(now - one.at, 1)} for one in hub.trial.shown]
    return {"left": round(hub.trial.left(address, now)), "gestures": shown if hub.trial.is_of(address) else []}
