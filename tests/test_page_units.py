"""The page's units, directive by directive, and the one right that the hub has over them."""

import re

import pytest

from hub.config.sections import Page
from tests.test_unit_file import FOLDER, WALLS, analyze, exposure, sections

SOCKET, SERVICE, RULES = FOLDER / "hub-web.socket", FOLDER / "hub-web.service", FOLDER / "hub-web.rules"

LIFE = {
    "Type": ["notify"],
    "NotifyAccess": ["main"],
    "ExecStart": ["/opt/hub/.venv/bin/python -I -m web.serve"],
    "TimeoutStopSec": ["5"],
    "LimitCORE": ["0"],
    "MemoryMax": ["192M"],
    "CPUQuota": ["50%"],
    "TasksMax": ["64"],
}

RIGHTS = {
    "User": ["hub-web"],
    "Group": ["hub-web"],
    "SupplementaryGroups": ["hub"],
    "UMask": ["0077"],
    "LoadCredential": ["page.crt:/etc/hub/page.crt", "page.key:/etc/hub/page.key"],
    "RestrictAddressFamilies": ["AF_UNIX"],
    "DevicePolicy": ["closed"],
}

MORE_WALLS = {
    "PrivateNetwork": ["yes"],
    "PrivateDevices": ["yes"],
    "PrivateUsers": ["yes"],
    "ProcSubset": ["pid"],
    "MemoryDenyWriteExecute": ["yes"],
    "InaccessiblePaths": ["-/var/lib/hub -/etc/credstore -/etc/credstore.encrypted -/run/dbus -/etc/hub"],
}


@pytest.fixture
def on_this_machine(tmp_path):
    """With a program that exists here in place of the device's."""
    for unit in (SOCKET, SERVICE):
        (tmp_path / unit.name).write_text(unit.read_text().replace("/opt/hub/.venv/bin/python ", "/bin/true "))
    return tmp_path


def test_the_pages_process_has_exactly_these_rights():
    assert sections(SERVICE) == {
        "Unit": {"Description": ["Hub page"], "Requires": ["hub-web.socket"], "After": ["hub-web.socket"]},
        "Service": WALLS | LIFE | RIGHTS | MORE_WALLS,
    }


def test_nothing_starts_the_socket_but_the_hub_and_it_is_where_the_configuration_says():
    assert sections(SOCKET) == {
        "Unit": {"Description": ["Hub page, waiting"]},
        "Socket": {
            "ListenStream": [Page().bind],
            "Accept": ["no"],
            "FreeBind": ["yes"],
            "Backlog": ["64"],
        },
    }


@pytest.mark.parametrize("unit", [SOCKET, SERVICE], ids=lambda unit: unit.name)
def test_systemd_has_nothing_to_object_to(on_this_machine, unit):
    verdict = analyze("verify", "--man=no", on_this_machine / unit.name)
    assert (verdict.returncode, verdict.stdout + verdict.stderr) == (0, "")


def test_systemd_scores_the_exposure_of_the_page_at_1_or_less(on_this_machine):
    exposure(on_this_machine / SERVICE.name, 10)


@pytest.mark.parametrize("unit", [SOCKET, SERVICE, RULES], ids=lambda unit: unit.name)
def test_the_units_say_nothing_of_what_the_hub_is_for(unit):
    text = unit.read_text().lower()
    assert not [word for word in ("safety", "alarm", "violence", "victim", "panic") if word in text]


def test_the_hub_may_start_and_stop_these_units_and_nothing_else():
    text = RULES.read_text()
    assert re.findall(r'"((?:start|stop|restart|reload) [^"]*)"', text) == [
        "start hub-web.socket",
        "stop hub-web.socket",
        "stop hub-web.service",
    ]
    assert re.findall(r'"(org\.[^"]*)"', text) == ["org.freedesktop.systemd1.manage-units"]
    assert text.count("polkit.Result.") == 1
    assert 'subject.user == "hub" &&' in text
