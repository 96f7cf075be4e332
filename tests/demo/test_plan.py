"""Why a demo may not start, and what it writes before it does."""

import socket
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from hub.cli import build
from hub.config import load
from hub.demo import Plan, written
from hub.demo.people import BUTTON, CONTACTS, HOME
from hub.demo.plan import alone
from hub.numbers import email, phone

NETWORK = {"http": 4001, "smtp": 4002, "account": "AC" + "1" * 32, "key": "SK" + "1" * 32, "secret": "made up"}


@pytest.fixture
def plan(tmp_path: Path, port: int) -> Plan:
    return Plan(port, "127.0.0.1", tmp_path / 'a "demo"', "en")


def start(plan: Plan, *first: str) -> Result:
    command = build(lambda config, path: 0, {})
    options = ["--state", str(plan.state), "--port", str(plan.port), "--bind", plan.bind]
    environment = {"HUB_LANG": "en", "HUB_CONFIG": None}
    return CliRunner().invoke(command, [*first, "demo", *options], env=environment)


def refused(result: Result, words: str) -> bool:
    return (result.exit_code, result.stdout) == (1, "") and words in result.stderr and result.stderr.count("\n") == 1


def test_a_configuration_with_a_real_device_is_refused(plan: Plan, tmp_path: Path) -> None:
    real = tmp_path / "hub.toml"
    real.write_text('[buttons]\ndevice = "simulated"\n[modem]\ndevice = "none"\n')
    assert refused(start(plan, "--config", str(real)), "(siren, microphone in ")
    assert not plan.state.exists()


def test_a_configuration_with_faults_is_told_as_such(plan: Plan, tmp_path: Path) -> None:
    (tmp_path / "hub.toml").write_text("[siren]\npin = 99\n")
    assert start(plan, "--config", str(tmp_path / "hub.toml")).exit_code == 78


def test_a_port_in_use_is_one_sentence(plan: Plan) -> None:
    with socket.create_server((plan.bind, plan.port)):
        assert refused(start(plan), f"Port {plan.port} is taken")


def test_an_address_of_another_machine_is_one_sentence(plan: Plan) -> None:
    assert refused(start(Plan(plan.port, "192.0.2.1", plan.state, "en")), "choose another --bind or --port")


def test_a_second_demo_in_the_same_folder_is_one_sentence(plan: Plan) -> None:
    with alone(plan):
        assert refused(start(plan), "A demo runs already")


def test_a_folder_too_deep_for_sockets_is_one_sentence(plan: Plan, tmp_path: Path) -> None:
    deep = Plan(plan.port, plan.bind, tmp_path / ("d" * 100), "en")
    assert refused(start(deep), "too long a name")


def test_a_folder_that_cannot_be_made_is_one_sentence(plan: Plan, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    assert refused(start(Plan(plan.port, plan.bind, tmp_path / "file" / "d", "en")), "cannot be used")


def test_the_written_configuration_has_only_simulated_devices(plan: Plan) -> None:
    plan.state.mkdir()
    written.write(plan, NETWORK)
    config = load(plan.written)
    assert config.real == ()
    assert config.simulated
    assert config.state.socket == plan.control
    assert config.state.simulation_socket == plan.simulation


def test_messages_go_to_the_telephone_network_alone(plan: Plan) -> None:
    plan.state.mkdir()
    written.write(plan, NETWORK)
    config = load(plan.written)
    assert config.twilio
    assert config.email
    assert config.twilio.api_url == config.twilio.studio_url == "http://127.0.0.1:4001"
    assert config.twilio.api_key_secret.get_secret_value() == "made up"
    assert config.twilio.caller == written.CALLER
    assert (config.email.host, config.email.port) == ("127.0.0.1", 4002)


def test_only_this_user_may_read_what_is_written(plan: Plan) -> None:
    plan.state.mkdir()
    written.write(plan, NETWORK)
    assert {path.stat().st_mode & 0o777 for path in plan.state.iterdir()} == {0o600}
    assert "made up" not in plan.written.read_text()


def test_the_contacts_are_five_and_made_up() -> None:
    assert len({contact["phone"] for contact in CONTACTS}) == 5
    assert {phone(contact["phone"]) for contact in CONTACTS} == {contact["phone"] for contact in CONTACTS}
    assert all(email(contact["email"]).endswith("@example.org") for contact in CONTACTS)
    assert [contact["language"] for contact in CONTACTS].count("en") == 1
    assert HOME["name"]
    assert BUTTON["address"]


def test_a_page_open_to_all_says_where_it_is_found() -> None:
    first, *others = Plan(8000, "0.0.0.0", Path("/tmp/d"), "en").addresses
    assert first == "http://127.0.0.1:8000/"
    assert all(other.startswith("http://") for other in others)
    assert Plan(8000, "::1", Path("/tmp/d"), "en").addresses == ["http://[::1]:8000/"]
