"""The command line against a real hub on simulated devices, as a technician sets up a home."""

import json
import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from hub import passcode
from hub.client import Client, Unreachable
from tests.cli.conftest import Terminal

CONFIGURATION = """
[state]
dir = "{folder}"
socket = "{folder}/s"
[buttons]
device = "simulated"
[siren]
device = "simulated"
[microphone]
device = "simulated"
[modem]
device = "none"
"""


@pytest.fixture
def home(terminal: Terminal, tmp_path: Path) -> Iterator[Terminal]:
    terminal.configuration.write_text(CONFIGURATION.format(folder=tmp_path))
    arguments = [sys.executable, "-m", "hub", "--config", str(terminal.configuration), "run"]
    with (tmp_path / "log").open("wb") as log, subprocess.Popen(arguments, stderr=log, env=os.environ) as hub:
        try:
            wait_for(tmp_path / "s")
            yield terminal
        finally:
            hub.terminate()


def wait_for(path: Path) -> None:
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        try:
            Client(path).ask("status")
        except Unreachable:
            time.sleep(0.05)
        else:
            return
    pytest.fail("the hub did not start")


def test_a_home_is_set_up_pressed_and_ended(home: Terminal) -> None:
    assert home.type("home", "set", "--name", "Marie", "--address", "12 rue des Lilas, Quimper").exit_code == 0
    added = home.type("contact", "add", "--name", "Anna", "--phone", "01 99 00 00 01", "--language", "en")
    assert "+33199000001" in added.stdout
    assert json.loads(home.type("contacts", "--json").stdout)[0]["language"] == "en"
    assert home.type("button", "add", "02:00:00:00:00:02").exit_code == 0
    pressed = home.type("press", "double").stdout
    (incident,) = json.loads(home.type("incidents", "--json").stdout)
    assert incident["id"] in pressed
    assert home.type("resolve", incident["id"], "--kind", "test").exit_code == 0
    ended = json.loads(home.type("incident", incident["id"], "--json").stdout)
    assert (ended["state"], ended["kind"]) == ("resolved", "test")


def test_an_empty_home_says_what_is_missing_and_refuses_nonsense(home: Terminal) -> None:
    for typed in ("status", "home", "contacts", "technicians", "buttons", "button scan", "incidents", "response"):
        assert home.type(*typed.split()).exit_code == 0, typed
    assert home.type("doctor").exit_code == 1
    for typed in ("contact add --name B --phone 112", "contact remove x", "resolve x --kind real", "incident x"):
        result = home.type(*typed.split())
        assert (result.exit_code, result.stdout, result.stderr.count("\n")) == (1, "", 1), typed


def test_changing_the_home_keeps_its_language(home: Terminal) -> None:
    assert home.type("home", "set", "--language", "en").exit_code == 0
    assert home.type("home", "set", "--name", "Marie", language="fr").exit_code == 0
    assert json.loads(home.type("home", "--json").stdout)["language"] == "en"


def test_a_code_that_was_made_opens_the_page(home: Terminal, tmp_path: Path) -> None:
    made = home.type("code", "new", "technician").stdout
    assert home.type("code", "new", "technician", "--missing").stdout == ""
    code = re.search("[0-9A-Z]{5}-[0-9A-Z]{5}", made)
    assert code, made
    hub = Client(tmp_path / "s")
    found = hub.ask("page try", token="")
    key = passcode.key(code[0], bytes.fromhex(found["salt"]), found["passes"], found["memory"], found["lanes"])
    token = hub.ask("page login", **{"try": found["try"], "key": key.hex()})["token"]
    assert hub.ask("page", token=token)["role"] == "technician"
    assert home.type("page", "close").stdout == "The page is closed.\n"
    assert "open until" in home.type("page", "open").stdout
    assert "logged in" in home.type("visits").stdout
