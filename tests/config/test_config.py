"""hub.toml as people write it: whole, empty, absent, wrong in many places at once."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hub.config import Config, load
from hub.errors import ConfigError
from tests.config.conftest import EMAIL, TWILIO

Read = Callable[[str], Config]
Faults = Callable[[str], list[str]]

DESIGN = """
[state]
dir = "/var/lib/hub"
socket = "/run/hub/control.sock"
[buttons]
device = "bluez"
adapter = "hci0"
[siren]
device = "gpio"
pin = 17
active_high = true
max_seconds = 180
[microphone]
device = "pyaudio"
name = ""
rate = 16000
[modem]
device = "modemmanager"
[power]
device = "none"
pin = 6
active_high = true
[video]
base_url = ""
[evidence]
recipients = []
timestamp_url = ""
offsite_url = ""
offsite_region = "us-east-1"
offsite_access_key = ""
offsite_lock_days = 365
keep_days = 365
[heartbeat]
url = ""
[internet]
probe_url = ""
[page]
bind = "127.0.0.1:8443"
"""

STORE = """[evidence]
offsite_url = "https://s3.example.org/bucket/home"
"""


def test_an_empty_file_is_the_design_with_nothing_configured(read: Read) -> None:
    assert read("") == read(DESIGN)
    assert read("").twilio is None
    assert read("").email is None


def test_every_fault_is_told_at_once(faults: Faults) -> None:
    assert faults('[siren]\npin = "x"\nmax_seconds = 0\n[modem]\ndevice = "usb"\n') == [
        '[siren] pin: must be a whole number between 0 and 27, not "x".',
        "[siren] max_seconds: must be a whole number between 1 and 3600, not 0.",
        '[modem] device: must be "modemmanager", "simulated" or "none", not "usb".',
    ]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[page]\npin = 17\n", ["[page] pin: must be another one, 17 is used by [siren]."]),
        (
            '[siren]\npin = 5\n[power]\ndevice = "gpio"\npin = 5\n',
            ["[power] pin: must be another one, 5 is used by [siren]."],
        ),
        (
            '[power]\ndevice = "gpio"\n[page]\npin = 6\n',
            ["[page] pin: must be another one, 6 is used by [power]."],
        ),
        (
            "[siren]\nmax_seconds = 0\n[page]\npin = 17\n",
            ["[siren] max_seconds: must be a whole number between 1 and 3600, not 0."],
        ),
    ],
)
def test_two_devices_do_not_share_a_pin(faults: Faults, text: str, said: list[str]) -> None:
    assert faults(text) == said


@pytest.mark.parametrize(
    "text",
    [
        '[siren]\ndevice = "simulated"\n[page]\npin = 17\n',
        "[siren]\npin = 6\n[page]\npin = 5\n",  # there is no supply to ask
        '[power]\ndevice = "none"\n[page]\npin = 6\n',
        "[siren]\npin = 0\n[page]\npin = 0\n",  # there is no such button
    ],
)
def test_a_pin_that_is_not_used_is_free(read: Read, text: str) -> None:
    assert isinstance(read(text), Config)


def test_an_unknown_key_is_answered_with_the_nearest(faults: Faults) -> None:
    assert faults("[siren]\npinn = 3\n") == ["[siren] pinn: is not a key of this section. Did you mean pin?"]


def test_an_unknown_section_is_answered_with_the_nearest(faults: Faults) -> None:
    assert faults("[twillio]\n") == ["[twillio]: is not a section. Did you mean [twilio]?"]


def test_a_word_like_nothing_else_gets_no_guess(faults: Faults) -> None:
    assert faults("[zzz]\n") == ["[zzz]: is not a section."]


def test_a_value_where_a_section_belongs_is_a_fault(faults: Faults) -> None:
    assert faults("siren = 3\n") == ["[siren]: must be a section, not 3."]


def test_what_twilio_needs_is_required_once_the_section_is_there(faults: Faults) -> None:
    assert [fault for fault in faults("[twilio]\n") if fault.endswith("is required.")] == [
        "[twilio] account_sid: is required.",
        "[twilio] api_key_sid: is required.",
        "[twilio] sender: is required.",
        "[twilio] caller: is required.",
    ]


def test_a_file_that_is_not_toml_is_one_fault(faults: Faults) -> None:
    (fault,) = faults("[siren\n")
    assert "is not TOML" in fault


def test_a_missing_file_is_one_fault(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="cannot be read: No such file or directory"):
        load(tmp_path / "none.toml")


def test_hub_config_names_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a.toml").write_text("[siren]\npin = 22\n")
    monkeypatch.setenv("HUB_CONFIG", str(tmp_path / "a.toml"))
    assert load(None).siren.pin == 22


def test_a_named_file_wins_over_hub_config(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "b.toml").write_text("[siren]\npin = 23\n")
    monkeypatch.setenv("HUB_CONFIG", str(tmp_path / "a.toml"))
    assert load(tmp_path / "b.toml").siren.pin == 23


def test_one_simulated_device_makes_a_simulated_hub(read: Read) -> None:
    assert not read("").simulated
    config = read('[siren]\ndevice = "simulated"\n[modem]\ndevice = "none"\n')
    assert config.simulated
    assert config.real == ("buttons", "microphone")


def test_the_simulation_socket_lies_beside_the_control_socket(read: Read) -> None:
    assert read('[state]\nsocket = "/tmp/h/c.sock"\n').state.simulation_socket == Path("/tmp/h/simulation.sock")


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ('[state]\ndir = "var"\n', "[state] dir: must be an absolute path."),
        ('[state]\nsocket = "/' + "s" * 120 + '"\n', "[state] socket: must be at most 107 bytes"),
        ('[video]\nbase_url = "http://meet.example.org"\n', "[video] base_url: must begin with https://"),
        (
            '[video]\nbase_url = "https://a-server-with-a-name-too-long.example.org"\n',
            "at most 40 characters",
        ),
        ('[video]\nbase_url = "https://me:pass@example.org"\n', "must hold neither a login"),
        ('[page]\nbind = "0.0.0.0:8443"\n', "the address of one interface, not of all of them"),
        ('[page]\nbind = "127.0.0.1"\n', "must be ADDRESS:PORT"),
        ('[page]\nbind = "127.0.0.1:65536"\n', "must be ADDRESS:PORT"),
        ('[buttons]\nadapter = "usb"\n', 'must be an adapter such as "hci0", not "usb"'),
        ("[siren]\nactive_high = 1\n", "must be true or false, not 1"),
        ("[siren]\npin = true\n", "must be a whole number between 0 and 27, not true"),
        ('[evidence]\nrecipients = ["age1x"]\n', "must be a list of age public keys"),
        ('[evidence]\noffsite_url = "https://s3.example.org/"\n', "[evidence] offsite_url: must name a bucket"),
        ('[evidence]\noffsite_url = "http://s3.example.org/b"\n', "[evidence] offsite_url: must begin with https://"),
        (STORE, "[evidence] offsite_access_key: is required with offsite_url."),
        (STORE, "[evidence] offsite_secret_file: is a bare name"),
        ("[upkeep]\nincident_days = 0\n", "incident_days: must be a whole number between 7 and 3650, not 0"),
        ("[evidence]\noffsite_lock_days = 0\n", "[evidence] offsite_lock_days: must be a whole number"),
        ('[evidence]\noffsite_region = "Paris"\n', '[evidence] offsite_region: must be such as "eu-west-3"'),
        (TWILIO.replace("DOMICILE", "MA MAISON"), "[twilio] sender: must be a name of at most 11"),
        (TWILIO.replace("DOMICILE", "MAISONDEMARIE"), "[twilio] sender: must be a name of at most 11"),
        (TWILIO.replace("DOMICILE", "12345"), "[twilio] sender: must be a name of at most 11"),
        (TWILIO.replace("+33939010203", "0939010203"), "[twilio] caller: must be a number"),
        (TWILIO.replace("+33939010203", "+33116117"), "[twilio] caller: must not be an emergency number."),
        (TWILIO + 'api_url = "http://api.example.org"\n', "[twilio] api_url: must begin with https://"),
        (TWILIO + 'studio_url = ""\n', "[twilio] studio_url: must be an address"),
        (EMAIL + 'security = "none"\n', "[email] security: must be"),
        (EMAIL + "port = 65536\n", "[email] port: must be a whole number between 1 and 65535"),
        (EMAIL.replace("hub@", ""), "[email] sender: must be an e-mail address."),
    ],
)
def test_a_value_that_could_never_work_is_refused(faults: Faults, text: str, fault: str) -> None:
    assert any(fault in found for found in faults(text))


@pytest.mark.parametrize(
    "text",
    [
        '[video]\nbase_url = "https://meet.example.org"\n',
        '[video]\nbase_url = "http://localhost:8000"\n',
        '[page]\nbind = "[::1]:8443"\n',
        '[page]\nbind = "192.168.7.1:8443"\npin = 27\n',
        '[evidence]\ntimestamp_url = "http://tsa.example.org"\n',
        "[evidence]\nkeep_days = 0\n[upkeep]\nincident_days = 7\n",
        EMAIL,
        EMAIL.replace("mail.example.org", "127.0.0.1") + 'security = "none"\n',
    ],
)
def test_a_value_that_works_is_taken(read: Read, text: str) -> None:
    assert isinstance(read(text), Config)


values = st.recursive(
    st.one_of(st.booleans(), st.integers(), st.floats(allow_nan=False, allow_infinity=False), st.text(max_size=20)),
    lambda inner: st.lists(inner, max_size=3),
    max_leaves=5,
)
sections = st.sampled_from(sorted(Config.model_fields)) | st.from_regex(r"[a-z]{1,8}", fullmatch=True)
keys = st.sampled_from(["device", "socket", "pin", "sender", "base_url", "api_key_secret_file", "bind"])


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.dictionaries(sections, values | st.dictionaries(keys, values, max_size=4), max_size=5))
def test_any_document_is_a_configuration_or_faults(read: Read, document: dict[str, object]) -> None:
    try:
        read(_toml(document))
    except ConfigError as problem:
        told = problem.faults
        assert told and all(fault.endswith((".", "?")) and "\n" not in fault for fault in told)  # noqa: PT018


def _toml(document: dict[str, object]) -> str:
    """A JSON value is a TOML value too, once it stands behind a key."""
    tables = {name: value for name, value in document.items() if isinstance(value, dict)}
    lines = [f"{name} = {_value(value)}" for name, value in document.items() if name not in tables]
    for name, table in tables.items():
        lines += [f"[{name}]", *(f"{key} = {_value(value)}" for key, value in table.items())]
    return "\n".join(lines)


def _value(value: object) -> str:
    return json.dumps(value).replace("\x7f", "\\u007f")


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.binary(max_size=80))
def test_any_bytes_are_a_configuration_or_faults(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "hub.toml").write_bytes(content)
    try:
        load(tmp_path / "hub.toml")
    except ConfigError as problem:
        assert problem.faults  # noqa: PT017


def test_numbers_beyond_all_reason_are_faults_too(faults: Faults) -> None:
    assert faults(f"[siren]\npin = 0x{'f' * 5000}\n")[0].startswith("[siren] pin: must be a whole number")
    assert "is not TOML" in faults(f"[siren]\npin = {'9' * 5000}\n")[0]
    assert faults(f"[siren]\npin = {'[' * 300}{']' * 300}\n")


@pytest.mark.parametrize(
    ("text", "probe"),
    [
        ("", None),
        (EMAIL, ("mail.example.org", 587)),
        (TWILIO + EMAIL, ("api.twilio.com", 443)),
        ('[internet]\nprobe_url = "https://example.org:8443/x"\n' + EMAIL, ("example.org", 8443)),
        ('[internet]\nprobe_url = "http://127.0.0.1/"\n', ("127.0.0.1", 80)),
    ],
)
def test_the_internet_is_tried_with_what_was_named_or_is_needed_anyway(
    read: Read, secret: Path, text: str, probe: tuple[str, int] | None
) -> None:
    named = text.replace("caller", f'api_key_secret_file = "{secret}"\ncaller')
    assert read(named).probe == probe


def test_paths_are_named_or_learned(read: Read) -> None:
    assert read("").internet.paths == ()
    assert read('[internet]\npaths = ["ethernet", "lte"]\n').internet.paths == ("ethernet", "lte")


def test_a_path_that_nobody_knows_is_a_fault(faults: Faults) -> None:
    (fault,) = faults('[internet]\npaths = ["cable"]\n')
    assert '"ethernet", "wifi" and "lte"' in fault
