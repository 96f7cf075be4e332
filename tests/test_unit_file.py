"""The units, directive by directive: one right too many fails as surely as one too few."""

import subprocess
from pathlib import Path

import pytest

from hardware.buttons import recovery
from hardware.buttons.ladder import Ladder
from hardware.modem import mending
from hardware.modem import recovery as modem_recovery
from hub.config.sections import Buttons

FOLDER = Path(__file__).parent.parent / "systemd"
UNIT = FOLDER / "hub.service"
RADIO = FOLDER / "hub-radio.service"
RADIO_PATH = FOLDER / "hub-radio.path"
MODEM = FOLDER / "hub-modem.service"
MODEM_PATH = FOLDER / "hub-modem.path"
SETTLE = FOLDER / "hub-settle.service"
BLUETOOTH = FOLDER / "bluetooth.service.d" / "hub.conf"
OURS = (UNIT, RADIO, RADIO_PATH, MODEM, MODEM_PATH, SETTLE)

UNIT_SECTION = {
    "Description": ["Hub"],
    "Wants": ["bluetooth.service ModemManager.service"],
    "After": ["bluetooth.service ModemManager.service"],
    "StartLimitIntervalSec": ["0"],
}

LIFE = {
    "Type": ["notify"],
    "NotifyAccess": ["main"],
    "ExecStart": ["/opt/hub/.venv/bin/hub run"],
    "ExecStopPost": ["-/usr/bin/timeout -s KILL 5 /opt/hub/.venv/bin/python -I -m hardware.lowering /run/hub/siren"],
    "TimeoutStartSec": ["300"],
    "WatchdogSec": ["15"],
    "Restart": ["always"],
    "RestartSec": ["1"],
    "TimeoutStopSec": ["10"],
    "OOMScoreAdjust": ["-900"],
    "LimitCORE": ["0"],
    "LimitNOFILE": ["16384"],
}

RIGHTS = {
    "User": ["hub"],
    "Group": ["hub"],
    "SupplementaryGroups": ["gpio audio"],
    "StateDirectory": ["hub"],
    "StateDirectoryMode": ["0700"],
    "RuntimeDirectory": ["hub"],
    "RuntimeDirectoryMode": ["0755"],
    "WorkingDirectory": ["/run/hub"],
    "UMask": ["0077"],
    "LoadCredential": ["twilio.secret", "smtp.secret", "offsite.secret"],
    "DevicePolicy": ["closed"],
    "DeviceAllow": ["char-gpiochip rw", "char-alsa rw"],
    "RestrictAddressFamilies": ["AF_UNIX AF_INET AF_INET6"],
}

WALLS = {
    "NoNewPrivileges": ["yes"],
    "CapabilityBoundingSet": [""],
    "AmbientCapabilities": [""],
    "ProtectSystem": ["strict"],
    "ProtectHome": ["yes"],
    "PrivateMounts": ["yes"],
    "PrivateTmp": ["yes"],
    "InaccessiblePaths": ["-/etc/credstore -/etc/credstore.encrypted"],
    "ProtectClock": ["yes"],
    "ProtectHostname": ["yes"],
    "ProtectControlGroups": ["yes"],
    "ProtectKernelLogs": ["yes"],
    "ProtectKernelModules": ["yes"],
    "ProtectKernelTunables": ["yes"],
    "ProtectProc": ["invisible"],
    "LockPersonality": ["yes"],
    "RemoveIPC": ["yes"],
    "KeyringMode": ["private"],
    "RestrictNamespaces": ["yes"],
    "RestrictRealtime": ["yes"],
    "RestrictSUIDSGID": ["yes"],
    "SystemCallArchitectures": ["native"],
    "SystemCallFilter": ["@system-service", "~@privileged @resources"],
    "SystemCallErrorNumber": ["EPERM"],
}


RADIO_LIFE = {
    "Type": ["oneshot"],
    "ExecStart": ["/opt/hub/.venv/bin/python -I -m hardware.buttons.recovery hci0 /run/hub/radio"],
    "TimeoutStartSec": ["50"],
    "LimitCORE": ["0"],
    "UMask": ["0077"],
}

RADIO_RIGHTS = {
    "CapabilityBoundingSet": ["CAP_NET_ADMIN CAP_NET_RAW"],
    "RestrictAddressFamilies": ["AF_UNIX AF_BLUETOOTH"],
    "DevicePolicy": ["closed"],
    "DeviceAllow": ["/dev/rfkill rw", "char-usb_device rw"],
    "InaccessiblePaths": ["-/var/lib/hub -/etc/credstore -/etc/credstore.encrypted"],
}
MODEM_LIFE = {
    "Type": ["oneshot"],
    "ExecStart": ["/opt/hub/.venv/bin/python -I -m hardware.modem.recovery /run/hub/modem"],
    "TimeoutStartSec": ["120"],
    "LimitCORE": ["0"],
    "UMask": ["0077"],
}

MODEM_RIGHTS = {
    "RestrictAddressFamilies": ["AF_UNIX"],
    "PrivateNetwork": ["yes"],
    "PrivateDevices": ["yes"],
    "DevicePolicy": ["closed"],
    "InaccessiblePaths": ["-/var/lib/hub -/etc/credstore -/etc/credstore.encrypted"],
}
NOT_FOR_ROOT = {"RemoveIPC"}  # it removes what a user who is gone has left


def sections(unit: Path = UNIT) -> dict[str, dict[str, list[str]]]:
    """Every directive with all its values, in order: a directive may be given more than once."""
    found: dict[str, dict[str, list[str]]] = {}
    for line in unit.read_text().splitlines():
        if line.startswith("["):
            section = found.setdefault(line.strip("[]"), {})
        elif line and not line.startswith("#"):
            name, value = line.split("=", 1)
            section.setdefault(name, []).append(value)
    return found


@pytest.fixture
def on_this_machine(tmp_path):
    """The units with programs that exist here in place of the device's."""
    for unit in OURS:
        text = unit.read_text()
        for program in ("hub", "python"):
            text = text.replace(f"/opt/hub/.venv/bin/{program} ", "/bin/true ")
        (tmp_path / unit.name).write_text(text)
    return tmp_path


def analyze(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(["systemd-analyze", *arguments], capture_output=True, text=True, timeout=30)


def test_the_hub_waits_for_nothing_that_may_be_missing():
    assert sections()["Unit"] == UNIT_SECTION


def test_the_hub_is_watched_and_always_started_again_with_exactly_these_rights():
    assert sections()["Service"] == LIFE | RIGHTS | WALLS


def test_the_hub_starts_with_the_machine():
    assert sections()["Install"] == {"WantedBy": ["multi-user.target"]}


def test_there_are_no_further_sections():
    assert set(sections()) == {"Unit", "Service", "Install"}


def test_no_secret_has_a_path_because_a_missing_file_would_keep_the_hub_from_starting():
    assert all(":" not in secret for secret in sections()["Service"]["LoadCredential"])


@pytest.mark.parametrize("unit", [*OURS, BLUETOOTH], ids=lambda unit: unit.name)
def test_the_units_say_nothing_of_what_the_hub_is_for(unit):
    text = unit.read_text().lower()
    assert not [word for word in ("safety", "alarm", "violence", "victim", "panic") if word in text]


@pytest.mark.parametrize("unit", OURS, ids=lambda unit: unit.name)
def test_systemd_has_nothing_to_object_to(on_this_machine, unit):
    verdict = analyze("verify", "--man=no", on_this_machine / unit.name)
    assert (verdict.returncode, verdict.stdout + verdict.stderr) == (0, "")


def exposure(unit: Path, threshold: int) -> None:
    verdict = analyze("security", "--offline=true", f"--threshold={threshold}", unit)
    assert verdict.returncode == 0, verdict.stdout


def test_systemd_scores_the_exposure_of_the_hub_at_1_5_or_less(on_this_machine):
    exposure(on_this_machine / UNIT.name, 15)


@pytest.mark.parametrize(
    ("helper", "threshold"), [(RADIO, 20), (MODEM, 15), (SETTLE, 22)], ids=lambda value: str(value).split("/")[-1]
)
def test_systemd_scores_the_exposure_of_roots_helpers_low(on_this_machine, helper, threshold):
    exposure(on_this_machine / helper.name, threshold)


@pytest.mark.parametrize(("path", "helper", "what"), [(RADIO_PATH, RADIO, "radio"), (MODEM_PATH, MODEM, "modem")])
def test_a_word_starts_roots_helper(path, helper, what):
    assert sections(path) == {
        "Unit": {"Description": [f"Hub {what}, asked for help"]},
        "Path": {"PathChanged": [f"/run/hub/{what}"]},
        "Install": {"WantedBy": ["multi-user.target"]},
    }
    assert path.stem == helper.stem  # this is how systemd finds it


@pytest.mark.parametrize(
    ("helper", "what", "own"),
    [(RADIO, "radio", RADIO_LIFE | RADIO_RIGHTS), (MODEM, "modem", MODEM_LIFE | MODEM_RIGHTS)],
    ids=["radio", "modem"],
)
def test_roots_helpers_have_exactly_these_rights(helper, what, own):
    walls = {name: value for name, value in WALLS.items() if name not in NOT_FOR_ROOT}
    assert sections(helper) == {
        "Unit": {"Description": [f"Hub {what}, helped"], "StartLimitIntervalSec": ["0"]},
        "Service": walls | own,
    }


def test_the_radios_helper_resets_the_adapter_that_the_hub_listens_with_if_nobody_names_another():
    (command,) = sections(RADIO)["Service"]["ExecStart"]
    assert command.split()[-2] == Buttons().adapter


def test_the_radios_helper_takes_another_adapter_from_a_drop_in(on_this_machine):
    """As the limits tell it."""
    added = on_this_machine / f"{RADIO.name}.d"
    added.mkdir()
    (added / "override.conf").write_text("[Service]\nExecStart=\nExecStart=/bin/true -I -m x hci1 /run/hub/radio\n")
    verdict = analyze("verify", "--man=no", on_this_machine / RADIO.name)
    assert (verdict.returncode, verdict.stdout + verdict.stderr) == (0, "")


def test_a_recovery_is_over_before_the_next_one_is_asked_for():
    longest = int(sections(RADIO)["Service"]["TimeoutStartSec"][0])
    assert max(recovery.ADAPTER_TIMEOUT, recovery.RESTART_TIMEOUT) < longest < Ladder().pause
    longest = int(sections(MODEM)["Service"]["TimeoutStartSec"][0])
    assert modem_recovery.RESTART_TIMEOUT < longest < mending.AGAIN


def test_bluetoothd_scans_passively_and_is_always_started_again():
    assert sections(BLUETOOTH) == {
        "Unit": {"StartLimitIntervalSec": ["0"]},
        "Service": {
            "ExecStart": [
                "",
                "/usr/libexec/bluetooth/bluetoothd --experimental --configfile=/etc/hub/bluetooth.conf",
            ],
            "Restart": ["always"],
            "RestartSec": ["1"],
        },
    }


def test_systemd_takes_what_is_added_to_bluetooth_service(tmp_path):
    unit = tmp_path / "bluetooth.service"
    unit.write_text("[Service]\nType=dbus\nBusName=org.bluez\nExecStart=/bin/false\n")
    added = tmp_path / "bluetooth.service.d"
    added.mkdir()
    (added / "hub.conf").write_text(BLUETOOTH.read_text().replace("/usr/libexec/bluetooth/bluetoothd", "/bin/true"))
    verdict = analyze("verify", "--man=no", unit)
    assert (verdict.returncode, verdict.stdout + verdict.stderr) == (0, "")


def test_the_passive_scan_listens_all_the_time():
    conf = sections(FOLDER / "bluetooth.conf")
    assert conf == {
        "General": {"Experimental": ["true"]},
        "LE": {"ScanIntervalAdvMonitor": ["48"], "ScanWindowAdvMonitor": ["48"]},
        "Policy": {"AutoEnable": ["true"]},
    }
