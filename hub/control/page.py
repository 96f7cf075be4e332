"""Commands of the page itself: whether it is open, logging in, codes, who came."""

import asyncio
from math import ceil

from hub.control import requests as ask
from hub.control.settings import SAVE_PATIENCE
from hub.core import Hub
from hub.errors import Refusal
from hub.page.codes import Holder, Recipe
from hub.page.session import Role
from hub.page.visits import Visit
from hub.store import iso

Json = dict[str, object]
TRY_PATIENCE = 2.0  # s; for the disk, before a code may be tried


async def page(hub: Hub, request: ask.Nothing) -> Json:
    gate = hub.gate
    gate.look()
    until = gate.until
    return {
        "open": gate.is_open,
        "until": until and iso(until),
        "fresh": gate.window.fresh,
        "role": None if request.login.role is Role.NOBODY else request.login.role,
        "wait": ceil(10 * gate.wait()) / 10,  # 0 only if it is
        "language": hub.household.home.language,
        "answers": True,
    }


async def open_page(hub: Hub, request: ask.Nothing) -> Json:
    """For whoever is at the hub: a login could prolong itself without end."""
    if request.login.token:
        raise Refusal("not_allowed")
    hub.gate.open("command")
    until = hub.gate.until
    return {"until": until and iso(until)}


async def close_page(hub: Hub, request: ask.Nothing) -> Json:
    hub.gate.close(request.login.by)
    return {}


async def try_code(hub: Hub, _: ask.Nothing) -> Json:
    """A disk that does not answer keeps nobody out: the try counts in memory, and a restart closes the page."""
    id, written = hub.gate.ask_to_try()
    recipe = hub.gate.codes.begin()
    await asyncio.wait({written}, timeout=TRY_PATIENCE)
    return {"try": id, **_recipe(recipe)}


async def log_in(hub: Hub, request: ask.LogIn) -> Json:
    session = hub.gate.log_in(request.id, bytes.fromhex(request.key))
    return {"token": session.token, "role": session.role}


async def log_out(hub: Hub, request: ask.Nothing) -> Json:
    if request.login.token:
        hub.gate.log_out(request.login.role)
    return {}


async def salt(hub: Hub, _: ask.Nothing) -> Json:
    return _recipe(hub.gate.codes.begin())


async def new_code(hub: Hub, request: ask.NewCode) -> Json:
    holder = Holder(request.role)
    saved = hub.gate.set_code(holder, bytes.fromhex(request.key), request.login.by, request.login.token)
    await asyncio.wait({saved}, timeout=SAVE_PATIENCE)
    return {"role": holder}


async def codes(hub: Hub, _: ask.Nothing) -> Json:
    return {"codes": {holder: holder in hub.gate.codes for holder in Holder}}


async def visits(hub: Hub, request: ask.Nothing) -> Json:
    return {"visits": [_visit(visit) for visit in hub.gate.visits.seen_by(request.login.role)]}


def _visit(visit: Visit) -> Json:
    return {"at": iso(visit.at.utc), "what": visit.what, "who": visit.who, "detail": visit.detail}


def _recipe(recipe: Recipe) -> Json:
    return {"salt": recipe.salt.hex(), "passes": recipe.passes, "memory": recipe.memory, "lanes": recipe.lanes}
