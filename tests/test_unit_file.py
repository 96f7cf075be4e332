"""The service unit, directive by directive: one right too many fails as surely as one too few."""

import subprocess
from pathlib import Path

import pytest

UNIT = Path(__file__).parent.parent / "systemd" / "hub.service"

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
    "WatchdogSec": ["15"],
    "Restart": ["always"],
    "RestartSec": ["1"],
    "TimeoutStopSec": ["10"],
    "OOMScoreAdjust": ["-900"],
    "LimitCORE": ["0"],
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
    "LoadCredential": ["twilio.secret", "smtp.secret"],
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


def sections() -> dict[str, dict[str, list[str]]]:
    """Every directive with all its values, in order: a directive may be given more than once."""
    found: dict[str, dict[str, list[str]]] = {}
    for line in UNIT.read_text().splitlines():
        if line.startswith("["):
            section = found.setdefault(line.strip("[]"), {})
        elif line and not line.startswith("#"):
            name, value = line.split("=", 1)
            section.setdefault(name, []).append(value)
    return found


@pytest.fixture
def on_this_machine(tmp_path):
    """The unit with a program that exists here in place of the device's."""
    unit = tmp_path / "hub.service"
    unit.write_text(UNIT.read_text().replace("/opt/hub/.venv/bin/hub", "/bin/true"))
    return unit


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


def test_the_unit_says_nothing_of_what_the_hub_is_for():
    text = UNIT.read_text().lower()
    assert not [word for word in ("safety", "alarm", "violence", "victim", "panic") if word in text]


def test_systemd_has_nothing_to_object_to(on_this_machine):
    verdict = analyze("verify", "--man=no", on_this_machine)
    assert (verdict.returncode, verdict.stdout + verdict.stderr) == (0, "")


def test_systemd_scores_the_exposure_at_1_5_or_less(on_this_machine):
    verdict = analyze("security", "--offline=true", "--threshold=15", on_this_machine)
    assert verdict.returncode == 0, verdict.stdout
