"""Whatever ends in the machine comes back, and what was pressed is sent."""

import time

from hardware.simulated.network.faults import Fault, Kind, Service
from tests.machine import figures, home
from tests.machine.machine import Machine
from tests.machine.provider import Provider, now
from tests.machine.qemu import SLOWER
from tests.patience import until

WAIT = 120 * SLOWER


def pressed_and_told(machine: Machine, provider: Provider) -> None:
    """One click is heard over the radio and reaches the provider."""
    began = home.press(machine, home.CLICK)
    until(lambda: provider.sends(began), 30 * SLOWER, "a request at the provider", pause=0.01)
    home.end(machine)


def recovers(machine: Machine, provider: Provider, what: str, since: float) -> None:
    """From the fault until the hub says that it is ready; then a press must do all it does."""
    until(machine.listens, WAIT, f"ready after {what}")
    figures.note(f"{what} → ready", f"{now() - since:.1f} s")
    pressed_and_told(machine, provider)


def test_killed_it_is_back(machine: Machine, provider: Provider) -> None:
    before, began = machine.property("MainPID"), now()
    machine.sh("systemctl kill -s KILL --kill-whom=main hub")
    until(lambda: machine.property("MainPID") not in ("0", before), WAIT, "a new process")
    recovers(machine, provider, "kill -9", began)


def test_stopped_in_the_middle_of_its_work_the_watchdog_ends_it(machine: Machine, provider: Provider) -> None:
    before, began = machine.property("MainPID"), now()
    machine.sh(f"kill -STOP {before}")
    until(lambda: machine.property("MainPID") not in ("0", before), WAIT, "a new process")
    recovers(machine, provider, "standstill of the process", began)


def test_bluetoothd_that_crashes_is_used_again(machine: Machine, provider: Provider) -> None:
    before, began = machine.property("MainPID", "bluetooth"), now()
    machine.sh("systemctl kill -s KILL bluetooth")
    until(lambda: machine.property("MainPID", "bluetooth") not in ("0", before), WAIT, "a new bluetoothd")
    until(lambda: _radio_is_well(machine), WAIT, "the radio listens again")
    recovers(machine, provider, "crash of bluetoothd", began)


def test_a_kernel_that_hangs_is_started_anew_by_the_watchdog(machine: Machine, provider: Provider) -> None:
    boot, began = machine.sh("cat /proc/sys/kernel/random/boot_id"), now()
    machine.sh("sysctl -qw kernel.panic=0; (sleep 1; echo c > /proc/sysrq-trigger) >/dev/null 2>&1 &")
    until(lambda: not machine.answers(), WAIT, "the kernel hangs", pause=1)
    until(machine.answers, 300 * SLOWER, "the machine is back", pause=1)
    assert machine.sh("cat /proc/sys/kernel/random/boot_id") != boot
    recovers(machine, provider, "hang of the kernel", began)


def test_a_clock_that_is_wrong_is_harmless(machine: Machine, provider: Provider) -> None:
    """As after a start without a clock of its own; then the time comes."""
    machine.sh("systemctl stop systemd-timesyncd; date -s 2001-01-01")
    pressed_and_told(machine, provider)
    machine.sh(f"date -s @{time.time():.0f}; systemctl start systemd-timesyncd")
    pressed_and_told(machine, provider)


def test_with_a_full_card_alerts_go_out(machine: Machine, provider: Provider) -> None:
    """Full for everybody but root, as ext4 keeps it."""
    machine.sh("fallocate -l $(($(df --output=avail -B1 / | tail -n 1) - 5000000)) /var/full")
    machine.sh("runuser -u nobody -- dd if=/dev/zero of=/var/tmp/full bs=64k status=none; df / | grep -q 100%")
    pressed_and_told(machine, provider)
    machine.sh("rm /var/full /var/tmp/full")
    recovers(machine, provider, "room on the full card", now())


def test_with_a_card_that_cannot_be_written_alerts_go_out(machine: Machine, provider: Provider) -> None:
    """As the kernel does after an error of the card: everything is read-only, and stays so until the next start."""
    machine.sh("echo u >/proc/sysrq-trigger; sleep 2; ! touch /var/written")
    began = home.press(machine, home.CLICK)
    until(lambda: provider.sends(began), 30 * SLOWER, "a request at the provider", pause=0.01)
    machine.cut_power()
    began = now()
    machine.boot()
    recovers(machine, provider, "plug pulled with a read-only card", began)


def test_a_clean_restart(machine: Machine, provider: Provider) -> None:
    began = now()
    machine.reboot()
    recovers(machine, provider, "restart", began)


def test_a_power_cut_in_an_alert_and_a_recording_loses_neither(machine: Machine, provider: Provider) -> None:
    provider.network.faults.add(Fault(Service.TWILIO, Kind.RESET))
    known = {one["id"] for one in machine.hub("evidence list")}
    began, _ = home.press_and_watch(machine, home.LONG)
    until(lambda: _new(machine, known) and _new(machine, known)[0]["seconds"] >= 4, 60 * SLOWER, "four seconds")
    (recording,), incident = _new(machine, known), machine.hub("status")["open_incident"]
    assert not any(home.told_since(provider, phone, began) for phone in home.PEOPLE)
    machine.cut_power()
    provider.network.faults.clear()
    cut = now()
    machine.boot()
    until(lambda: all(home.told_since(provider, phone, cut) for phone in home.PEOPLE), WAIT, "everybody is told")
    figures.note("power cut in an alert → everybody told", f"{now() - cut:.1f} s")
    (kept,) = (one for one in machine.hub("evidence list") if one["id"] == recording["id"])
    figures.note(
        "of the recording, stored / after the power cut", f"{recording['seconds']:.1f} / {kept['seconds']:.1f} s"
    )
    assert kept["seconds"] >= recording["seconds"]
    assert machine.hub(f"incident {incident}")["id"] == incident
    verify = f"hub evidence verify /var/lib/hub/evidence/{recording['id']}"
    until(lambda: "whole" in machine.says(f"{verify} && echo whole"), WAIT, "what was cut off is closed and signed")
    home.end(machine)


def _new(machine: Machine, known: set[str]) -> list[dict[str, float]]:
    return [one for one in machine.hub("evidence list") if one["id"] not in known]


def _radio_is_well(machine: Machine) -> bool:
    return all(one["ok"] for one in machine.hub("status")["devices"] if one["name"] == "buttons")
