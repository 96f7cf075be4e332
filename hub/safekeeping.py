"""What `hub doctor` says of the recordings: to whom they are sealed, by what signed, and whether they are elsewhere."""

import asyncio
import contextlib
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from hub.check import Check
from hub.core import Hub
from hub.evidence import keys

SWAPS = Path("/proc/swaps")
PATIENCE = 2.0  # s; each, inside the control socket's five


async def checks(hub: Hub) -> list[Check]:
    return [_recipients(hub), await _soon(_signed, hub), await _soon(_swap, hub), _offsite(hub)]


async def _soon(check: Callable[[Hub], Check], hub: Hub) -> Check:
    """What asks the disk is not waited for: it may hang."""
    try:
        async with asyncio.timeout(PATIENCE):
            return await asyncio.to_thread(check, hub)
    except TimeoutError:
        return Check("store", False, "store_failed")


def _recipients(hub: Hub) -> Check:
    count = len(hub.household.recipients)
    key = "recipients_ok" if count else "recipients_none"
    return Check("recipients", bool(count), key, values=(("count", count),))


def _signed(hub: Hub) -> Check:
    try:
        key = keys.fingerprint(keys.existing(hub.config.state.dir / "keys").public)
    except OSError:
        return Check("signed", False, "signed_not")
    return Check("signed", True, "signed_ok", values=(("fingerprint", key),))


def _swap(_hub: Hub) -> Check:
    """What is heard must not reach the disk unsealed; memory that is swapped out does. (zram is memory.)"""
    with contextlib.suppress(OSError):
        lines = SWAPS.read_text().splitlines()[1:]
        if any(not line.startswith("/dev/zram") for line in lines):
            return Check("swap", False, "swap_used")
    return Check("swap", True, "swap_none")


def _offsite(hub: Hub) -> Check:
    if hub.courier is None or not hub.config.evidence.offsite_url:
        return Check("offsite", False, "offsite_none")
    failing = tuple(code for code in ("courier", "offsite", "offsite_refused") if code in hub.faults)
    last = hub.courier.offsite.get("last")
    if failing or not isinstance(last, str):
        return Check("offsite", False, "" if failing else "offsite_waiting", codes=failing)
    time = hub.household.home.local(datetime.fromisoformat(last))
    return Check("offsite", True, "offsite_ok", values=(("time", f"{time:%d/%m %H:%M}"),))


async def signed_by(hub: Hub) -> str | None:
    """The fingerprint for the sheet that is handed over; None where no key signs, or the disk does not say in time."""

    def look() -> str:
        return keys.fingerprint(keys.existing(hub.config.state.dir / "keys").public)

    with contextlib.suppress(OSError, TimeoutError):
        async with asyncio.timeout(PATIENCE):
            return await asyncio.to_thread(look)
    return None
