"""The installed hub under its own systemd: its rights, an upgrade, one that fails, and being removed."""

import json
from collections.abc import Iterator

import pytest

from tests.device.machine import PROJECT, Machine, until

pytestmark = pytest.mark.timeout(1800)

OPTIONS = [word for device in ("buttons", "siren", "microphone") for word in ("--set", f"{device}.device=simulated")]
# A program that owns BlueZ's name: what answers is the bus, or this.
BLUEZ = """
import asyncio
from dbus_fast.aio import MessageBus
from dbus_fast import BusType
async def main():
    bus = await MessageBus(bus_type=BusType.SYSTEM).connect()
    await bus.request_name("org.bluez")
    await asyncio.get_running_loop().create_future()
asyncio.run(main())
"""
ASK_BLUEZ = ("busctl", "--timeout=5", "call", "org.bluez", "/", "org.freedesktop.DBus.Peer", "Ping")


@pytest.fixture(scope="module")
def hub(fresh: Machine) -> Iterator[Machine]:
    fresh.install("remove", "--yes", "--wipe")  # what another test may have installed
    done = fresh.install("--offline", "--yes", "--ssh", "keys", *OPTIONS, "--set", "modem.device=none")
    assert done.returncode == 0, done.stdout
    with fresh.booted():
        yield fresh


def install(hub: Machine, *options: str) -> tuple[int, str]:
    done = hub.inside("bash", f"{PROJECT}/install.sh", *options)
    return done.returncode, done.stdout


def versions(hub: Machine) -> set[str]:
    return {path.name for path in hub.path("opt/hub/versions").iterdir()}


def current(hub: Machine) -> str:
    return hub.path("opt/hub/.venv").readlink().parent.name


def status(hub: Machine) -> dict[str, object]:
    said = hub.inside("hub", "status", "--json")
    return json.loads(said.stdout) if said.returncode == 0 else {}


def change(hub: Machine, file: str, old: str, new: str) -> None:
    path = hub.path(f"{PROJECT}/{file}")
    assert old in path.read_text()
    path.write_text(path.read_text().replace(old, new))


def make_newer(hub: Machine, how: str) -> None:
    with hub.path(f"{PROJECT}/hub/__init__.py").open("a") as file:
        file.write(f"# {how}\n")


def as_user(hub: Machine, user: str, *command: str) -> tuple[int, str]:
    done = hub.inside("runuser", "-u", user, "--", *command)
    return done.returncode, done.stdout


def test_the_hub_starts_with_the_machine(hub):
    until(lambda: hub.inside("systemctl", "is-active", "hub.service").stdout == "active\n", 60)
    until(lambda: status(hub), 10)
    paths = hub.inside("systemctl", "is-active", "hub-radio.path", "hub-modem.path")
    assert paths.stdout.split() == ["active", "active"]


def test_what_the_timers_start_has_the_hub_asked_and_waits_for_a_clock_that_is_set(hub):
    units = [f"hub-{what}.{kind}" for what in ("upkeep", "reminder") for kind in ("timer", "service")]
    timers, services = units[::2], units[1::2]
    assert hub.inside("systemctl", "is-active", *timers).stdout.split() == ["active", "active"]
    for unit in services:
        assert hub.inside("systemctl", "start", unit).returncode == 1
        assert "clock is not set" in hub.inside("journalctl", "-q", "-u", unit).stdout
    hub.inside("mkdir", "-p", "/run/systemd/timesync")
    hub.inside("touch", "/run/systemd/timesync/synchronized")
    for unit, said in zip(services, ("more than 90 days ago is deleted", "Nobody has to be reminded"), strict=True):
        assert hub.inside("systemctl", "start", unit).returncode == 0
        assert said in hub.inside("journalctl", "-q", "-u", unit).stdout
    hub.inside("rm", "/run/systemd/timesync/synchronized")


def test_a_further_run_does_not_disturb_the_hub_that_runs(hub):
    first = hub.inside("systemctl", "show", "-P", "MainPID", "hub").stdout
    install(hub, "--yes")  # the first one in a machine that runs starts it with what was placed before
    running = hub.inside("systemctl", "show", "-P", "MainPID", "hub").stdout
    assert install(hub, "--yes")[0] == 0
    assert hub.inside("systemctl", "show", "-P", "MainPID", "hub").stdout == running
    assert first


def test_only_root_and_the_hub_may_command_the_radio(hub):
    python = "/opt/hub/.venv/bin/python"
    hub.inside("systemd-run", "--unit=bluez-stand-in", python, "-c", BLUEZ)
    until(lambda: hub.inside(*ASK_BLUEZ).returncode == 0, 20)
    assert as_user(hub, "hub", *ASK_BLUEZ)[0] == 0
    for nobody in ("hub-web", "nobody"):
        code, said = as_user(hub, nobody, *ASK_BLUEZ)
        assert (code != 0, "Access denied" in said or "rejected" in said) == (True, True), said
    hub.inside("systemctl", "stop", "bluez-stand-in")


def test_the_hub_may_open_and_close_the_page_and_nothing_else_of_systemds(hub):
    standing_in = []  # for the page's units, where there are none
    for kind, text in (("socket", "[Socket]\nListenStream=/run/page"), ("service", "[Service]\nExecStart=/bin/true")):
        unit = hub.path(f"etc/systemd/system/hub-web.{kind}")
        if not unit.exists():
            unit.write_text(f"{text}\n")
            standing_in.append(unit)
    hub.inside("systemctl", "daemon-reload")
    ask = ("systemctl", "--no-ask-password")
    assert as_user(hub, "hub", *ask, "start", "hub-web.socket") == (0, "")
    assert as_user(hub, "hub", *ask, "stop", "hub-web.socket") == (0, "")
    for user, verb, unit in (
        ("hub-web", "start", "hub-web.socket"),
        ("hub", "restart", "hub-web.socket"),
        ("hub", "stop", "hub.service"),
        ("hub", "start", "debug-shell.service"),
    ):
        assert as_user(hub, user, *ask, verb, unit)[0] != 0, (user, verb, unit)
    for unit in standing_in:
        unit.unlink()


def test_the_journal_is_in_memory_and_the_watchdog_is_asked_for(hub):
    assert hub.path("var/log/journal").exists() is False or not list(hub.path("var/log/journal").glob("*/*"))
    asked = hub.inside("systemctl", "show", "-P", "RuntimeWatchdogUSec").stdout.strip()
    assert asked in ("14s", "0")  # a container has none to ask for
    conf = hub.inside("systemd-analyze", "cat-config", "systemd/system.conf").stdout
    assert "RuntimeWatchdogSec=14" in conf


def test_an_upgrade_puts_the_new_version_beside_the_old_one(hub):
    old = current(hub)
    make_newer(hub, "newer")
    code, said = install(hub, "upgrade")
    assert code == 0, said
    assert "taking over its Python packages" in said
    assert current(hub) != old
    assert versions(hub) == {old, current(hub)}
    main = hub.inside("sh", "-c", "tr '\\0' ' ' < /proc/$(systemctl show -P MainPID hub)/cmdline").stdout
    assert f"/opt/hub/versions/{current(hub)}/" in main


def test_an_upgrade_that_does_not_become_ready_is_taken_back(hub):
    old, there = current(hub), versions(hub)
    hub.inside("hub", "home", "set", "--name", "Uma")
    change(hub, "hub/daemon.py", 'notify("READY=1")', "raise SystemExit(3)")
    change(hub, "systemd/hub-radio.path", "[Path]", "# newer\n[Path]")
    code, said = install(hub, "upgrade")
    hub.lay_project()
    assert code == 1
    assert f"Version {old} runs again" in said
    assert (current(hub), versions(hub)) == (old, there)
    assert "Uma" in hub.inside("hub", "home", "--json").stdout
    assert "newer" not in hub.path("etc/systemd/system/hub-radio.path").read_text()


def test_nothing_is_changed_in_an_open_incident(hub):
    make_newer(hub, "newest")
    hub.inside("hub", "press", "double")
    open_incident = status(hub)["open_incident"]
    assert open_incident
    old = current(hub)
    for command in ("upgrade", "remove", "install"):
        code, said = install(hub, command, "--yes")
        assert (code, str(open_incident) in said) == (1, True), said
    assert current(hub) == old
    hub.inside("hub", "resolve", str(open_incident), "--kind", "test")
    assert status(hub)["open_incident"] is None


def test_an_upgrade_that_lost_its_power_ends_with_one_version_or_the_other(hub):
    old = current(hub)
    hub.path("opt/hub/setup/upgrading").write_text(old)
    hub.inside("systemctl", "stop", "hub")
    code, said = install(hub, "upgrade")
    assert "interrupted" in said
    assert code == 0, said
    assert not hub.path("opt/hub/setup/upgrading").exists()
    assert status(hub)


def test_a_recording_that_is_nowhere_else_keeps_the_hub_from_being_removed(hub):
    hub.inside("hub", "press", "hold")
    until(lambda: "." in hub.inside("sh", "-c", "ls /var/lib/hub/evidence/*/*.flac*").stdout, 20)
    hub.inside("hub", "resolve", str(status(hub)["open_incident"]), "--kind", "test")
    (recording,) = [one["id"] for one in json.loads(hub.inside("hub", "evidence", "list", "--json").stdout)]
    code, said = install(hub, "remove", "--yes")
    assert (code, recording in said) == (1, True), said
    hub.inside("install", "-d", "-o", "hub", "/var/lib/hub/copy")
    exported = hub.inside("hub", "evidence", "export", recording, "/var/lib/hub/copy")
    assert exported.returncode == 0, exported.stdout
    code, said = install(hub, "remove", "--yes")
    assert (code, f"/var/lib/hub/copy/{recording}" in said) == (1, True), said
    hub.inside("mv", "/var/lib/hub/copy", "/root/copy")


def test_removed_while_it_runs_nothing_of_it_is_left(hub):
    code, said = install(hub, "remove", "--yes")
    assert code == 0, said
    left = [name for name in hub.content() if "hub" in name.split("/")[-1].split(".")[0].split("-")]
    assert left == []
    assert hub.inside("systemctl", "--failed", "--no-legend", "--plain").stdout == ""
    assert hub.inside("systemctl", "is-enabled", "avahi-daemon.service").stdout == "enabled\n"
    assert hub.inside("id", "hub").returncode != 0
    assert not hub.path("var/lib/hub").exists()
