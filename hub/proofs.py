"""What shows that a way out works: how the modem hears the network, and what each path has carried."""

from hub.core import Hub
from hub.store import history

WEAK = 32  # %; what tables of such modems call marginal, a CSQ below 10 of 31 (-93 dBm); never measured by us

# The name of a check, whether it passes, its sentence in `[checks]` of the texts, and what is filled in there.
Verdict = tuple[str, bool, str, tuple[tuple[str, object], ...]]


def signal(hub: Hub) -> list[Verdict]:
    """By what the modem shows; while something is wrong with it, that is said elsewhere."""
    if hub.devices.modem is None or hub.devices.modem.view.trouble:
        return []
    view = hub.devices.modem.view
    if view.signal is None:
        return [("signal", False, "signal_unknown", ())]
    strong = view.signal >= WEAK
    network = ", ".join(filter(None, (view.operator, view.technology)))
    return [
        ("signal", strong, "signal_ok" if strong else "signal_weak", (("network", network), ("signal", view.signal)))
    ]


async def carried(hub: Hub, patience: float) -> list[Verdict]:
    """What has carried nothing yet may fail for the first time in an alert. `patience`: seconds, for the disk."""
    paths = dict.fromkeys(channel.path for channel in hub.ways.values())
    proven = await hub.store.read_latest(history.proven, patience) if paths else None
    if proven is None:
        return []
    unproven: list[Verdict] = [(f"proof:{path}", False, f"proof_{path}", ()) for path in paths if path not in proven]
    return unproven or [("proof", True, "proof_ok", (("days", hub.config.upkeep.incident_days),))]
