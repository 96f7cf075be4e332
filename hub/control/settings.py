"""Commands that show and change how the home is configured."""

import asyncio
from dataclasses import asdict
from time import monotonic

from hub.control import requests as ask
from hub.core import Hub
from hub.model import Button, Contact, Home, Technician, zone

Json = dict[str, object]
SAVE_PATIENCE = 2.0  # s; a change is in force at once, a dead disk is a fault of its own


async def home(hub: Hub, _: ask.Nothing) -> Json:
    return {"home": _home(hub.household.home)}


async def set_home(hub: Hub, request: ask.HomeChanges) -> Json:
    if request.timezone is not None:
        await asyncio.to_thread(zone, request.timezone)
    changed = hub.household.set_home(request.model_dump(exclude_none=True, exclude={"answer_in"}))
    await _saved(hub)
    return {"home": _home(changed)}


async def response(hub: Hub, _: ask.Nothing) -> Json:
    rows = hub.household.table.items()
    return {"response": [{"gesture": k, "level": r.level.word, "actions": sorted(r.actions)} for k, r in rows]}


async def set_response(hub: Hub, request: ask.ResponseChange) -> Json:
    hub.household.set_response(request.gesture, request.actions)
    await _saved(hub)
    return await response(hub, ask.Nothing())


async def contacts(hub: Hub, _: ask.Nothing) -> Json:
    return {"contacts": [_person(c) for c in hub.household.contacts.values()]}


async def add_contact(hub: Hub, request: ask.NewPerson) -> Json:
    contact = hub.household.add_contact(request.name, request.phone, request.email, request.language)
    await _saved(hub)
    return {"contact": _person(contact)}


async def remove_contact(hub: Hub, request: ask.RemoveContact) -> Json:
    contact = hub.household.remove_contact(request.id)
    for code in [fault.code for fault in hub.faults if fault.code.endswith(f":{request.id}")]:
        hub.faults.restore(code)
    await _saved(hub)
    return {"contact": _person(contact)}


async def technicians(hub: Hub, _: ask.Nothing) -> Json:
    return {"technicians": [_person(t) for t in hub.household.technicians.values()]}


async def add_technician(hub: Hub, request: ask.NewPerson) -> Json:
    technician = hub.household.add_technician(request.name, request.phone, request.email, request.language)
    await _saved(hub)
    return {"technician": _person(technician)}


async def remove_technician(hub: Hub, request: ask.One) -> Json:
    technician = hub.household.remove_technician(request.id)
    await _saved(hub)
    return {"technician": _person(technician)}


async def buttons(hub: Hub, _: ask.Nothing) -> Json:
    return {"buttons": [_button(hub, b) for b in hub.household.buttons.values()]}


async def scan_buttons(hub: Hub, _: ask.Nothing) -> Json:
    """What was just pressed, not the neighbours' life."""
    heard = hub.devices.buttons.recent()
    return {
        "heard": [
            {
                "address": h.address,
                "name": h.name,
                "protocol": h.protocol,
                "rssi": h.rssi,
                "seconds_ago": round(monotonic() - h.heard_at, 1),
                "battery": h.battery,
            }
            for h in heard
        ]
    }


async def add_button(hub: Hub, request: ask.NewButton) -> Json:
    button = hub.household.add_button(request.address, request.name, request.protocol, request.worn)
    hub.watch_buttons()
    await _saved(hub)
    return {"button": _button(hub, button)}


async def remove_button(hub: Hub, request: ask.One) -> Json:
    button = hub.household.remove_button(request.id)
    hub.watch_buttons()
    await _saved(hub)
    return {"button": _button(hub, button)}


def _home(home: Home) -> Json:
    return asdict(home)


def _person(person: Contact | Technician) -> Json:
    return asdict(person)


def _button(hub: Hub, button: Button) -> Json:
    heard = hub.devices.buttons.seen().get(button.address)  # memory only: it shows presence
    return {
        "id": button.id,
        "address": button.address,
        "name": button.name,
        "protocol": button.protocol,
        "worn": button.worn,
        "last_seen": None if heard is None else round(monotonic() - heard, 1),
    }


async def _saved(hub: Hub) -> None:
    if hub.household.saved is not None:
        await asyncio.wait({hub.household.saved}, timeout=SAVE_PATIENCE)
