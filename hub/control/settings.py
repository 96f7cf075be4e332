"""Commands that show and change how the home is configured."""

import asyncio
from collections.abc import Mapping
from dataclasses import asdict

from hub.control import requests as ask
from hub.core import Hub
from hub.errors import Refusal
from hub.gesture import Kind
from hub.model import Contact, Home, Technician, zone
from hub.response import Response

Json = dict[str, object]
SAVE_PATIENCE = 2.0  # s; a change is in force at once, a dead disk is a fault of its own


async def home(hub: Hub, _: ask.Nothing) -> Json:
    return {"home": _home(hub.household.home)}


async def set_home(hub: Hub, request: ask.HomeChanges) -> Json:
    if request.timezone is not None:
        await asyncio.to_thread(zone, request.timezone)
    changed = hub.household.set_home(request.model_dump(exclude_none=True, exclude={*ask.Nothing.model_fields}))
    await saved(hub)
    return {"home": _home(changed)}


async def response(hub: Hub, request: ask.OfButton) -> Json:
    """The home's table, or what the gestures of this button do."""
    return {"response": response_rows(_table(hub, request.button))}


async def set_response(hub: Hub, request: ask.ResponseChange) -> Json:
    table = hub.household.set_response(request.gesture, request.actions, request.button)
    await saved(hub)
    return {"response": response_rows(table)}


def response_rows(table: Mapping[Kind, Response]) -> list[Json]:
    return [{"gesture": k, "level": r.level.word, "actions": sorted(r.actions)} for k, r in table.items()]


def _table(hub: Hub, button: str) -> Mapping[Kind, Response]:
    if not button:
        return hub.household.table
    if button not in hub.household.buttons:
        raise Refusal("unknown_button", id=button)
    return hub.household.response_of(hub.household.buttons[button].address)


async def contacts(hub: Hub, _: ask.Nothing) -> Json:
    return {"contacts": [_person(c) for c in hub.household.contacts.values()]}


async def add_contact(hub: Hub, request: ask.NewPerson) -> Json:
    contact = hub.household.add_contact(request.name, request.phone, request.email, request.language)
    await saved(hub)
    return {"contact": _person(contact)}


async def remove_contact(hub: Hub, request: ask.RemoveContact) -> Json:
    contact = hub.household.remove_contact(request.id)
    for code in [fault.code for fault in hub.faults if fault.code.endswith(f":{request.id}")]:
        hub.faults.restore(code)
    await saved(hub)
    return {"contact": _person(contact)}


async def technicians(hub: Hub, _: ask.Nothing) -> Json:
    return {"technicians": [_person(t) for t in hub.household.technicians.values()]}


async def add_technician(hub: Hub, request: ask.NewPerson) -> Json:
    technician = hub.household.add_technician(request.name, request.phone, request.email, request.language)
    await saved(hub)
    return {"technician": _person(technician)}


async def remove_technician(hub: Hub, request: ask.One) -> Json:
    technician = hub.household.remove_technician(request.id)
    await saved(hub)
    return {"technician": _person(technician)}


def _home(home: Home) -> Json:
    return asdict(home)


def _person(person: Contact | Technician) -> Json:
    return asdict(person)


async def saved(hub: Hub) -> None:
    """Wait until the last change is on the disk, within reason."""
    if hub.household.saved is not None:
        await asyncio.wait({hub.household.saved}, timeout=SAVE_PATIENCE)
