"""What `hub doctor` and `hub status` say of each way out, and of the profile that brings mobile data."""

from collections.abc import Iterator

from hub.core import Hub
from hub.network import Mobile
from hub.paths import Path
from hub.store import iso

# The name of a check, whether it passes, its sentence in `[checks]` of the texts, and what is filled in there.
Verdict = tuple[str, bool, str, tuple[tuple[str, object], ...]]


async def verdicts(hub: Hub) -> list[Verdict]:
    """NetworkManager is asked only where there is a modem, and mobile data do not come in another manner."""
    network, by_modem = hub.devices.network, hub.devices.modem is not None
    mobile = [of_mobile(await network.mobile())] if network and by_modem and "lte" not in _there(hub) else []
    return [*(_verdict(path) for path in _there(hub).values()), *mobile]


def _there(hub: Hub) -> dict[str, Path]:
    """Those that have a route, and those that should have one."""
    if hub.probe is None:
        return {}
    paths = hub.probe.paths
    return {name: path for name, path in paths.all.items() if path.route or name in paths.expected}


def _verdict(path: Path) -> Verdict:
    key = "path_ok" if path.ok else "path_unknown" if path.ok is None else "path_failed"
    return f"path:{path.name}", bool(path.ok), key, (("name", path.name), ("device", path.device or "-"))


def of_mobile(mobile: Mobile) -> Verdict:
    """The first thing that is missing."""
    missing = {
        "mobile_no_manager": not mobile.running,
        "mobile_no_profile": not mobile.profile,
        "mobile_no_apn": not mobile.apn,
        "mobile_by_hand": not mobile.automatic,
        "mobile_first": mobile.metric <= mobile.others,
        "mobile_down": not mobile.device,
    }
    key = next((key for key, so in missing.items() if so), "mobile_ok")
    values = (("device", mobile.device), ("metric", mobile.metric), ("others", mobile.others))
    return "mobile", key == "mobile_ok", key, values


def rows(hub: Hub) -> Iterator[dict[str, object]]:
    """`ok` is None before the first try; `since`: when it became so."""
    for path in _there(hub).values():
        detail = ", ".join(filter(None, (path.device, path.why)))
        since = iso(path.since.utc) if path.since else None
        yield {"name": path.name, "ok": path.ok, "detail": detail, "since": since}
