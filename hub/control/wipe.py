"""The command that makes a hub forget everything, for whoever has it next."""

import asyncio
import os
import signal

from hub import wiping
from hub.control import requests as ask
from hub.core import Hub
from hub.errors import Refusal
from hub.evidence.unsaved import unsaved

Json = dict[str, object]
SOON = 0.5  # s; the answer goes first


async def wipe(hub: Hub, request: ask.Wipe) -> Json:
    """`confirm`: what technicians call this hub, typed by hand. The hub ends, and starts again as a new one."""
    if request.confirm.strip().upper() != hub.household.box:
        raise Refusal("wipe_unconfirmed", box=hub.household.box)
    if hub.alerting.incident is not None:
        raise Refusal("incident_open", id=hub.alerting.incident.id)
    try:
        kept = await asyncio.to_thread(unsaved, hub.config.state.dir / "evidence")
        if kept and not request.recordings:
            raise Refusal("recordings_unsaved", count=len(kept))
        await asyncio.to_thread(wiping.ask, hub.config.state.dir)
    except OSError as problem:
        raise Refusal("wipe_failed", problem=problem.strerror or "") from problem
    asyncio.get_running_loop().call_later(SOON, os.kill, os.getpid(), signal.SIGTERM)
    return {}
