"""What install.sh does on a device: what decides in it, and the files it lays there. The whole of it: tests/device."""

import re
import subprocess
import tomllib
from pathlib import Path
from xml.etree import ElementTree

import pytest
from packaging.requirements import Requirement

ROOT = Path(__file__).parent.parent
SETUP = ROOT / "systemd" / "setup"
ETC = ROOT / "systemd" / "etc"
SOURCED = """
set -euo pipefail
fail() { printf '✗ %s\\n' "$*" >&2; exit 1; }
say() { printf '%s\\n' "$*"; }
FOLDER=$1 RUN_PACKAGES=()
for part in "$FOLDER"/systemd/setup/*.sh; do source "$part"; done
shift
"$@"
"""


def bash(*command: str, given: str = "") -> subprocess.CompletedProcess[str]:
    run = ["bash", "-c", SOURCED, "_", str(ROOT), *command]
    return subprocess.run(run, input=given, capture_output=True, text=True, timeout=20)


# --- what the machine must be ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("release", "architecture", "reason"),
    [
        ('ID=debian\nVERSION_ID="12"\n', "arm64", ""),
        ('ID=debian\nVERSION_ID="13"\n', "amd64", ""),
        ('ID=raspbian\nVERSION_ID="12"\n', "armhf", "32-bit"),
        ('ID=debian\nVERSION_ID="11"\n', "arm64", "version 11"),
        ('NAME="Debian"\nID=debian\n', "arm64", "version unknown"),
        ('ID=ubuntu\nVERSION_ID="24.04"\n', "arm64", "ubuntu"),
        ("", "arm64", "unknown"),
    ],
)
def test_what_cannot_be_supported_is_named(tmp_path, release, architecture, reason):
    (tmp_path / "os-release").write_text(release)
    done = bash("unsupported", str(tmp_path / "os-release"), architecture)
    assert (done.returncode, done.stderr) == (0, "")
    assert reason in done.stdout
    assert bool(reason) == bool(done.stdout)


# --- options ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "options",
    [
        ["--nonsense"],
        ["--set"],
        ["--set", "pin=17"],
        ["--set", "siren.pin="],
        ["--secret", "twilio.secret=/nowhere"],
        ["--config", "/nowhere"],
        ["--ssh", "perhaps"],
        ["--apn", "a b"],
        ["--hostname", "Home"],
        ["--hostname", "safe-home"],
    ],
)
def test_an_option_that_cannot_be_is_a_usage_error(options):
    done = bash("read_options", *options)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("✗ ")


def test_every_option_is_in_the_usage_and_in_the_docs():
    options = set(re.findall(r"--[a-z-]+", (SETUP / "options.sh").read_text()))
    usage = bash("device_usage").stdout
    page = (ROOT / "docs" / "install.md").read_text()
    assert options - {"--help"} == {option for option in options if option in usage and f"`{option}" in page}


def test_settings_become_a_configuration_with_the_types_they_look_like():
    settings = ["siren.pin=23", "siren.active_high=false", "twilio.caller=+33939010203", 'twilio.sender="38000"']
    written = bash("toml", *settings, "evidence.recipients=[]", 'page.bind=a"b\\c').stdout
    assert tomllib.loads(written) == {
        "siren": {"pin": 23, "active_high": False},
        "twilio": {"caller": "+33939010203", "sender": "38000"},
        "evidence": {"recipients": []},
        "page": {"bind": 'a"b\\c'},
    }


def test_answers_are_texts_whatever_they_look_like():
    answers = "AC1\nSK1\n38000\n+33939010203\n\nsmtp.example.org\na@example.org\n\nno apn\ninternet\n"
    done = bash("eval", 'ask_everything; echo "APN is $APN"; toml "${SETTINGS[@]}"', given=answers)
    assert done.returncode == 0, done.stderr
    said, _, written = done.stdout.partition("# Written")
    assert "APN is internet" in said
    assert tomllib.loads(f"#{written}") == {
        "email": {"host": "smtp.example.org", "sender": "a@example.org"},
        "twilio": {"account_sid": "AC1", "api_key_sid": "SK1", "sender": "38000", "caller": "+33939010203"},
    }


def test_without_settings_the_configuration_is_empty():
    assert tomllib.loads(bash("toml").stdout) == {}


def test_a_secret_that_the_hub_does_not_know_is_refused():
    done = bash("put_secret", "hub.toml", given="x")
    assert (done.returncode, done.stderr) == (1, "✗ The hub knows no secret named hub.toml.\n")


def test_what_was_added_to_the_firmwares_settings_can_be_taken_out_again(tmp_path):
    file = tmp_path / "config.txt"
    block = bash("eval", 'printf "%s\\n" "$LIGHTS_OUT"').stdout
    file.write_text(f"[all]\narm_64bit=1\n{block}gpu_mem=16\n")
    assert bash("without_block", str(file)).stdout == "[all]\narm_64bit=1\ngpu_mem=16\n"


def test_the_lights_are_off_whichever_way_round_a_model_has_them():
    """The firmware's overlays/README: 4 is off on a Pi 4, and on a 3B+ a light that shows the link; there it is 14."""
    block = bash("eval", 'printf "%s\\n" "$LIGHTS_OUT"').stdout.splitlines()
    assert (block[0], block[-1]) == ("# hub: begin", "# hub: end")
    sections = re.split(r"\[(.*)\]\n", "\n".join(block[1:-1]) + "\n")
    assert sections[0] == ""
    assert [(name, set(lines.split())) for name, lines in zip(sections[1::2], sections[2::2], strict=True)] == [
        (
            "all",
            {
                "dtparam=watchdog=on",
                "dtparam=strict_gpiod",
                "dtparam=act_led_trigger=none",
                "dtparam=pwr_led_trigger=none",
                "dtparam=eth_led0=4",
                "dtparam=eth_led1=4",
            },
        ),
        ("pi3+", {"dtparam=eth_led0=14", "dtparam=eth_led1=14"}),
        ("all", set()),  # whatever somebody adds below
    ]


def test_the_kernel_is_told_not_to_keep_a_pin_as_a_killed_hub_left_it():
    assert "dtparam=strict_gpiod" in bash("eval", 'printf "%s\n" "$LIGHTS_OUT"').stdout.splitlines()


# --- files of the device ---------------------------------------------------------------------------


def test_the_files_under_etc_are_these():
    assert {str(path.relative_to(ETC)) for path in ETC.rglob("*") if path.is_file()} == {
        "NetworkManager/conf.d/hub.conf",
        "dbus-1/system-local.conf",
        "systemd/journald.conf.d/hub.conf",
        "systemd/system.conf.d/hub.conf",
        "sysusers.d/hub.conf",
        "tmpfiles.d/hub.conf",
        "udev/rules.d/60-hub.rules",
    }


@pytest.mark.parametrize("path", [path for path in ETC.rglob("*") if path.is_file()], ids=lambda path: path.name)
def test_no_file_says_what_the_hub_is_for(path):
    words = ("safety", "alarm", "violence", "victim", "panic", "alert")
    assert [word for word in words if word in path.read_text().lower()] == []


def directives(path: Path) -> list[str]:
    return [line for line in path.read_text().splitlines() if line and line[0] not in "#["]


def test_the_watchdog_is_never_above_what_a_pi_takes():
    assert directives(ETC / "systemd/system.conf.d/hub.conf") == ["RuntimeWatchdogSec=14", "RebootWatchdogSec=14"]


def test_the_journal_is_in_memory():
    assert directives(ETC / "systemd/journald.conf.d/hub.conf") == [
        "Storage=volatile",
        "RuntimeMaxUse=32M",
        "MaxRetentionSec=7day",
        "ForwardToSyslog=no",
    ]


def test_the_radio_is_closed_to_everybody_but_root_and_the_hub():
    policies = ElementTree.parse(ETC / "dbus-1/system-local.conf").getroot()
    rules = [(dict(policy.attrib), [(rule.tag, dict(rule.attrib)) for rule in policy]) for policy in policies]
    bluez = {"send_destination": "org.bluez"}
    assert rules == [
        ({"context": "default"}, [("deny", bluez)]),
        ({"user": "root"}, [("allow", bluez)]),
        ({"user": "hub"}, [("allow", bluez)]),
    ]


def test_the_setup_is_made_of_short_files():
    lengths = {path.name: len(path.read_text().splitlines()) for path in SETUP.iterdir()}
    assert {name: length for name, length in lengths.items() if length > 150} == {}


def test_every_timer_starts_with_the_machine_and_at_once():
    """Enabled by their name, hub-*.timer; `start` names each, for a machine that runs already."""
    started = [
        line for line in (SETUP / "install.sh").read_text().splitlines() if line.startswith("    systemctl start")
    ]
    timers = sorted(path.name for path in (ROOT / "systemd").glob("*.timer"))
    assert sorted(word for word in " ".join(started).split() if word.endswith(".timer")) == timers
    assert all(name.startswith("hub-") for name in timers)


def test_every_unit_that_is_enabled_exists():
    enabled = bash("eval", 'printf "%s\\n" "${ENABLED[@]}"').stdout.split()
    assert [unit for unit in enabled if not (ROOT / "systemd" / unit).exists()] == []
    assert all("[Install]" in (ROOT / "systemd" / unit).read_text() for unit in enabled)


# --- the locked versions ---------------------------------------------------------------------------

LOCKED = [
    Requirement(entry.partition(" \\")[0])
    for entry in re.sub(r"#.*", "", (ROOT / "requirements.txt").read_text()).split("\n")
    if entry and not entry.startswith(" ")
]


def test_what_is_locked_fits_the_project():
    wanted = map(Requirement, tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["dependencies"])
    versions = {_name(one.name): next(iter(one.specifier)).version for one in LOCKED}
    unfit = [str(one) for one in wanted if not one.specifier.contains(versions.get(_name(one.name), "0"))]
    assert unfit == []


def test_every_locked_package_is_one_version_with_its_sums_and_from_no_named_place():
    assert len(LOCKED) > 50
    assert all([one.operator for one in locked.specifier] == ["=="] for locked in LOCKED)
    text = (ROOT / "requirements.txt").read_text()
    entries = re.split(r"\n(?=\S)", text)[2:]
    assert [entry.splitlines()[0] for entry in entries if "--hash=sha256:" not in entry] == []
    assert [word for word in ("://", "-index", "--find-links") if word in text] == []


def test_what_compiles_the_others_is_locked_too():
    assert "setuptools" in {one.name for one in LOCKED}


def _name(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


# --- codes -----------------------------------------------------------------------------------------


UPGRADED = """
for done in fail check_root check_machine alone settle_interrupted_upgrade refuse_in_an_incident stage \\
    replace_version; do
    eval "$done() { :; }"
done
remember() { shown=yes; }
remembered() { [[ ${shown-} ]]; }
version_name() { echo new; }
current_version() { echo old; }
hub_runs() { :; }
hub_command() { [[ $* == *--help ]] || echo "asked: $*"; }
device_upgrade
device_upgrade
"""


def test_an_upgrade_shows_the_codes_once_where_the_version_before_had_none():
    script = SOURCED.replace('"$@"', UPGRADED)
    done = subprocess.run(["bash", "-c", script, "_", str(ROOT)], capture_output=True, text=True, timeout=20)
    asked = [line for line in done.stdout.splitlines() if line.startswith("asked")]
    assert asked == [f"asked: code new --missing {role}" for role in ("technician", "wearer", "duress")], done.stderr
