"""Installed on a clean Debian and started anew, one press causes everything it should."""

from tests.machine import figures, home
from tests.machine.machine import Machine
from tests.machine.provider import Provider
from tests.machine.qemu import SLOWER
from tests.patience import until


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


def test_how_much_memory_each_process_takes(machine: Machine) -> None:
    home.end(machine)
    said = machine.sh(
        "systemctl show -P MemoryCurrent hub bluetooth hub-web.service; free -m | awk '/^Mem/ {print $3}'"
    )
    hub, bluetooth, *_, used = said.split()
    figures.note("memory of hub.service / bluetooth.service / all", f"{_mb(hub)} / {_mb(bluetooth)} / {used} MB")


def _mb(size: str) -> str:
    return f"{int(size) / 1e6:.0f} MB" if size.isdigit() else "-"
