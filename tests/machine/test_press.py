"""Installed on a clean Debian and started anew, one press causes everything it should."""

import base64
from pathlib import Path

import numpy
import pytest
import soundfile

from tests.machine import figures, home
from tests.machine.machine import Machine
from tests.machine.provider import Provider
from tests.machine.qemu import SLOWER
from tests.patience import until

PITCH = 440  # Hz
MEMORY = r"""
for unit in hub bluetooth ModemManager NetworkManager; do
    for process in $(</sys/fs/cgroup/system.slice/$unit.service/cgroup.procs); do
        echo $unit $(awk '/^Pss:/ {print $2}' /proc/$process/smaps_rollup) $(tr '\0' ' ' </proc/$process/cmdline)
    done
done"""


def test_the_hub_is_ready_soon_after_the_machine_starts(machine: Machine) -> None:
    armed = int(machine.property("ActiveEnterTimestampMonotonic")) / 1e6
    figures.note("kernel's start → armed", f"{armed:.1f} s")
    assert machine.property("NRestarts") == "0"
    assert machine.says("systemctl --failed --no-legend --plain").strip() == ""


def test_a_held_button_raises_the_siren_tells_everybody_and_records_the_room(
    machine: Machine, provider: Provider
) -> None:
    began, siren = home.press_and_watch(machine, home.LONG)
    figures.note("press → siren's line", f"{siren * 1000:.0f} ms")
    until(lambda: provider.sends(began), 20 * SLOWER, "a request at the provider", pause=0.01)
    figures.note("press → first request", f"{(provider.sends(began)[0].at - began) * 1000:.0f} ms")
    for phone in home.PEOPLE:
        until(lambda phone=phone: provider.told(phone, "12 rue des Lilas"), 30 * SLOWER, "an SMS")
        until(lambda phone=phone: provider.network.phones[phone].calls, 30 * SLOWER, "a call")
    until(lambda: len(provider.network.mails) >= len(home.PEOPLE), 30 * SLOWER, "the mails")
    until(lambda: machine.hub("evidence list"), 20 * SLOWER, "a recording")


def test_what_sounds_in_the_room_is_in_the_recording(machine: Machine, tmp_path: Path) -> None:
    machine.sh(f"timeout 8 speaker-test -D plughw:CARD=Mic,DEV=1 -c 1 -t sine -f {PITCH} || test $? = 124")
    home.end(machine)
    (recording,) = machine.hub("evidence list")
    verify = f"mkdir -p /root/heard; hub evidence verify /var/lib/hub/evidence/{recording['id']} --into /root/heard"
    until(lambda: "whole" in machine.says(f"{verify} && echo whole"), 60 * SLOWER, "the recording is closed and signed")
    sound = tmp_path / "heard.flac"
    sound.write_bytes(base64.b64decode(machine.sh("base64 /root/heard/*.flac")))
    assert loudest_pitch(sound) == pytest.approx(PITCH, rel=0.01)


def loudest_pitch(file: Path) -> float:
    samples, rate = soundfile.read(file)
    strengths = numpy.abs(numpy.fft.rfft(samples))
    return float(strengths.argmax() * rate / len(samples))


def test_what_may_be_done_to_the_hub_by_a_program_in_its_place_is_little(machine: Machine) -> None:
    for unit, most in (("hub.service", 1.5), ("hub-web.service", 1.0)):
        score = float(machine.sh(f"systemd-analyze security --no-pager {unit} | tail -n 1").split(":")[1].split()[0])
        figures.note(f"exposure of {unit}", f"{score}")
        assert score <= most


def test_the_watchdog_is_armed_and_the_log_names_nobody(machine: Machine) -> None:
    assert machine.property("RuntimeWatchdogUSec", "").endswith("14s")
    log = machine.sh("journalctl -b --no-pager -o cat _SYSTEMD_UNIT=hub.service")
    for word in ("Anna", "Karim", "Marie", "Lilas", *home.PEOPLE):
        assert word not in log, word


def test_nobody_can_find_the_hub_over_bluetooth(machine: Machine) -> None:
    said = machine.sh("bluetoothctl show")
    assert "Discoverable: no" in said
    assert "Pairable: no" in said


def test_how_much_memory_each_process_takes(machine: Machine) -> None:
    home.end(machine)
    processes = [line.split(maxsplit=2) for line in machine.sh(MEMORY).splitlines()]
    assert sum(unit == "hub" for unit, *_ in processes) >= 2  # the recorder is one of its own
    for unit, size, command in processes:
        figures.note(f"memory (PSS) in {unit}.service: {_short(command)}", f"{int(size) * 1.024 / 1e3:.0f} MB")
    used = machine.sh("free -m | awk '/^Mem/ {print $3}'").strip()
    figures.note("memory of the whole machine in use", f"{used} MiB")


def _short(command: str) -> str:
    """A command without the paths of its words."""
    return " ".join(word.rpartition("/")[2] for word in command.split())[:60]
