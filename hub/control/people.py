"""Commands about contacts and technicians: who they are, and what waits before it takes effect."""

import asyncio
from dataclasses import asdict, replace

from hub.control import requests as ask
from hub.control.settings import SAVE_PATIENCE, saved
from hub.core import Hub, clock
from hub.model import Contact, Technician
from hub.page.changes import Change, Kind
from hub.store import iso

Json = dict[str, object]


async def contacts(hub: Hub, _: ask.Nothing) -> Json:
    return {"contacts": [_contact(c) for c in hub.household.contacts.values()]}


async def add_contact(hub: Hub, request: ask.NewPerson) -> Json:
    contact = hub.household.add_contact(request.name, request.phone, request.email, request.language)
    await saved(hub)
    return {"contact": _contact(contact)}


async def remove_contact(hub: Hub, request: ask.RemoveContact) -> Json:
    contact = hub.household.contact(request.id)
    change = hub.leaving.asked(contact, Kind.REMOVAL, unsafe=request.unsafe)
    due = hub.leaving.ask(change, request.login.by, now=request.now)
    await _kept(hub)
    return {"contact": _contact(contact), "due": due and iso(due)}


async def change_contact(hub: Hub, request: ask.ContactChanges) -> Json:
    """Name, language and consent at once; where texts and calls go, when whoever gets them now has had time to ask.
    Name and language wait with another number.
    """
    wanted = {
        key: text for key in ("name", "phone", "email", "language") if (text := getattr(request, key)) is not None
    }
    before = hub.household.contact(request.id)
    after = hub.household.changed(request.id, wanted)  # all of it is good, or nothing is done
    due = None
    if (after.phone, after.email) != (before.phone, before.email):
        change = hub.leaving.asked(before, Kind.CHANGE, after, unsafe=request.unsafe)
        due = hub.leaving.ask(change, request.login.by, now=request.now)
    if after.phone == before.phone:
        _name(hub, before, after)
    if request.consent is not None:  # after a number that changed at once: it is the new one's
        contact = hub.household.contact(request.id)
        hub.household.put_contact(replace(contact, consent=clock().utc if request.consent else None))
    await _kept(hub)
    return {"contact": _contact(hub.household.contact(request.id)), "due": due and iso(due)}


def _name(hub: Hub, before: Contact, after: Contact) -> None:
    if (after.name, after.language) != (before.name, before.language):
        contact = hub.household.contact(before.id)
        hub.household.put_contact(replace(contact, name=after.name, language=after.language))
        hub.leaving.named(before, after)


async def order_contacts(hub: Hub, request: ask.Order) -> Json:
    hub.household.order_contacts(request.ids)
    await _kept(hub)
    return await contacts(hub, request)


async def pending(hub: Hub, _: ask.Nothing) -> Json:
    return {"pending": [_change(hub, change) for change in hub.gate.changes.waiting.values()]}


async def confirm(hub: Hub, request: ask.One) -> Json:
    due = hub.leaving.confirm(request.id, request.login.by)
    await _kept(hub)
    return {"due": due and iso(due)}


async def withdraw(hub: Hub, request: ask.One) -> Json:
    hub.leaving.withdraw(request.id, request.login.by)
    await _kept(hub)
    return {}


async def technicians(hub: Hub, _: ask.Nothing) -> Json:
    return {"technicians": [_technician(t) for t in hub.household.technicians.values()]}


async def add_technician(hub: Hub, request: ask.NewPerson) -> Json:
    technician = hub.household.add_technician(request.name, request.phone, request.email, request.language)
    await saved(hub)
    return {"technician": _technician(technician)}


async def remove_technician(hub: Hub, request: ask.One) -> Json:
    technician = hub.household.remove_technician(request.id)
    await saved(hub)
    return {"technician": _technician(technician)}


async def _kept(hub: Hub) -> None:
    """Wait until all of it is on the disk, within reason."""
    changes = {change for change in (hub.household.saved, hub.leaving.saved) if change is not None}
    if changes:
        await asyncio.wait(changes, timeout=SAVE_PATIENCE)


def _contact(contact: Contact) -> Json:
    return asdict(contact) | {"consent": contact.consent and iso(contact.consent)}


def _technician(technician: Technician) -> Json:
    return asdict(technician)


def _change(hub: Hub, change: Change) -> Json:
    contact = hub.household.contacts.get(change.contact)
    to = {"phone": change.phone or None, "email": change.email}
    return {
        "id": change.id,
        "contact": change.contact,
        "name": contact.name if contact else "",
        "what": change.kind,
        "asked": iso(change.asked.utc),
        "due": iso(hub.leaving.due(change)),
        **{key: value for key, value in to.items() if value is not None},
    }
