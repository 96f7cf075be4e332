"""What the timers of the machine ask for, again and again. They only ask: what is due is decided here."""

import asyncio
from datetime import UTC, datetime, timedelta

from hub.control import requests as ask
from hub.core import Hub
from hub.errors import Refusal
from hub.evidence import clock

Json = dict[str, object]
PATIENCE = 3.0  # s; inside the control socket's five


async def upkeep(hub: Hub, _: ask.Nothing) -> Json:
    """Forget what ended long ago. A slow card goes on after the answer."""
    _check_clock()
    days = hub.config.upkeep.incident_days
    forgetting = hub.store.forget(datetime.now(UTC) - timedelta(days=days))
    done, _waiting = await asyncio.wait({forgetting}, timeout=PATIENCE)
    for one in done:
        one.result()
    return {"done": bool(done), "days": days}


async def remind(hub: Hub, _: ask.Nothing) -> Json:
    """Of an exercise, whom it concerns, if it is time to."""
    _check_clock()
    return {"reminded": await hub.reminder.look()}


def _check_clock() -> None:
    """One that is years ahead must delete nothing, and knows no date that something is due on."""
    if not clock.synchronised():
        raise Refusal("clock_not_set")
