"""Commands of the set-up: how far it is, and whether an alert would get out at this moment."""

import asyncio
from dataclasses import replace

from hub import doctor
from hub.check import Check
from hub.control import feigning
from hub.control import requests as ask
from hub.control.settings import response_rows, saved
from hub.core import Hub
from hub.errors import Refusal
from hub.means import Means
from hub.response import Action
from hub.store import history
from hub.texts import sentence

Json = dict[str, object]
FINISH_PATIENCE = 2.0  # s; for the disk
PATIENCE = 1.0  # s; for the disk to say who has answered


async def setup(hub: Hub, request: ask.Nothing) -> Json:
    language = request.answer_in
    checks = [*_home(hub), *_devices(hub), await _drill(hub), _sheet(hub)]
    checks = feigning.unsuspicious(checks, feigning.hidden(hub, threat=request.login.threat))
    steps = [check.as_json(hub, language) for check in checks]
    return {
        "finished": hub.gate.finished,
        "lives_here": hub.household.lives_here,
        "now": _now(hub, language),
        "steps": [{"name": one["name"], "done": one["ok"], "sentence": one["sentence"]} for one in steps],
    }


async def presence(hub: Hub, request: ask.Presence) -> Json:
    """Where he lives or comes in, no gesture sounds the siren: it would tell him that she called for help."""
    table = hub.household.set_presence(request.lives_here)
    await saved(hub)
    return {"response": response_rows(table)}


async def finish(hub: Hub, request: ask.Nothing) -> Json:
    blocking = _first([*at_hand(hub), *await doctor.examine(hub)])
    if blocking is not None:
        raise Refusal("not_ready", what=blocking.as_json(hub, request.answer_in)["sentence"])
    await asyncio.wait({hub.gate.finish()}, timeout=FINISH_PATIENCE)
    return {}


def at_hand(hub: Hub) -> list[Check]:
    """What is known already; nobody is asked: a page looks each second."""
    account = [
        Check(means.value, False, blocking=True, codes=(means.value,))
        for means in Means
        if means is not Means.BALANCE and means.value in hub.faults
    ]
    return [*doctor.inside(hub), _sms(hub), *account]


def _now(hub: Hub, language: str) -> Json:
    first = _first(at_hand(hub))
    if first is None:
        return {"ok": True, "sentence": sentence(language, "setup", "now_ok")}
    what = first.as_json(hub, language)["sentence"]
    return {"ok": False, "sentence": sentence(language, "setup", "now_not", what=what)}


def _first(checks: list[Check]) -> Check | None:
    return next((check for check in checks if check.blocking and not check.ok), None)


def _sms(hub: Hub) -> Check:
    channel = hub.channels.get(Action.SMS)
    ok = channel is not None and channel.path not in hub.faults
    key = "twilio_missing" if channel is None else "twilio_ok" if ok else "twilio_failed"
    return Check("paths", ok, key, blocking=True)


def _home(hub: Hub) -> list[Check]:
    found = {check.name: check for check in doctor.inside(hub)}
    contacts = hub.household.contacts.values()
    waiting = ", ".join(contact.name for contact in contacts if contact.consent is None)
    agreed = Check("contacts", False, "consent_missing", values=(("names", waiting),)) if waiting else found["contacts"]
    buttons = _first([check for check in found.values() if check.name.startswith("button")]) or found["buttons"]
    lives_here = hub.household.lives_here
    said = {None: "presence_missing", True: "presence_here", False: "presence_away"}[lives_here]
    return [
        Check("presence", lives_here is not None, said),
        found["home"],
        agreed,
        found["technicians"],
        replace(buttons, name="buttons"),
    ]


def _devices(hub: Hub) -> list[Check]:
    found = {check.name: check for check in doctor.inside(hub)}
    siren = Check("siren", True, "siren_unused") if hub.household.lives_here else found["siren"]
    count = len(hub.household.recipients)
    sealed = "recipients_ok" if count else "recipients_none"
    return [siren, found["microphone"], _sms(hub), Check("keys", count > 0, sealed, values=(("count", count),))]


async def _drill(hub: Hub) -> Check:
    contacts = hub.household.contacts
    unproven = await hub.store.read_latest(history.unproven, PATIENCE)
    if not contacts:
        return Check("drill", False, "contacts_missing")
    return doctor.answers("drill", hub, contacts if unproven is None else unproven)


def _sheet(hub: Hub) -> Check:
    return Check("sheet", hub.gate.finished, "sheet_done" if hub.gate.finished else "sheet_missing")
