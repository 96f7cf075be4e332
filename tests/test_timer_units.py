"""The timers and what they start, directive by directive: one right too many fails as surely as one too few."""

import pytest

from tests.test_unit_file import FOLDER, WALLS, analyze, exposure, sections

ASKED = {"upkeep": "upkeep", "reminder": "remind"}  # what a timer has the hub asked, by its unit
ASKING = [FOLDER / f"hub-{what}.service" for what in ASKED]
TIMERS = [unit.with_suffix(".timer") for unit in ASKING]

ASKING_LIFE = {
    "Type": ["oneshot"],
    "TimeoutStartSec": ["60"],
    "Nice": ["19"],
    "LimitCORE": ["0"],
    "UMask": ["0077"],
}

ASKING_RIGHTS = {
    "User": ["hub"],
    "Group": ["hub"],
    "RestrictAddressFamilies": ["AF_UNIX"],
    "PrivateNetwork": ["yes"],
    "PrivateDevices": ["yes"],
    "DevicePolicy": ["closed"],
    "InaccessiblePaths": ["-/var/lib/hub -/etc/credstore -/etc/credstore.encrypted"],
}
BEGIN = {"upkeep": "20min", "reminder": "40min"}
NOT_FOR_ASKING = {"RemoveIPC"}  # it would remove what the hub, which is the same user, has open


@pytest.fixture
def on_this_machine(tmp_path):
    """The units with a program that exists here in place of the device's."""
    for unit in (*ASKING, *TIMERS):
        (tmp_path / unit.name).write_text(unit.read_text().replace("/opt/hub/.venv/bin/hub ", "/bin/true "))
    return tmp_path


@pytest.mark.parametrize("unit", [*ASKING, *TIMERS], ids=lambda unit: unit.name)
def test_the_units_say_nothing_of_what_the_hub_is_for(unit):
    text = unit.read_text().lower()
    assert not [word for word in ("safety", "alarm", "violence", "victim", "panic") if word in text]


@pytest.mark.parametrize("unit", [*ASKING, *TIMERS], ids=lambda unit: unit.name)
def test_systemd_has_nothing_to_object_to(on_this_machine, unit):
    verdict = analyze("verify", "--man=no", on_this_machine / unit.name)
    assert (verdict.returncode, verdict.stdout + verdict.stderr) == (0, "")


@pytest.mark.parametrize("unit", ASKING, ids=ASKED)
def test_what_asks_the_hub_has_exactly_these_rights(unit):
    what = unit.stem.removeprefix("hub-")
    walls = {name: value for name, value in WALLS.items() if name not in NOT_FOR_ASKING}
    command = {"ExecStart": [f"/opt/hub/.venv/bin/hub {ASKED[what]}"]}
    assert sections(unit) == {
        "Unit": {"Description": [f"Hub {what}"], "After": ["hub.service"]},
        "Service": walls | ASKING_LIFE | ASKING_RIGHTS | command,
    }


@pytest.mark.parametrize("unit", ASKING, ids=ASKED)
def test_systemd_scores_the_exposure_of_what_asks_the_hub_low(on_this_machine, unit):
    exposure(on_this_machine / unit.name, 10)


@pytest.mark.parametrize("timer", TIMERS, ids=ASKED)
def test_the_hub_is_asked_by_the_time_of_the_machine_and_never_by_a_calendar_that_may_be_wrong(timer):
    what = timer.stem.removeprefix("hub-")
    assert sections(timer) == {
        "Unit": {"Description": [f"Hub {what}, from time to time"]},
        "Timer": {"OnBootSec": [BEGIN[what]], "OnUnitActiveSec": ["6h"], "RandomizedDelaySec": ["10min"]},
        "Install": {"WantedBy": ["timers.target"]},
    }
