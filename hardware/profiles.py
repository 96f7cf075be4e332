"""NetworkManager on the bus: whether it is set up to bring mobile data, and whether it does. It is only asked."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from typing import Any

from dbus_fast import BusType, Message, MessageType
from dbus_fast.aio import MessageBus

from hardware.buttons.dead_bus import guard
from hub.network import Mobile

TIMEOUT = 3.0  # s; for all that NetworkManager is asked
MANAGER = "org.freedesktop.NetworkManager"
_ROOT = "/org/freedesktop/NetworkManager"
# What NetworkManager takes where a profile names no metric (-1); man nm-settings, ipv4.route-metric.
METRICS = {"802-3-ethernet": 100, "802-11-wireless": 600, "gsm": 700}
GSM = "gsm"
ACTIVATED = 2  # NMActiveConnectionState

Settings = dict[str, dict[str, Any]]


async def mobile() -> Mobile:
    """As `Network.mobile`. Reading a profile takes no polkit right while it is everybody's, and shows no secret."""
    guard()
    try:
        async with asyncio.timeout(TIMEOUT), connected() as bus:
            return await _look(bus)
    except (OSError, EOFError, _Refused):  # TimeoutError is an OSError; EOFError: the bus hung up
        return Mobile()


class _Refused(Exception):
    """An error in the place of an answer."""


@contextlib.asynccontextmanager
async def connected() -> AsyncIterator[MessageBus]:
    bus = MessageBus(bus_type=BusType.SYSTEM)
    try:
        yield await bus.connect()
    finally:
        bus.disconnect()


async def _look(bus: MessageBus) -> Mobile:
    paths = await _ask(bus, f"{_ROOT}/Settings", f"{MANAGER}.Settings", "ListConnections")
    profiles = [profile for path in paths if (profile := await _profile(bus, path))]
    others = [_metric(profile) for profile in profiles if _type(profile) in METRICS and _type(profile) != GSM]
    mobile = min((profile for profile in profiles if _type(profile) == GSM), key=_metric, default=None)
    if mobile is None:
        return Mobile(running=True)
    return Mobile(
        running=True,
        profile=True,
        automatic=mobile["connection"].get("autoconnect", True),
        apn=mobile[GSM].get("apn", ""),
        metric=_metric(mobile),
        others=max(others, default=METRICS["802-11-wireless"]),
        device=await active(bus, GSM),
    )


async def _profile(bus: MessageBus, path: str) -> Settings:
    """Empty where it is somebody's own: it is up only while that one is here."""
    try:
        said = await _ask(bus, path, f"{MANAGER}.Settings.Connection", "GetSettings")
    except _Refused:
        return {}
    return {name: {key: one.value for key, one in section.items()} for name, section in said.items()}


def _type(profile: Settings) -> str:
    return str(profile["connection"]["type"])


def _metric(profile: Settings) -> int:
    named = int(profile.get("ipv4", {}).get("route-metric", -1))
    return METRICS[_type(profile)] if named < 0 else named


async def active(bus: MessageBus, kind: str) -> str:
    """The network device by which a connection of this type is up, or ""."""
    for path in await _property(bus, _ROOT, MANAGER, "ActiveConnections"):
        of = f"{MANAGER}.Connection.Active"
        if await _property(bus, path, of, "Type") == kind and await _property(bus, path, of, "State") == ACTIVATED:
            for device in await _property(bus, path, of, "Devices"):
                return str(await _property(bus, device, f"{MANAGER}.Device", "IpInterface"))
    return ""


async def _property(bus: MessageBus, path: str, interface: str, name: str) -> Any:
    return (await _ask(bus, path, "org.freedesktop.DBus.Properties", "Get", "ss", interface, name)).value


async def _ask(bus: MessageBus, path: str, interface: str, member: str, signature: str = "", *body: object) -> Any:
    question = Message(
        destination=MANAGER, path=path, interface=interface, member=member, signature=signature, body=list(body)
    )
    answer = await bus.call(question)
    if answer is None or answer.message_type is MessageType.ERROR:
        raise _Refused
    return answer.body[0]
