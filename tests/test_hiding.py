"""What install.sh does so that a machine says nothing of itself, on a card that is a folder here."""

import re
import shutil
import socket
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
MOVED = re.compile(r"(?<=[\s\"'=(])/(opt/hub|etc/|boot/|var/|swapfile|run/udev|proc/|usr/lib/netplan)")
SCRIPT = r"""
set -euo pipefail
T=$1 FOLDER=$1 RUN_PACKAGES=()
fail() { printf '✗ %s\n' "$*" >&2; exit 1; }
say() { printf '%s\n' "$*"; }
for part in "$T"/setup/*.sh; do source "$part"; done
install() { if [[ ${3-} == -g ]]; then command install "$1" "$2" "${@:5}"; else command install "$@"; fi; }
running() { :; }
systemctl() { :; }
eval "$2"
"""


class Card:
    """The real scripts, whose paths lead below a folder; systemd is not asked."""

    def __init__(self, root: Path) -> None:
        self.root = root
        (root / "etc").mkdir(parents=True)
        for part in (ROOT / "systemd" / "setup").iterdir():
            self.write(f"setup/{part.name}", MOVED.sub(lambda found: f"{root}{found[0]}", part.read_text()))

    def write(self, name: str, text: str) -> Path:
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        return path

    def run(self, commands: str) -> str:
        """What it says."""
        run = ["bash", "-c", SCRIPT, "_", str(self.root), commands]
        done = subprocess.run(run, capture_output=True, text=True, timeout=20)
        assert (done.returncode, done.stderr) == (0, "")
        return done.stdout


@pytest.fixture
def card(tmp_path):
    return Card(tmp_path / "card")


def test_a_last_line_without_an_end_stays_a_line_of_its_own(card):
    file = card.write("boot/firmware/config.txt", "arm_64bit=1\ndtoverlay=disable-bt")
    card.run("lights_out")
    assert file.read_text().splitlines()[:3] == ["arm_64bit=1", "dtoverlay=disable-bt", "# hub: begin"]
    card.run("lights_out; lights_as_before")
    assert file.read_text() == "arm_64bit=1\ndtoverlay=disable-bt\n"


@pytest.mark.parametrize("how", ["wipe", "secrets | xargs rm -f"])
def test_a_secret_that_was_laid_there_by_hand_goes_with_the_hub(card, how):
    card.write("systemd/hub.service", (ROOT / "systemd/hub.service").read_text())
    ours, others = card.write("etc/credstore/smtp.secret", "secret"), card.write("etc/credstore/vpn.key", "secret")
    card.run(how)
    assert (ours.exists(), others.exists()) == (False, True)


def test_lights_that_udev_does_not_take_up_now_are_no_reason_to_give_up_a_version(card):
    (card.root / "run/udev").mkdir(parents=True)
    with socket.socket(socket.AF_UNIX) as control:
        control.bind(str(card.root / "run/udev/control"))
        said = card.run("udevadm() { return 1; }; take_up_files && echo taken up")
    assert said.splitlines()[-1] == "taken up"
    assert "next start" in said


def test_what_is_typed_after_sudo_hub_is_not_logged_where_sudo_can_be_told_so(card):
    """Seen by hand with sudo 1.9.13p3: with this file the line with COMMAND= is gone for hub, and there for others."""
    card.run("sudo_tells_nothing")
    assert not (card.root / "etc/sudoers.d").exists()
    (card.root / "etc/sudoers.d").mkdir()
    card.run("sudo_tells_nothing")
    (file,) = (card.root / "etc/sudoers.d").iterdir()
    assert (file.name, oct(file.stat().st_mode)) == ("hub", "0o100440")
    assert file.read_text() == "Defaults!/usr/local/bin/hub !syslog\n"
    if visudo := shutil.which("visudo"):
        assert subprocess.run([visudo, "-cf", file], timeout=20).returncode == 0
    card.run("put_everything_back")
    assert list((card.root / "etc/sudoers.d").iterdir()) == []


def test_a_sudo_that_does_not_take_that_line_is_left_alone(card):
    """As sudo-rs, which knows no such setting: with a file that it refuses nobody might become root any more."""
    (card.root / "etc/sudoers.d").mkdir()
    said = card.run("visudo() { ! grep -q syslog; }; sudo_tells_nothing")
    assert "sudo writes each command" in said
    assert list((card.root / "etc/sudoers.d").iterdir()) == []


def test_what_set_the_machine_up_at_its_first_start_is_not_asked_again(card):
    card.run("cloud_init_off")
    assert not (card.root / "etc/cloud").exists()
    (card.root / "etc/cloud").mkdir()
    assert "/boot/firmware/user-data" not in card.run("cloud_init_off")
    assert (card.root / "etc/cloud/cloud-init.disabled").read_text() == ""
    card.write("boot/firmware/user-data", "users: []\n")
    assert "/boot/firmware/user-data" in card.run("cloud_init_off")
    card.run("put_everything_back")
    assert list((card.root / "etc/cloud").iterdir()) == []


def test_a_card_that_never_started_keeps_what_sets_it_up(card):
    (card.root / "etc/cloud").mkdir()
    assert "once more" in card.run("running() { return 1; }; cloud_init_off")
    assert list((card.root / "etc/cloud").iterdir()) == []


def test_what_was_swapped_out_does_not_stay_on_the_card(card):
    made, own = card.write("var/swap", "a secret" * 1000), card.write("swapfile", "a secret" * 8192)
    card.write("proc/swaps", "Filename Type Size Used Priority\n")
    card.run("empty_swap")
    assert not made.exists()  # dphys-swapfile and rpi-swap make it anew
    assert (own.stat().st_size, b"secret" in own.read_bytes()) == (8 * 8192, False)
    assert own.read_bytes()[4086:4096] == b"SWAPSPACE2"  # it can be switched on again
    own.write_bytes(b"once is enough")
    card.run("empty_swap")
    assert own.read_bytes() == b"once is enough"


@pytest.mark.parametrize("user", ["swaps", "losetup"])
def test_swap_that_is_in_use_is_left_alone_and_named(card, user):
    swap = card.write("var/swap", "in use")
    card.write("proc/swaps", f"Filename Type\n{swap if user == 'swaps' else '/dev/zram0'} file 1 1 -2\n")
    said = card.run(f'losetup() {{ [[ {user} == swaps ]] || echo "/dev/loop0: ($2)"; }}; empty_swap')
    assert (f"{swap} is in use" in said, swap.read_text()) == (True, "in use")


def test_what_an_earlier_journal_left_on_the_card_goes_and_its_folder_stays(card):
    card.run("journal_off_the_card")
    left = card.write("var/log/journal/0123/system.journal", "+33639980001")
    card.run("journal_off_the_card")
    assert (left.exists(), left.parent.parent.is_dir()) == (False, True)


def test_a_journal_that_is_still_written_to_the_card_is_left_alone_and_named(card):
    left = card.write("var/log/journal/0123/system.journal", "+33639980001")
    (card.root / "proc/7/fd").mkdir(parents=True)
    (card.root / "proc/7/fd/12").symlink_to(left)
    assert "still written" in card.run("systemctl() { echo 7; }; journal_off_the_card")
    assert left.exists()


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("etc/network/interfaces", "iface wlan0 inet dhcp\n    wpa-ssid home\n"),
        ("etc/network/interfaces.d/wlan0", "iface wlan0 inet dhcp\n\twpa-conf /etc/wpa.conf\n"),
        ("etc/netplan/50.yaml", "network:\n  wifis:\n    wlan0: {}\n"),
        ("etc/systemd/system/multi-user.target.wants/wpa_supplicant@wlan0.service", ""),
        ("etc/systemd/system/multi-user.target.wants/iwd.service", ""),
    ],
)
def test_wifi_that_is_not_networkmanagers_is_named(card, name, text):
    file = card.write(name, text)
    said = card.run("wifi no")
    assert (said.startswith("✗ "), str(file) in said) == (True, True)
    assert (card.root / "etc/NetworkManager/conf.d/hub-wifi.conf").exists()
    assert card.run("wifi yes") == ""


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("etc/network/interfaces", "# wpa-ssid home\niface eth0 inet dhcp\n"),
        ("etc/netplan/50.yaml", "network:\n  renderer: NetworkManager\n  wifis:\n    wlan0: {}\n"),
        ("etc/netplan/50.yaml", "network:\n  ethernets:\n    eth0: {}\n"),
    ],
)
def test_a_network_that_networkmanager_keeps_away_from_is_not_named(card, name, text):
    card.write(name, text)
    assert card.run("wifi no") == ""


def test_netplan_on_raspberry_pi_os_says_once_for_all_that_it_is_networkmanagers(card):
    card.write("usr/lib/netplan/00-network-manager-all.yaml", "network:\n  version: 2\n  renderer: NetworkManager\n")
    card.write("etc/netplan/50.yaml", "network:\n  wifis:\n    wlan0: {}\n")
    assert card.run("wifi no") == ""
