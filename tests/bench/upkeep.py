"""What heartbeat and probe cost in data and time, and how soon the loss of a path is noticed, in namespaces with two
ways out: each packet is counted, IP and TCP heads included.

Only root may do this. Over a real network the chain of certificates is longer, and takes more packets.
"""

import asyncio
import contextlib
import ssl
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import trustme

from hardware.network import SystemNetwork
from hub import heartbeat
from hub.core import Hub, clock
from hub.heartbeat import Heartbeat
from hub.internet import Probe
from hub.paths import HOME, LONG_AGO, METERED
from tests.bench.report import Judged, Progress, Row
from tests.hub_fixture import build
from tests.outsider import Outsider
from tests.packets import Line, watched
from tests.streets import FAR, Place, Street, mounted_sys

TITLE = "upkeep: the data of heartbeat and probe, and losses noticed, two minutes"
TIMES = 20
MONTH = 30 * 24 * 3600.0  # s
MB = 1_000_000
ENOUGH = 90.0  # s; for a loss to be noticed


async def measure(progress: Progress) -> list[Row]:
    begun, kept = await _pings()
    progress.step("two ways out")
    with tempfile.TemporaryDirectory() as folder:
        tried, busy, noticed = await _two_ways(Path(folder))
    alone = _month(max(kept), heartbeat.EVERY) + _month(max(tried), heartbeat.EVERY)
    mobile = _month(max(tried), METERED.every)
    return [
        Row("heartbeat: one ping, connection kept", kept, "bytes"),
        Row("heartbeat: one ping, connection made for it", [begun], "bytes"),
        Row("probe: one connection, made and dropped", tried, "bytes"),
        Row("a month of mobile data, home connection works", [mobile], "MB", 10.0, Judged.MAX),
        Row("a month of mobile data, no other way out, heartbeat's connection kept", [alone], "MB"),
        Row("a month of the home connection, heartbeat's connection kept", [_home(max(kept), max(tried))], "MB"),
        Row("a month of heartbeat, a connection for each", [_month(begun, heartbeat.EVERY)], "MB"),
        Row("probe of two ways out: of one core", [busy], "%", 0.5, Judged.MAX),
        Row("mobile connection lost → fault", [noticed["lte"]], "s", 60.0, Judged.MAX),
        Row("home connection lost → fault", [noticed["ethernet"]], "s", 60.0, Judged.MAX),
    ]


def _month(size: int, pause: float) -> float:
    return size * MONTH / pause / MB


def _home(ping: int, tried: int) -> float:
    return _month(ping, heartbeat.EVERY) + _month(tried, HOME.every)


async def _pings() -> tuple[int, list[int]]:
    """What the first one took, and each of those after it."""
    authority, own, trust = (
        trustme.CA(),
        ssl.create_default_context(ssl.Purpose.CLIENT_AUTH),
        ssl.create_default_context(),
    )
    authority.issue_cert("127.0.0.1").configure_cert(own)
    authority.configure_trust(trust)
    with tempfile.TemporaryDirectory() as folder:
        async with Outsider(own) as outsider:
            hub = build(Path(folder))
            heart = Heartbeat(outsider.url, hub.household, hub.faults, clock, trust)
            with watched("lo", urlsplit(outsider.url).port or 0) as line:
                spent = []
                for _ in range(TIMES + 1):
                    assert await heart.beat()
                    spent.append(sum(await line.sizes()))
    return spent[0], spent[1:]


async def _two_ways(folder: Path) -> tuple[list[int], float, dict[str, float]]:
    """Bytes of each try, per cent of a core, and seconds until a fault by the name of the path."""
    street, far = Street(), Place(FAR)
    with street.outside.inside():
        await far.come_back()
    with street.home.inside(), _hub(folder, far.port) as hub:
        probe = hub.probe
        assert probe is not None
        with watched("wwan0", far.port) as line:
            tried = await _tries(probe, line)
        busy, mobile = await _noticed(hub, probe, street, "wwan0", "lte")
        _, home = await _noticed(hub, probe, street, "eth0", "ethernet")
    far.go_away()
    return tried, busy, {"lte": mobile, "ethernet": home}


@contextlib.contextmanager
def _hub(folder: Path, port: int) -> Iterator[Hub]:
    with mounted_sys(folder / "sys") as devices:
        yield build(folder, network=SystemNetwork(sys=devices), internet={"probe_url": f"https://{FAR}:{port}"})


async def _tries(probe: Probe, line: Line) -> list[int]:
    spent = []
    for _ in range(TIMES):
        if "lte" in probe.paths.all:
            probe.paths.all["lte"].tried = LONG_AGO
        assert await probe.look()
        spent.append(sum(await line.sizes()))
    return spent


async def _noticed(hub: Hub, probe: Probe, street: Street, device: str, name: str) -> tuple[float, float]:
    """Lost just after a try that succeeded, at the pace of every day."""
    for path in probe.paths.all.values():
        path.tried = LONG_AGO
    await probe.look()
    street.lose(device)
    began, worked = time.monotonic(), time.process_time()
    task = asyncio.create_task(probe.run())
    async with asyncio.timeout(ENOUGH):
        while f"path:{name}" not in hub.faults:
            await asyncio.sleep(0.5)
    lasted = time.monotonic() - began
    busy = 100 * (time.process_time() - worked) / lasted
    task.cancel()
    street.find(device)
    await probe.look()
    return busy, lasted
