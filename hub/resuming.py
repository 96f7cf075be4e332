"""What the last run left is taken up by the next one: alerts, what was being sent, and what was wrong."""

import asyncio
import contextlib
from dataclasses import replace

from hub.core import Hub, clock
from hub.delivery import Delivery, Outcome, Step
from hub.evidence.courier import FAULTS
from hub.means import Means
from hub.model import zone
from hub.retry import GIVE_UP
from hub.store import Box
from hub.store.load import Loaded

LOAD_PATIENCE = 3.0  # s; at the start, for a disk that hangs
FILE_PATIENCE = 1.0  # s; the same, for one small file
OF_THE_ACCOUNT = frozenset({*Means, "studio", "callback"})  # faults that only an account can have


async def resume(hub: Hub) -> None:
    """Take up what the last run left: an open alarm sounds on, what was being sent is sent again."""
    loaded = await hub.store.load(clock(), LOAD_PATIENCE)
    await _take_up(hub, loaded)
    _take_up_faults(hub, loaded)


async def _take_up(hub: Hub, loaded: Loaded) -> None:
    hub.faults.set("store_rows", not loaded.unreadable, f"{loaded.unreadable} rows")
    await asyncio.to_thread(zone, loaded.home.timezone)  # read now: it is needed at every press
    hub.household.load(loaded, await _recipients(hub) if loaded.recipients is None else None)
    hub.gate.load(loaded.page, complete=loaded.complete)
    hub.faults.set("store_unread", loaded.complete, "some tables could not be read")
    if loaded.complete and not loaded.box:
        hub.store.put(Box(hub.household.box))
    hub.watch_buttons()
    now = clock().mono
    deliveries = [_queued_again(d, now) for d in loaded.deliveries if hub.book.get(d.id) is None]
    if hub.probe is not None:
        hub.probe.recall(loaded.paths)
    hub.charge.resume(loaded.answers)
    if hub.locator is not None:
        hub.locator.resume(loaded.told)
    if hub.outside is not None:
        hub.outside.studio.recall(loaded.menu.flow, loaded.menu.digest)
    hub.alerting.resume(loaded.incidents, deliveries, frozenset(loaded.orphans))


async def _recipients(hub: Hub) -> tuple[str, ...] | None:
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(FILE_PATIENCE):
            return await hub.recipients.kept()
    return None


async def read_what_could_not_be_read(hub: Hub) -> None:
    """A disk that is well again may know contacts, and an alert, that were out of reach at the start."""
    hub.store_well.clear()
    if "store_unread" in hub.faults:
        loaded = await hub.store.load(clock(), LOAD_PATIENCE)
        if loaded.complete:
            await _take_up(hub, loaded)
            hub.store.put_configuration(*hub.household.facts(), *hub.gate.configuration())
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(60.0 if "store_unread" in hub.faults else None):
            await hub.store_well.wait()


def _take_up_faults(hub: Hub, loaded: Loaded) -> None:
    """What was wrong before stays wrong until it is seen to work; what nobody looks at any more is forgotten."""
    now_wrong = {fault.code for fault in hub.faults}
    hub.faults.load(loaded.faults)
    for code in [fault.code for fault in hub.faults]:
        if code not in now_wrong and not _looked_at(hub, code):
            hub.faults.restore(code)


def _looked_at(hub: Hub, code: str) -> bool:
    kind, _, rest = code.partition(":")
    if kind == "refused":
        return rest.partition(":")[2] in hub.household.contacts
    if kind in OF_THE_ACCOUNT:
        return hub.outside is not None
    if kind in ("twilio", "smtp"):
        return any(channel.path == kind for channel in hub.channels.values())
    if kind == "heartbeat":
        return hub.heartbeat is not None
    if kind == "internet":
        return hub.probe is not None
    if kind == "path":
        return hub.probe is not None and rest in hub.probe.paths.expected
    if kind in ("courier", *FAULTS):
        return hub.courier is not None
    if kind in ("mains", "power"):
        return hub.supply is not None
    return not kind.startswith("store") and (kind not in ("modem", "sim") or hub.sim is not None)


def _queued_again(delivery: Delivery, now: float) -> Delivery:
    """A clock that jumped while the hub was off must not make a delivery too old to be tried."""
    begun = replace(delivery.begun, mono=max(delivery.begun.mono, now - GIVE_UP / 2))
    delivery = replace(delivery, begun=begun)
    return delivery.step(Step.RESTART, due=now) if delivery.outcome is Outcome.SENDING else delivery
