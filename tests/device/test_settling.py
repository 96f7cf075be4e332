"""The power goes in the middle of an upgrade: after the next boot one version runs, and nobody did anything."""

import json
import random
import time
from collections.abc import Callable, Iterator

import pytest

from tests.device.machine import PROJECT, Machine, until

pytestmark = pytest.mark.timeout(1800)

OPTIONS = [word for device in ("buttons", "siren", "microphone") for word in ("--set", f"{device}.device=simulated")]
UPGRADING = "opt/hub/setup/upgrading"
BOOT = 300.0  # (s) until the new one was given up and the old one is ready
MIGRATION = "CREATE TABLE newer (number INTEGER) STRICT;\n"


@pytest.fixture(scope="module")
def hub(fresh: Machine) -> Iterator[Machine]:
    fresh.install("remove", "--yes", "--wipe")  # what another test may have installed
    fresh.lay_project()
    done = fresh.install("--offline", "--yes", "--ssh", "keys", *OPTIONS, "--set", "modem.device=none")
    assert done.returncode == 0, done.stdout
    with fresh.booted():
        until(lambda: answers(fresh), 60)
        assert fresh.inside("hub", "home", "set", "--name", "Uma").returncode == 0
    yield fresh
    fresh.lay_project()


def answers(hub: Machine) -> bool:
    return hub.inside("hub", "status", "--json").returncode == 0


def current(hub: Machine) -> str:
    return hub.path("opt/hub/.venv").readlink().parent.name


def make_newer(hub: Machine, how: str, ready: bool) -> None:
    """Another version, with another store and another unit; one that is not to be ready ends before it says so."""
    hub.lay_project()
    project = hub.path(PROJECT)
    (project / "hub/store/9000_newer.sql").write_text(MIGRATION)
    with (project / "systemd/hub-radio.path").open("a") as unit:
        unit.write(f"# {how}\n")
    if not ready:
        daemon = project / "hub/daemon.py"
        broken = daemon.read_text().replace('notify("READY=1")', "raise SystemExit(3)")
        assert broken != daemon.read_text()
        daemon.write_text(broken)


def cut_when(hub: Machine, came: Callable[[], bool], longest: float) -> None:
    """The power goes some time after something came true in an upgrade."""
    with hub.booted():
        until(lambda: answers(hub), 60)
        upgrade = hub.start_inside("bash", f"{PROJECT}/install.sh", "upgrade")
        end = time.monotonic() + 200
        while not came():
            assert upgrade.poll() is None, upgrade.communicate()[0]
            assert time.monotonic() < end
            time.sleep(0.002)
        seconds = random.uniform(0.0, longest)
        print(f"cut {seconds:.3f} s after")
        time.sleep(seconds)
        hub.cut_power()
        upgrade.communicate(timeout=30)
    assert hub.path(UPGRADING).exists()


def boot_and_settle(hub: Machine) -> str:
    """The version that runs afterwards, with its files and the home's data, and with nothing left to settle."""
    with hub.booted(BOOT):
        until(lambda: answers(hub), 10)
        said = hub.inside("journalctl", "-u", "hub-settle", "-o", "cat").stdout
        assert "An upgrade was interrupted." in said
        assert not hub.path(UPGRADING).exists(), said
        assert json.loads(hub.inside("hub", "home", "--json").stdout)["name"] == "Uma"
        assert hub.inside("systemctl", "is-failed", "hub-settle").stdout == "inactive\n", said
    unit = hub.path("etc/systemd/system/hub-radio.path").read_text()
    assert unit == hub.path(f"opt/hub/versions/{current(hub)}/systemd/hub-radio.path").read_text()
    left = {path.name for path in hub.path("opt/hub/setup").iterdir()}
    assert not left & {"store", "store.part", "settler", "upgrading", "changed"}
    assert not hub.path("var/lib/hub/hub.db.part").exists()
    return current(hub)


def moments(hub: Machine, old: str) -> dict[str, tuple[Callable[[], bool], float]]:
    """What there is to see of each step, and for how long after it the power may go (s)."""
    switched = f"/opt/hub/versions/{old}/.venv"
    return {
        "noted": (lambda: hub.path(UPGRADING).exists(), 0.2),
        "copied": (lambda: hub.path("opt/hub/setup/store").exists(), 0.2),
        "switched": (lambda: str(hub.path("opt/hub/.venv").readlink()) != switched, 1.0),
    }


@pytest.mark.parametrize("moment", ["noted", "copied", "switched"])
def test_a_version_that_is_never_ready_gives_way_to_the_old_one(hub, moment):
    old = current(hub)
    make_newer(hub, f"broken {moment}", ready=False)
    cut_when(hub, *moments(hub, old)[moment])
    assert boot_and_settle(hub) == old


def test_power_that_goes_again_while_it_goes_back_changes_nothing(hub):
    old = current(hub)
    make_newer(hub, "broken twice", ready=False)
    cut_when(hub, *moments(hub, old)["switched"])
    assert current(hub) != old
    with hub.booted_until(lambda: hub.path("var/lib/hub/hub.db.part").exists() or current(hub) == old, 200):
        time.sleep(random.uniform(0.0, 0.5))
        hub.cut_power()
    assert boot_and_settle(hub) == old


@pytest.mark.parametrize("moment", ["noted", "copied", "switched"])
def test_a_version_that_is_ready_stays(hub, moment):
    old = current(hub)
    make_newer(hub, f"good {moment}", ready=True)
    cut_when(hub, *moments(hub, old)[moment])
    named = current(hub)
    assert boot_and_settle(hub) == named
    if moment == "switched":
        assert named != old
