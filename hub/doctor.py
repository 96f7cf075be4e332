"""Everything a technician should know before leaving the home. `blocking`: an alert could not go out."""

import asyncio
import contextlib
import shutil
from collections.abc import Awaitable, Callable, Iterable
from pathlib import Path

from hub import connections, lockup, proofs, safekeeping
from hub.check import Check
from hub.core import Hub
from hub.errors import DeliveryError
from hub.evidence.retention import SPARE_BYTES
from hub.means import Finding, Means
from hub.response import Action
from hub.store import history
from hub.supervision import Way
from hub.watch import View

CHECK_PATIENCE = 4.0  # s; inside the control socket's five
# With these a press does nothing.
UNHEARD = frozenset({"buttons_unreadable", "button_unreadable", "button_missing", "button_unlinked"})
CLOCK_IS_SET = Path("/run/systemd/timesync/synchronized")


async def examine(hub: Hub) -> list[Check]:
    """All checks; those that ask somebody outside, or the disk, run at the same time."""
    asked = asyncio.gather(
        _clock(),
        _disk(hub),
        _path(hub, Action.SMS, "twilio"),
        _path(hub, Action.EMAIL, "email"),
        _account(hub),
        _answers_of_contacts(hub),
    )
    (*outside, account, answers), ways, kept, lasting = await asyncio.gather(
        asked, connections.verdicts(hub), safekeeping.checks(hub), asyncio.to_thread(lockup.check)
    )
    on_network = [Check(name, ok, key, values=values) for name, ok, key, values in ways]
    checks = [*inside(hub), *answers, *outside, lasting, *on_network, *account, *kept, *_missing_means(hub)]
    said = {check.name for check in checks} | {code for check in checks for code in check.codes}
    if any(code.startswith("button_unreadable:") for code in said):
        said.add("buttons_unreadable")
    return [*checks, *_other_faults(hub, said | {"smtp"})]  # the check of e-mail says it


def inside(hub: Hub) -> list[Check]:
    """What the hub knows of itself: nobody is asked."""
    return [*(check(hub) for check in INSIDE), *_each_button(hub)]


def _other_faults(hub: Hub, said: set[str]) -> list[Check]:
    return [
        Check(fault.code, ok=False, blocking=fault.code.partition(":")[0] in UNHEARD, codes=(fault.code,))
        for fault in hub.faults
        if fault.code not in said
    ]


def _box(hub: Hub) -> Check:
    return Check("box", True, "box", values=(("box", hub.household.box),))


def _home(hub: Hub) -> Check:
    home = hub.household.home
    ok = bool(home.name and home.address)
    return Check("home", ok, "home_ok" if ok else "home_missing", blocking=True)


def _position(hub: Hub) -> Check:
    ok = hub.household.home.position is not None
    return Check("position", ok, "position_ok" if ok else "position_missing")


def _contacts(hub: Hub) -> Check:
    count = len(hub.household.contacts)
    key = {0: "contacts_missing", 1: "contacts_few"}.get(count, "contacts_ok")
    return Check("contacts", count > 0, key, blocking=True, values=(("count", count),))


def _technicians(hub: Hub) -> Check:
    """One who has no e-mail hears nothing when the telephone company is what fails, but by the hub's own SIM."""
    technicians = hub.household.technicians.values()
    told = any(technician.email or hub.sim for technician in technicians)
    key = "technicians_ok" if told else "technicians_unmailed" if technicians else "technicians_missing"
    return Check("technicians", told, key, values=(("count", len(technicians)),))


def _buttons(hub: Hub) -> Check:
    count = len(hub.household.buttons)
    if not hub.devices.buttons.listening:
        return Check("buttons", False, "buttons_failed", blocking=True)
    key = "buttons_ok" if count else "buttons_missing"
    return Check("buttons", count > 0, key, blocking=True, values=(("count", count),))


def _each_button(hub: Hub) -> list[Check]:
    return [_one_button(view) for view in hub.watch.views()]


def _one_button(view: View) -> Check:
    button, codes = view.button, tuple(view.remarks)
    if codes:
        blocking = any(code.partition(":")[0] in UNHEARD for code in codes)
        return Check(f"button:{button.id}", False, blocking=blocking, codes=codes)
    key = "button_linked" if view.judgement.way is Way.LINK else "button_beacon"
    values = (("name", button.name or button.id), ("period", f"{view.judgement.period or 0:g}"))
    return Check(f"button:{button.id}", True, key, values=values)


def _internet(hub: Hub) -> Check:
    if hub.probe is None:
        return Check("internet", False, "internet_none")
    ok = "internet" not in hub.faults
    return Check("internet", ok, "internet_ok" if ok else "internet_failed")


def _heartbeat(hub: Hub) -> Check:
    if hub.heartbeat is None:
        return Check("heartbeat", False, "heartbeat_none")
    last, failing = hub.heartbeat.last, "heartbeat" in hub.faults
    if failing or last is None:
        return Check("heartbeat", False, "heartbeat_failed" if failing else "heartbeat_waiting")
    time = f"{hub.household.home.local(last.utc):%H:%M}"
    return Check("heartbeat", True, "heartbeat_ok", values=(("time", time),))


def _power(hub: Hub) -> Check:
    if hub.supply is None:
        return Check("power", False, "power_none")
    failing = tuple(code for code in ("power", "mains") if code in hub.faults)
    return Check("power", not failing, "" if failing else "power_ok", codes=failing)


def _device(name: str, *, blocking: bool = False) -> Callable[[Hub], Check]:
    def check(hub: Hub) -> Check:
        ok = name not in hub.faults
        return Check(name, ok, f"{name}_ok" if ok else f"{name}_failed", blocking=blocking)

    return check


async def _disk(hub: Hub) -> Check:
    try:
        async with asyncio.timeout(CHECK_PATIENCE):
            free = (await asyncio.to_thread(shutil.disk_usage, hub.config.state.dir)).free
    except (OSError, TimeoutError):
        free = 0
    ok = free >= SPARE_BYTES
    return Check("disk", ok, "disk_ok" if ok else "disk_short", values=(("megabytes", free // 1024**2),))


async def _clock() -> Check:
    ok = await asyncio.to_thread(CLOCK_IS_SET.exists)
    return Check("clock", ok, "clock_ok" if ok else "clock_unset")


INSIDE: tuple[Callable[[Hub], Check], ...] = (
    _box,
    _home,
    _position,
    _contacts,
    _technicians,
    _buttons,
    _device("siren"),
    _device("microphone"),
    _device("store", blocking=True),
    _power,
    _internet,
    _heartbeat,
)


async def _path(hub: Hub, action: Action, name: str) -> Check:
    """Only SMS and calls keep an alert from going out: an e-mail may be read tomorrow."""
    channel = hub.channels.get(action)
    blocking = action is Action.SMS
    if channel is None:
        return Check(name, False, f"{name}_missing", blocking)
    ok = await _answers(channel.check)
    hub.faults.set(channel.path, ok, "it does not answer")
    return Check(name, ok, f"{name}_ok" if ok else f"{name}_failed", blocking)


async def _answers(check: Callable[[], Awaitable[None]]) -> bool:
    try:
        async with asyncio.timeout(CHECK_PATIENCE):
            await check()
    except (DeliveryError, TimeoutError):
        return False
    return True


async def _answers_of_contacts(hub: Hub) -> list[Check]:
    """A number that was typed wrong, or a telephone nobody hears, shows in an exercise; better than in an alert."""
    unproven, carried = await asyncio.gather(
        hub.store.read_latest(history.unproven, CHECK_PATIENCE), proofs.carried(hub, CHECK_PATIENCE)
    )
    if unproven is None or not hub.household.contacts:
        return []
    return [answers("answers", hub, unproven), *_seen(carried)]


def answers(name: str, hub: Hub, unproven: Iterable[str]) -> Check:
    """Whether each contact has answered, of what is still known."""
    contacts = hub.household.contacts
    names = ", ".join(contacts[id].name for id in unproven if id in contacts)
    values = (("names", names), ("days", hub.config.upkeep.incident_days))
    return Check(name, not names, "answers_missing" if names else "answers_ok", values=values)


async def _account(hub: Hub) -> list[Check]:
    if hub.outside is None:
        return []
    account, found = hub.outside.account, dict[Means, Finding]()
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(CHECK_PATIENCE):
            found |= await account.look(hub.faults)
    checks = [_of_account(means, found.get(means, Finding(None))) for means in Means]
    named = Check("sender", False, "sender_named", codes=(Means.SENDER,))
    return [*checks[:-1], named] if account.named else checks


def _of_account(means: Means, finding: Finding) -> Check:
    """A balance that is low still pays for an alert; whatever else is wrong does not let one out."""
    name = means.name.lower()
    key = f"{name}_{'unknown' if finding.ok is None else 'ok' if finding.ok else 'failed'}"
    blocking = finding.ok is False and (means is not Means.BALANCE or finding.empty)
    codes = () if finding.ok is None else (means.value,)
    return Check(name, bool(finding.ok), key, blocking, (("said", finding.said),), codes)


def _modem(hub: Hub) -> Check:
    if hub.devices.modem is None:
        return Check("modem", False, "modem_none")
    view = hub.devices.modem.view
    why = view.trouble or view.limited
    return Check("modem", not why, "" if why else "modem_ok", codes=(f"modem:{why}",))


def _seen(verdicts: list[proofs.Verdict]) -> list[Check]:
    return [Check(name, ok, key, values=values) for name, ok, key, values in verdicts]


def _missing_means(hub: Hub) -> list[Check]:
    config = hub.config
    checks = [
        _modem(hub),
        *_seen(proofs.signal(hub)),
        Check("video", bool(config.video.base_url), "video_ok" if config.video.base_url else "video_none"),
    ]
    simulated = ", ".join(name for name, device in config.devices.items() if device == "simulated")
    if simulated:
        checks.append(Check("simulated", False, "simulated", values=(("devices", simulated),)))
    return checks
