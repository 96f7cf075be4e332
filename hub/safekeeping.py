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
    return [_recipients(hub), await _soon(_signed, hub), await _soon(_swap, hub), _offsite(hub), *_stamped(hub)]


def unfinished(hub: Hub) -> list[Check]:
    """What of the set-up is missing and can be told without the disk: the page says it, too."""
    return [check for check in (_recipients(hub),) if not check.ok]


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
    folder = hub.config.state.dir / "keys"
    try:
        key = keys.fingerprint(keys.existing(folder).public)
    except OSError:
        return Check("signed", False, "signed_not")
    damaged = folder / keys.DAMAGED
    ok = not damaged.exists()
    values = (("fingerprint", key), ("file", damaged))
    return Check("signed", ok, "signed_ok" if ok else "signed_anew", values=values)


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


def _stamped(hub: Hub) -> list[Check]:
    """Where nobody is asked for time stamps there is nothing to say of them."""
    evidence = hub.config.evidence
    if not evidence.timestamp_url:
        return []
    if "timestamps" in hub.faults:
        return [Check("timestamps", False, codes=("timestamps",))]
    checked = evidence.timestamp_ca is not None
    return [Check("timestamps", checked, "timestamps_ok" if checked else "timestamps_unchecked")]


async def signed_by(hub: Hub) -> str | None:
    """The fingerprint for the sheet that is handed over; None where no key signs, or the disk does not say in time."""

    def look() -> str:
        return keys.fingerprint(keys.existing(hub.config.state.dir / "keys").public)

    with contextlib.suppress(OSError, TimeoutError):
        async with asyncio.timeout(PATIENCE):
            return await asyncio.to_thread(look)
    return None
