"""The real install.sh in a Debian that does not run yet, with the power cut at every step; then it is removed."""

import random

import pytest

from tests.device.machine import Machine

pytestmark = pytest.mark.timeout(1800)

OPTIONS = ("--offline", "--yes", "--ssh", "keys", "--apn", "internet", "--set", "siren.pin=23")
# After which line, and how long after it at most (s).
CUTS = (
    ("· installing the system packages", 20.0),
    ("· 2. Program", 0.5),
    ("· installing its Python packages", 20.0),
    ("· trying it", 0.5),
    ("· 3.", 0.1),
    ("· 4.", 0.5),
    ("· 6.", 1.0),
    ("· 8.", 0.1),
    ("· 9.", 0.1),
    ("· 10.", 0.3),
    ("· 13.", 0.1),
    ("· 14.", 0.3),
    ("· 15.", 0.5),
)
REMOVAL_CUTS = (("· 1.", 0.3), ("· 2.", 0.1), ("· 3.", 0.2), ("· 4.", 0.2), ("· 5.", 0.1))


@pytest.fixture(scope="module")
def before(fresh: Machine) -> dict[str, object]:
    """What was there before anything but packages was installed: the power is cut right after them."""
    fresh.install_until(CUTS[0][0], random.uniform(2.0, CUTS[0][1]), *OPTIONS)
    fresh.install_until("· 2. Program", 0.0, *OPTIONS)
    return dict(fresh.content())


@pytest.fixture(scope="module")
def installed(fresh: Machine, before: dict[str, object]) -> Machine:
    chance = random.Random()
    for line, longest in CUTS[1:]:
        seconds = chance.uniform(0.0, longest)
        print(f"cut {seconds:.2f} s after {line!r}")
        fresh.install_until(line, seconds, *OPTIONS)
    done = fresh.install(*OPTIONS)
    assert done.returncode == 0, done.stdout
    return fresh


def test_a_run_that_was_cut_off_anywhere_is_repaired_by_the_next(installed):
    content = dict(installed.content())
    for name in ("etc/systemd/system/multi-user.target.wants/hub.service", "etc/hub/hub.toml", "usr/local/bin/hub"):
        assert name in content
    assert [name for name in content if name.endswith(".part")] == []
    assert installed.path("boot/firmware/config.txt").read_text().count("# hub: begin") == 1
    assert "pin = 23" in installed.path("etc/hub/hub.toml").read_text()
    assert installed.run("hub", "check-config").returncode == 0


def test_a_further_run_changes_nothing(installed):
    content = installed.content()
    done = installed.install("--offline", "--yes")
    assert done.returncode == 0, done.stdout
    assert installed.content() == content


def test_what_was_installed_says_nothing_and_lets_nobody_in(installed):
    assert installed.path("etc/hostname").read_text() == "box\n"
    assert installed.path("etc/fstab").read_text().endswith("#hub# /swapfile none swap sw 0 0\n")
    states = installed.run("systemctl", "is-enabled", "avahi-daemon.service", "avahi-daemon.socket", "ssh.service")
    assert states.stdout.split() == ["masked", "masked", "enabled"]
    login = installed.run("sh", "-c", "mkdir -p /run/sshd && sshd -T | grep -E '^(password|kbdint|permitroot)'")
    assert sorted(login.stdout.split("\n")) == [
        "",
        "kbdinteractiveauthentication no",
        "passwordauthentication no",
        "permitrootlogin without-password",
    ]


def test_secrets_and_configuration_are_readable_by_whom_they_are_for(installed):
    mode = installed.run("stat", "-c", "%A %U %G", "/etc/hub", "/etc/hub/hub.toml", "/etc/credstore", "/opt/hub/setup")
    assert mode.stdout.splitlines() == [
        "drwxr-x--- root hub",
        "-rw-r----- root hub",
        "drwx------ root root",
        "drwx------ root root",
    ]


@pytest.fixture(scope="module")
def removed(installed: Machine) -> Machine:
    machine = installed.copy()
    # A short step may be over before the cut, and the next time it does not come.
    cuts = [machine.cut_off(line, random.uniform(0.0, longest), "remove", "--yes") for line, longest in REMOVAL_CUTS]
    assert sum(cuts) >= 3
    done = machine.install("remove", "--yes")
    assert done.returncode == 0 or "not installed here" in done.stdout, done.stdout
    return machine


def test_removing_it_leaves_nothing_behind_however_often_the_power_is_cut(removed, before):
    after = removed.content()
    assert {name: facts for name, facts in after.items() if before.get(name) != facts} == {}
    assert sorted(before.keys() - after.keys()) == []
    assert not removed.path("opt/hub").exists()
    assert ":hub" not in "".join(removed.path(f"etc/{name}-").read_text() for name in ("passwd", "group"))


def test_nobody_is_locked_out_without_having_said_so(removed):
    before = removed.content()
    done = removed.install("--offline", "--yes")
    assert (done.returncode, "--ssh keys" in done.stdout) == (1, True)
    assert removed.content() == before
    assert not removed.path("opt/hub").exists()


def test_a_bus_of_somebody_elses_and_a_system_that_does_not_run_are_refused(removed):
    file = removed.path("etc/dbus-1/system-local.conf")
    file.write_text("<busconfig/>\n")
    done = removed.install("--offline", "--yes", "--ssh", "keys")
    file.unlink()
    assert (done.returncode, "belongs to somebody else" in done.stdout) == (1, True)
    done = removed.install("--yes", "--ssh", "keys")
    assert (done.returncode, "add --offline" in done.stdout) == (1, True)
