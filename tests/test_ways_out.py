"""Two ways out of a home, a cable and a modem, with real routes: each is tried, one is taken, a loss is told."""

import asyncio
import errno
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from hardware.network import SystemNetwork
from hub.core import Hub, clock
from hub.internet import Probe
from hub.paths import AGAIN, LONG_AGO, METERED
from tests.hub_fixture import Ask, build
from tests.packets import watched
from tests.streets import FAR, NOBODY, Place, Street, hurry, mounted_sys, until


@pytest.fixture
async def far(street: Street) -> AsyncIterator[Place]:
    far = Place(FAR)
    with street.outside.inside():
        await far.come_back()
    yield far
    far.go_away()


@pytest.fixture
async def hub(street: Street, far: Place, tmp_path: Path) -> AsyncIterator[Hub]:
    """In the home: what is opened from now on is the hub's."""
    with street.home.inside(), mounted_sys(tmp_path / "sys") as devices:
        there = f"https://{FAR}:{far.port}"
        sections = {"internet": {"probe_url": there}, "heartbeat": {"url": there}}
        hub = build(tmp_path, network=SystemNetwork(sys=devices), **sections)
        await hub.store.open()
        yield hub
        await hub.store.close()


@pytest.fixture
def two(hub: Hub) -> Probe:
    assert hub.probe is not None
    return hub.probe


async def look(probe: Probe) -> bool:
    """At everything, whenever it was tried last."""
    for path in (probe.paths.main, *probe.paths.all.values()):
        path.tried = LONG_AGO
    return await probe.look()


async def test_one_try_takes_three_packets_by_the_device_it_is_made_for(two: Probe, far: Place):
    assert await two.look()
    with watched("wwan0", far.port) as mobile, watched("eth0", far.port) as cable:
        counts = set()
        for _ in range(5):
            two.paths.all["lte"].tried = LONG_AGO
            assert await two.look()
            counts.add(len(await mobile.sizes()))
        assert min(counts) == 3, "SYN, SYN-ACK, RST; a busy machine may confirm between"
        assert await cable.sizes() == []
    assert far.met == 0, "nobody outside had to answer anything"


async def test_the_one_that_leads_on_is_used_and_the_other_becomes_a_fault(
    two: Probe, hub: Hub, street: Street, monkeypatch
):
    hurry(monkeypatch)
    opened: list[str] = []
    two.opened = lambda: opened.append(two.way.device)
    task = asyncio.create_task(two.run())
    await until(lambda: two.paths.expected == {"ethernet", "lte"})
    assert two.way.device == ""
    await until(lambda: two.way.aside == "wwan0")
    street.lose("eth0")
    await until(lambda: "path:ethernet" in hub.faults and two.way.device == "wwan0")
    assert "internet" not in hub.faults, "there is a way out"
    street.lose("wwan0")
    await until(lambda: "internet" in hub.faults and two.way.device == "")
    street.find("eth0")
    await until(lambda: {fault.code for fault in hub.faults} == {"path:lte"})
    street.find("wwan0")
    await until(lambda: not [*hub.faults] and two.way.device == "")
    assert "wwan0" in opened
    assert opened[-1] == ""
    task.cancel()


async def test_mobile_data_by_which_one_request_failed_are_tried_soon_and_stay_in_use(two: Probe, street: Street):
    await look(two)
    street.lose("eth0")
    await look(two)
    lte = two.paths.all["lte"]
    two.paths.main.tried = clock().mono + 60.0
    lte.tried = before = clock().mono - AGAIN
    two.way.failed("wwan0", TimeoutError())
    await two.look()
    assert lte.tried > before
    assert two.way.device == "wwan0"


async def test_a_device_that_is_gone_is_told_by_whoever_left_by_it_and_taken_again_when_a_try_gets_through(
    two: Probe, street: Street
):
    await look(two)
    street.lose("eth0")
    await look(two)
    two.way.failed("wwan0", OSError(errno.ENODEV, "gone"))
    two.paths.main.tried = two.paths.all["lte"].tried = clock().mono + 60.0
    assert not await two.look()
    assert two.way.device == ""
    assert await look(two)
    assert two.way.device == "wwan0"


async def test_a_modem_that_is_pulled_out_is_missed_and_the_one_left_is_the_systems(
    two: Probe, hub: Hub, street: Street, ask: Ask
):
    await look(two)
    street.unplug("wwan0")
    for _ in range(METERED.misses):
        await look(two)
    assert hub.faults.why("path:lte") == "NoRoute"
    rows = {row["name"]: row for row in (await ask("status"))["paths"]}
    assert rows["ethernet"]["ok"] is True
    assert rows["ethernet"]["detail"] == "eth0"
    assert rows["lte"]["ok"] is False
    assert rows["lte"]["since"].endswith("Z")
    checks = {check["name"]: check for check in (await ask("doctor", answer_in="en"))["checks"]}
    assert checks["path:ethernet"]["sentence"] == "The ethernet connection (eth0) leads to the internet."
    assert not checks["path:lte"]["ok"]
    assert "SIM card" in checks["path:lte"]["sentence"]
    street.plug("wwan0")
    await look(two)
    assert "path:lte" not in hub.faults
    street.unplug("eth0")
    assert await look(two)
    assert two.way.device == "", "the system routes by the modem itself"


async def test_what_worked_is_remembered_over_a_restart(two: Probe, hub: Hub):
    await two.look()
    await hub.store.execute()
    loaded = await hub.store.load(clock(), 5.0)
    assert loaded.paths == ["ethernet", "lte"]


async def test_a_heartbeat_that_got_through_spares_a_try(two: Probe, hub: Hub):
    assert hub.heartbeat is not None
    await two.look()
    two.paths.all["lte"].tried = LONG_AGO
    hub.heartbeat.proved("wwan0")
    assert two.paths.due(clock().mono, hurried=False) == []


def test_a_service_without_any_right_may_bind_a_socket_to_a_device(two: Probe, far: Place):
    """As the unit runs it: another user, no capability, no new privileges."""
    code = (
        "import asyncio; from hub.way import connect, options;"
        f"print(asyncio.run(connect('{FAR}', {far.port}, options('wwan0'))).getsockname()[0])"
    )
    done = subprocess.run([*NOBODY, sys.executable, "-c", code], capture_output=True, text=True, timeout=30)
    assert done.stdout.strip() == "198.51.100.2", done.stderr
