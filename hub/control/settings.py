"""Commands that show and change how the home is configured."""

import asyncio
from collections.abc import Mapping
from dataclasses import asdict

from hub.control import requests as ask
from hub.core import Hub
from hub.errors import Refusal
from hub.gesture import Kind
from hub.model import Home, zone
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


def _home(home: Home) -> Json:
    return asdict(home)


async def saved(hub: Hub) -> None:
    """Wait until the last change is on the disk, within reason."""
    if hub.household.saved is not None:
        await asyncio.wait({hub.household.saved}, timeout=SAVE_PATIENCE)
