"""The radio's helper resets an adapter or has bluetoothd restarted, when it is asked to."""

import subprocess
import sys
from pathlib import Path

import pytest

from hardware import recovery as words
from hardware.buttons import recovery
from hardware.buttons.ladder import Step
from hardware.buttons.recovery import ADAPTER, BLUETOOTHD, main
from hardware.recovery import ask

ROOT = Path(__file__).parents[2]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "radio"


def test_the_ladder_speaks_the_helpers_language() -> None:
    assert (Step.ADAPTER.value, Step.BLUETOOTHD.value) == (ADAPTER, BLUETOOTHD)


def run(*arguments: str, path: Path) -> subprocess.CompletedProcess[str]:
    """As systemd runs it, with another systemctl."""
    code = "import sys, hardware.recovery as words, hardware.buttons.recovery as radio;"
    code += f"words.SYSTEMCTL = {str(path)!r}; sys.exit(radio.main(sys.argv[1:]))"
    return subprocess.run(
        [sys.executable, "-c", code, *arguments], cwd=ROOT, capture_output=True, text=True, timeout=30, check=False
    )


@pytest.fixture
def systemctl(tmp_path: Path) -> Path:
    program = tmp_path / "bin" / "systemctl"
    program.parent.mkdir()
    program.write_text(f'#!/bin/sh\necho "$@" >> {tmp_path}/asked\n[ ! -e {tmp_path}/refuses ]\n')
    program.chmod(0o755)
    return program


def test_bluetoothd_is_restarted_by_systemd(file: Path, systemctl: Path, tmp_path: Path) -> None:
    ask(file, BLUETOOTHD)
    done = run("hci0", str(file), path=systemctl)
    assert (done.returncode, done.stderr) == (0, "radio: bluetoothd done\n")
    assert (tmp_path / "asked").read_text() == "restart bluetooth.service\n"


def test_a_restart_that_fails_is_said(file: Path, systemctl: Path, tmp_path: Path) -> None:
    (tmp_path / "refuses").touch()
    ask(file, BLUETOOTHD)
    done = run("hci0", str(file), path=systemctl)
    assert (done.returncode, done.stderr) == (1, "radio: bluetoothd failed\n")


def test_nothing_is_done_for_a_word_that_is_not_known(file: Path, systemctl: Path, tmp_path: Path) -> None:
    file.write_text("reboot")
    done = run("hci0", str(file), path=systemctl)
    assert (done.returncode, done.stderr) == (1, "radio: it holds no known word\n")
    assert not (tmp_path / "asked").exists()


def test_a_restart_that_hangs_is_given_up(
    file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    slow = tmp_path / "slow"
    slow.write_text("#!/bin/sh\nexec sleep 20\n")
    slow.chmod(0o755)
    monkeypatch.setattr(words, "SYSTEMCTL", str(slow))
    monkeypatch.setattr(recovery, "RESTART_TIMEOUT", 0.2)
    ask(file, BLUETOOTHD)
    assert main(["hci0", str(file)]) == 1
    assert capsys.readouterr().err.startswith("radio: ")


def test_an_adapter_that_is_not_there_is_no_success(file: Path, systemctl: Path, tmp_path: Path) -> None:
    """The real library, which finds no adapter of this number on the machine of the tests."""
    ask(file, ADAPTER)
    done = run("hci250", str(file), path=systemctl)
    assert done.returncode == 1
    assert done.stderr.endswith("radio: adapter failed\n")
    assert not (tmp_path / "asked").exists()


def test_the_radio_does_not_carry_what_only_the_helper_needs() -> None:
    code = "import hardware.buttons.recovery, sys; print('bluetooth_auto_recovery' in sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=30, check=True
    )
    assert done.stdout == "False\n"
