"""A newer version, one that never becomes ready, and the hub taken away again."""

import pytest

from tests.machine import figures, home
from tests.machine.machine import PROJECT, Machine
from tests.machine.provider import now

INIT = f"{PROJECT}/hub/__init__.py"


@pytest.fixture(autouse=True)
def nothing_goes_on(machine: Machine) -> None:
    home.end(machine)


def version(machine: Machine) -> str:
    return machine.sh("readlink /opt/hub/.venv").strip()


def test_a_newer_version_takes_its_place(machine: Machine) -> None:
    old, began = version(machine), now()
    machine.sh(f"echo '# newer' >> {INIT}")
    machine.install("upgrade --yes")
    figures.note("upgrade", f"{now() - began:.0f} s")
    assert version(machine) != old
    assert machine.listens()


def test_one_that_never_becomes_ready_is_taken_back(machine: Machine) -> None:
    old, began = version(machine), now()
    machine.sh(f"sed -i 's/notify(\"READY=1\")/raise SystemExit(3)/' {PROJECT}/hub/daemon.py")
    with pytest.raises(AssertionError, match="runs again"):
        machine.install("upgrade --yes")
    figures.note("upgrade that fails → the old version runs", f"{now() - began:.0f} s")
    assert version(machine) == old
    assert machine.listens()


def test_removed_nothing_of_it_is_left(machine: Machine) -> None:
    machine.install("remove --yes --wipe")
    for path in ("/opt/hub", "/etc/hub", "/var/lib/hub", "/usr/local/bin/hub"):
        assert machine.says(f"ls -d {path} 2>/dev/null").strip() == ""
    assert machine.says("systemctl list-unit-files --no-legend 'hub*'").strip() == ""
    assert machine.says("systemctl --failed --no-legend --plain").strip() == ""
