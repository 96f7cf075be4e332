"""A hub that was killed leaves its relay on; the program that the unit runs then switches it off."""

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from hardware import lowering

ON = """
import os, signal, sys, time
from pathlib import Path
from gpiozero import Device
from gpiozero.pins.mock import MockFactory
from hub.__main__ import siren
from hub.config.sections import Config
from hub.ports import Pattern
from tests.siren.lines import Kernel

folder, pin, active_high = Path(sys.argv[1]), int(sys.argv[2]), sys.argv[3] == "high"
Device.pin_factory = MockFactory()
mock = Device.pin_factory.pin(pin)
written = type(mock)._change_state

def note(self, value):
    with open(folder / "pins", "a") as file:
        file.write(f"{time.monotonic()} {self.info.name} {int(value)}\\n")
    return written(self, value)

type(mock)._change_state = note
config = Config.model_validate({
    "state": {"socket": str(folder / "control.sock")}, "siren": {"pin": pin, "active_high": active_high},
})
siren(config).sound(Pattern.STEADY, 60)
os.kill(os.getpid(), signal.SIGKILL)
"""


def killed_while_it_sounds(folder: Path, pin: int, active: str) -> None:
    ended = subprocess.run([sys.executable, "-c", ON, str(folder), str(pin), active], timeout=30)
    assert ended.returncode == -signal.SIGKILL


def lowered(folder: Path, label: str = "pinctrl-bcm2711") -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "tests.siren.lines", str(folder / "pins"), label, str(folder / "siren")]
    return subprocess.run(command, timeout=30, capture_output=True, text=True)


def last(folder: Path) -> list[str]:
    return (folder / "pins").read_text().splitlines()[-1].split()[1:]


@pytest.mark.parametrize(("pin", "active", "on", "off"), [(17, "high", "1", "0"), (22, "low", "0", "1")])
def test_the_relay_of_a_killed_hub_is_switched_off(tmp_path: Path, pin: int, active: str, on: str, off: str) -> None:
    killed_while_it_sounds(tmp_path, pin, active)
    assert last(tmp_path) == [f"GPIO{pin}", on]
    assert lowered(tmp_path).returncode == 0
    assert last(tmp_path) == [f"GPIO{pin}", off]


def test_where_no_siren_was_taken_no_pin_is_touched(tmp_path: Path) -> None:
    ended = lowered(tmp_path)
    assert (ended.returncode, ended.stderr, (tmp_path / "pins").exists()) == (0, "", False)


@pytest.mark.parametrize("text", ["", "17", "x 1", "-1 1", "99999999999 1"])
def test_a_note_that_says_nothing_is_told_in_one_line(tmp_path: Path, text: str) -> None:
    (tmp_path / "siren").write_text(text)
    ended = lowered(tmp_path)
    assert (ended.returncode, ended.stderr.count("\n"), (tmp_path / "pins").exists()) == (1, 1, False)
    assert ended.stderr.startswith("siren: ")


def test_pins_that_are_not_the_headers_are_left_alone(tmp_path: Path) -> None:
    lowering.note(tmp_path / "siren", 17, active_high=True)
    ended = lowered(tmp_path, label="gpio-brcmstb@107d508500")
    assert (ended.returncode, ended.stderr, (tmp_path / "pins").exists()) == (0, "", False)


def test_on_a_machine_without_pins_nothing_happens(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(lowering, "CHIPS", (str(tmp_path / "gpiochip0"),))
    lowering.note(tmp_path / "siren", 17, active_high=True)
    assert lowering.main([str(tmp_path / "siren")]) == 0
    assert capsys.readouterr().err == ""


def test_a_folder_that_is_gone_does_not_keep_the_hub_from_starting(tmp_path: Path) -> None:
    lowering.note(tmp_path / "gone" / "siren", 17, active_high=True)


def test_it_needs_nothing_of_what_may_be_broken() -> None:
    program = "import sys, hardware.lowering; print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", program], timeout=30, capture_output=True, text=True).stdout.split()
    ours = {"hub", "gpiozero", "lgpio", "pydantic", "tomllib"}
    assert not ours & {name.split(".")[0] for name in loaded}
