"""What the kernel says of the routes, and the real NetworkManager of its mobile profile."""

import asyncio
import subprocess
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import pytest

from hardware.network import SystemNetwork
from hardware.profiles import active, connected, mobile
from hub import connections
from hub.network import Kind, Mobile, Route
from hub.texts import sentence
from tests.buttons.fakebluez import PrivateBus
from tests.hub_fixture import build
from tests.networkmanager import RealNetworkManager
from tests.streets import NOBODY

PROFILE = (Path(__file__).parent.parent / "systemd" / "mobile.nmconnection").read_text()
READY = PROFILE.replace("[gsm]", "[gsm]\napn=internet")

ROUTE = """\
Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT
wwan0\t00000000\t016433C6\t0003\t0\t0\t1000\t00000000\t0\t0\t0
eth0\t00000000\t010200C0\t0003\t0\t0\t100\t00000000\t0\t0\t0
eth0\t000200C0\t00000000\t0001\t0\t0\t100\t00FFFFFF\t0\t0\t0
old0\t00000000\t010200C0\t0202\t0\t0\t1\t00000000\t0\t0\t0
"""
NOWHERE, ADDRESS = "0" * 32, "fd" + "0" * 30
ROUTE6 = f"""\
{ADDRESS} 40 {NOWHERE} 00 {NOWHERE} 00000100 00000001 00000000 00000001     eth0
{NOWHERE} 00 {NOWHERE} 00 {ADDRESS} 00000258 00000002 00000000 00000003    wlan0
{NOWHERE} 00 {NOWHERE} 00 {ADDRESS} 00000064 00000002 00000000 00000003     eth0
{NOWHERE} 00 {NOWHERE} 00 {NOWHERE} ffffffff 00000001 00000000 00200200       lo
"""


@pytest.fixture
def proc(tmp_path: Path) -> Path:
    (tmp_path / "route").write_text(ROUTE)
    (tmp_path / "ipv6_route").write_text(ROUTE6)
    return tmp_path


def device(folder: Path, name: str, kind: int, uevent: str = "") -> None:
    (folder / name).mkdir()
    (folder / name / "type").write_text(f"{kind}\n")
    (folder / name / "uevent").write_text(uevent)


def test_default_routes_are_read_with_the_one_first_that_the_system_uses(proc: Path):
    device(proc, "eth0", 1, "INTERFACE=eth0\n")
    device(proc, "wlan0", 1, "DEVTYPE=wlan\nINTERFACE=wlan0\n")
    device(proc, "wwan0", 65534, "DEVTYPE=wwan\nINTERFACE=wwan0\n")
    assert SystemNetwork(proc, proc).routes() == [
        Route("eth0", Kind.ETHERNET, 100),
        Route("wwan0", Kind.LTE, 1000),
        Route("wlan0", Kind.WIFI, 600),
    ]


@pytest.mark.parametrize(
    ("name", "arphrd", "uevent", "kind"),
    [
        ("enp1s0", 1, "", Kind.ETHERNET),
        ("wlx0", 1, "DEVTYPE=wlan\n", Kind.WIFI),
        ("ppp0", 512, "", Kind.LTE),
        ("usb7", 1, "DEVTYPE=wwan\n", Kind.LTE),
        ("wwan0", 519, "", Kind.LTE),
        ("wg0", 65534, "DEVTYPE=wireguard\n", Kind.OTHER),
    ],
)
def test_what_a_device_is(tmp_path: Path, name: str, arphrd: int, uevent: str, kind: Kind):
    (tmp_path / "route").write_text(ROUTE.replace("eth0", name))
    device(tmp_path, name, arphrd, uevent)
    assert SystemNetwork(tmp_path, tmp_path).routes()[0] == Route(name, kind, 100)


def test_a_machine_without_any_network_has_no_route(tmp_path: Path):
    assert SystemNetwork(tmp_path, tmp_path).routes() == []


# The real NetworkManager.

Begin = Callable[..., Awaitable[Mobile]]


@pytest.fixture
async def begin(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Begin]:
    """Start it with these profiles, and ask it."""
    if why := RealNetworkManager.missing():
        pytest.skip(why)
    with PrivateBus() as bus:
        monkeypatch.setenv("DBUS_SYSTEM_BUS_ADDRESS", bus.address)
        manager = RealNetworkManager(bus, tmp_path)

        async def begin(*profiles: str) -> Mobile:
            for number, profile in enumerate(profiles):
                manager.write(f"{number}.nmconnection", profile)
            await manager.begin()
            return await mobile()

        yield begin
        manager.end()


async def test_the_profile_of_the_installer_is_taken_and_comes_after_the_home_s_own_connection(begin: Begin):
    assert await begin(READY) == Mobile(
        running=True, profile=True, automatic=True, apn="internet", metric=1000, others=600
    )


async def test_a_profile_whose_apn_nobody_filled_in_is_known_as_such(begin: Begin):
    found = await begin(PROFILE)
    assert found.profile
    assert found.apn == ""


async def test_what_is_wrong_with_a_profile_is_seen(begin: Begin):
    late = "[connection]\nid=home\nuuid=11111111-2222-4333-8444-555555555555\ntype=ethernet\n[ipv4]\nmethod=auto\n"
    found = await begin(
        READY.replace("autoconnect=true", "autoconnect=false").replace("route-metric=1000\n", ""),
        late + "route-metric=800\n",
    )
    assert not found.automatic
    assert (found.metric, found.others) == (700, 800), "what NetworkManager takes where none is named"


def seen_by_a_service() -> str:
    """As the hub's own user sees it: nobody's session, no right of polkit's."""
    code = "import asyncio; from hardware.profiles import mobile; print(asyncio.run(mobile()))"
    done = subprocess.run([*NOBODY, sys.executable, "-c", code], capture_output=True, text=True, timeout=60)
    return done.stdout.strip() or done.stderr


async def test_reading_the_profile_takes_no_right(begin: Begin):
    found = await begin(READY)
    assert await asyncio.to_thread(seen_by_a_service) == str(found)


async def test_a_profile_that_is_somebody_s_own_does_not_count(begin: Begin):
    await begin(READY.replace("type=gsm", "type=gsm\npermissions=user:root:;"))
    assert await asyncio.to_thread(seen_by_a_service) == str(Mobile(running=True))


BRIDGE = """
[connection]
id=b
uuid=11111111-2222-4333-8444-555555555556
type=bridge
interface-name=b0
[bridge]
stp=false
[ipv4]
method=disabled
[ipv6]
method=disabled
"""


async def test_what_is_up_is_known_with_its_device(begin: Begin):
    """A bridge in the place of a modem: no pppd and no QMI can run here."""
    await begin(BRIDGE)
    async with connected() as bus, asyncio.timeout(20):
        while (device := await active(bus, "bridge")) == "":
            await asyncio.sleep(0.05)
        assert device == "b0"
        assert await active(bus, "gsm") == ""


async def test_without_profiles_it_says_that_it_runs(begin: Begin):
    assert await begin() == Mobile(running=True)


async def test_without_it_or_without_a_bus_nothing_is_known(monkeypatch, tmp_path: Path):
    with PrivateBus() as bus:
        monkeypatch.setenv("DBUS_SYSTEM_BUS_ADDRESS", bus.address)
        assert await mobile() == Mobile()
    monkeypatch.setenv("DBUS_SYSTEM_BUS_ADDRESS", f"unix:path={tmp_path}/none")
    assert await mobile() == Mobile()


async def test_doctor_says_the_first_thing_that_is_missing(tmp_path: Path):
    ready = Mobile(running=True, profile=True, automatic=True, apn="internet", metric=1000, others=600, device="wwan0")
    said = {
        "mobile_no_manager": Mobile(),
        "mobile_no_profile": Mobile(running=True),
        "mobile_no_apn": Mobile(running=True, profile=True, automatic=True, metric=1000, others=600),
        "mobile_by_hand": Mobile(running=True, profile=True, apn="internet", metric=1000, others=600),
        "mobile_first": Mobile(running=True, profile=True, automatic=True, apn="internet", metric=600, others=600),
        "mobile_down": Mobile(running=True, profile=True, automatic=True, apn="internet", metric=1000, others=600),
        "mobile_ok": ready,
    }
    for key, facts in said.items():
        name, ok, found, values = connections.of_mobile(facts)
        assert (name, ok, found) == ("mobile", facts is ready, key)
        assert sentence("fr", "checks", found, **dict(values))


class Modemed:
    """A network without routes, whose NetworkManager says this."""

    def routes(self) -> list[Route]:
        return []

    async def mobile(self) -> Mobile:
        return Mobile(running=True)


async def test_a_home_without_a_modem_is_not_asked_for_mobile_data(tmp_path: Path):
    hub = build(tmp_path, network=Modemed())
    assert await connections.verdicts(hub) == []
    await asyncio.sleep(0)
