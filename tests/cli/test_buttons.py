"""`hub buttons` and `hub button` as they are typed: what the hub is asked, what a person reads."""

import threading
from typing import Any

import pytest

from hub.supervision import State
from tests.cli.conftest import SmallHub, Terminal
from tests.cli.test_commands import BUTTON, STATUS

ADDRESS = "3C:2E:F5:00:00:01"
KEY = "00112233445566778899aabbccddeeff"
HEARD = {"address": ADDRESS, "name": "", "protocol": "bthome", "rssi": -60, "seconds_ago": 4, "battery": None}


@pytest.fixture
def pairing(hub: SmallHub) -> SmallHub:
    hub.answers |= {"button add": {"button": BUTTON}, "button set": {"button": BUTTON}}
    return hub


def asked(hub: SmallHub, command: str) -> dict[str, Any]:
    (request,) = hub.asked
    assert (request.pop("command"), request.pop("answer_in")) == (command, "en")
    return request


@pytest.mark.parametrize(
    ("typed", "values"),
    [
        ("", {}),
        (f"--key {KEY}", {"key": KEY}),
        ("--hold-after 1.5 --pause 0.4", {"hold_after": 1.5, "pause": 0.4}),
        ("--feedback", {"feedback": True}),
        ("--no-feedback --worn", {"feedback": False, "worn": True}),
        ("--response hold=sms,record", {"response": {"hold": ["sms", "record"]}}),
        ("--response hold=sms --response many=call", {"response": {"hold": ["sms"], "many": ["call"]}}),
        ("--protocol itag --fixed --name door", {"protocol": "itag", "worn": False, "name": "door"}),
    ],
)
def test_a_button_is_added_as_it_was_typed(
    pairing: SmallHub, terminal: Terminal, typed: str, values: dict[str, Any]
) -> None:
    assert terminal.type("button", "add", ADDRESS, *typed.split()).exit_code == 0
    assert asked(pairing, "button add") == {"address": ADDRESS} | values


@pytest.mark.parametrize(
    ("typed", "values"),
    [
        ("--name door", {"name": "door"}),
        ("--fixed", {"worn": False}),
        ("--no-key", {"key": ""}),
        ("--no-feedback", {"feedback": False}),
        ("--pause 0", {"pause": 0.0}),
    ],
)
def test_a_change_names_what_changes(pairing: SmallHub, terminal: Terminal, typed: str, values: dict[str, Any]) -> None:
    assert terminal.type("button", "set", "b1", *typed.split()).exit_code == 0
    assert asked(pairing, "button set") == {"id": "b1"} | values


@pytest.mark.parametrize("typed", [f"button add {ADDRESS} --name bag --key", "button set b1 --key"])
def test_a_key_without_a_value_is_asked_for_and_not_shown(pairing: SmallHub, terminal: Terminal, typed: str) -> None:
    result = terminal.type(*typed.split(), typed=f"{KEY}\n")
    assert result.exit_code == 0
    assert pairing.asked[0]["key"] == KEY
    assert KEY not in result.output


@pytest.mark.parametrize(
    "typed", ["button set b1", f"button add {ADDRESS} --response hold", f"button add {ADDRESS} --hold-after x"]
)
def test_what_cannot_be_meant_asks_nobody(hub: SmallHub, terminal: Terminal, typed: str) -> None:
    assert terminal.type(*typed.split()).exit_code == 2
    assert hub.asked == []


def test_what_is_wrong_with_a_button_is_said_when_it_is_added(pairing: SmallHub, terminal: Terminal) -> None:
    pairing.answers["button add"] = {"button": BUTTON | {"notices": ["It cannot be supervised."]}}
    assert terminal.type("button", "add", ADDRESS).stdout.endswith("! It cannot be supervised.\n")


def test_the_list_says_how_each_button_is(hub: SmallHub, terminal: Terminal) -> None:
    late = {"supervision": "beacon", "state": "late", "battery": 9, "last_seen": 72.4, "encrypted": True}
    hub.answers["buttons"] = {"buttons": [BUTTON, BUTTON | late | {"notices": ["The battery is nearly empty."]}]}
    _, first, second, notice = terminal.type("buttons").stdout.splitlines()
    assert first.split("  ")[-1] == "-"
    for word in ("nothing", "not heard yet", "worn"):
        assert word in first
    for word in ("its beacon", "late", "9 %", "72 s ago", "bthome, encrypted"):
        assert word in second
    assert notice == "! The battery is nearly empty."


@pytest.mark.parametrize("language", ["fr", "en"])
@pytest.mark.parametrize("state", [state.value for state in State])
@pytest.mark.parametrize("supervision", ["link", "beacon", "none"])
def test_every_state_has_a_word(hub: SmallHub, terminal: Terminal, state: str, supervision: str, language: str) -> None:
    hub.answers["buttons"] = {"buttons": [BUTTON | {"state": state, "supervision": supervision}]}
    assert terminal.type("buttons", language=language).exit_code == 0


def test_the_status_has_a_row_for_each_button_and_its_warnings(hub: SmallHub, terminal: Terminal) -> None:
    row = {"id": "b1", "name": "bag", "state": "missing", "supervision": "link", "battery": None}
    warning = {"code": "button_battery_low:b1", "sentence": "The battery is getting low."}
    hub.answers["status"] = STATUS | {"buttons": [row], "warnings": [warning]}
    printed = terminal.type("status").stdout
    assert "MISSING" in printed
    assert "! The battery is getting low." in printed


def test_a_scan_shows_what_was_pressed(hub: SmallHub, terminal: Terminal) -> None:
    hub.answers["button scan"] = {"heard": [HEARD]}
    assert terminal.type("button", "scan").stdout.splitlines()[1].split() == [ADDRESS, "-", "bthome", "-60", "4", "-"]
    assert asked(hub, "button scan") == {}


def test_a_scan_of_what_is_near_says_so(hub: SmallHub, terminal: Terminal) -> None:
    hub.answers["button scan"] = {"heard": []}
    assert "Press the button now" in terminal.type("button", "scan", "--near").stdout
    assert asked(hub, "button scan") == {"near": True}


def test_a_scan_waits_for_the_press(hub: SmallHub, terminal: Terminal) -> None:
    hub.answers["button scan"] = {"heard": []}
    press = threading.Timer(0.7, hub.answers.update, [{"button scan": {"heard": [HEARD]}}])
    press.start()
    first, _, row = terminal.type("button", "scan", "--wait", "20").stdout.splitlines()
    press.join()
    assert first == "Press the button now, near the hub …"
    assert ADDRESS in row


def test_a_scan_does_not_wait_for_ever(hub: SmallHub, terminal: Terminal) -> None:
    hub.answers["button scan"] = {"heard": []}
    assert "then try again" in terminal.type("button", "scan", "--wait", "0.1").stdout


def test_feedback_is_shown_when_asked(hub: SmallHub, terminal: Terminal) -> None:
    assert "b1" in terminal.type("button", "feedback", "b1").stdout
    assert asked(hub, "button feedback") == {"id": "b1"}


def test_a_button_of_its_own_mind_is_shown_and_changed(hub: SmallHub, terminal: Terminal) -> None:
    rows = [{"gesture": "hold", "level": "alarm", "actions": ["record", "sms"]}]
    hub.answers |= {"response": {"response": rows}, "response set": {"response": rows}}
    assert "record sms" in terminal.type("response", "--button", "b1").stdout
    assert hub.asked.pop()["button"] == "b1"
    assert terminal.type("response", "set", "hold", "--button", "b1").stdout.endswith("hold does: record sms.\n")
    assert asked(hub, "response set") == {"gesture": "hold", "actions": [], "button": "b1"}
