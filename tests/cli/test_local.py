"""What needs no running hub: starting it, checking its configuration, texts, and a quick start."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from hub.cli import local, words
from tests.cli.conftest import Terminal


def test_run_gets_the_configuration_and_ends_with_its_code(terminal: Terminal) -> None:
    assert terminal.type("run").exit_code == 0
    assert terminal.type("recorder").exit_code == 3
    assert [(name, path) for name, _, path in terminal.ran] == [
        ("run", terminal.configuration),
        ("recorder", terminal.configuration),
    ]


def test_a_good_configuration_is_called_good(terminal: Terminal) -> None:
    result = terminal.type("check-config")
    assert result.exit_code == 0
    assert "siren: gpio" in result.stdout
    assert "Not configured: [twilio]." in result.stdout


TWILIO = """
[twilio]
account_sid = "AC00000000000000000000000000000000"
api_key_sid = "SK00000000000000000000000000000000"
sender = "Centre"
caller = "+33939010203"
"""


def test_typed_by_hand_the_secrets_are_looked_for_where_the_service_has_them(
    terminal: Terminal, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(local, "CREDENTIALS", tmp_path)
    with terminal.configuration.open("a") as file:
        file.write(TWILIO)
    missing = terminal.type("check-config")
    assert (missing.exit_code, missing.stderr) == (78, "[twilio] api_key_secret_file: names no file.\n")
    (tmp_path / "twilio.secret").write_text("secret")
    assert terminal.type("check-config").exit_code == 0
    assert "CREDENTIALS_DIRECTORY" not in os.environ  # the next test's


@pytest.mark.parametrize("typed", ["check-config", "run"])
def test_all_faults_of_the_configuration_come_at_once(terminal: Terminal, typed: str) -> None:
    terminal.configuration.write_text('[siren]\npin = "x"\n[modm]\n')
    result = terminal.type(typed)
    assert (result.exit_code, result.stdout, terminal.ran) == (78, "", [])
    assert result.stderr.splitlines() == [
        '[siren] pin: must be a whole number between 0 and 27, not "x".',
        "[modm]: is not a section. Did you mean [modem]?",
    ]


@pytest.mark.parametrize("content", ["[state", '[state]\nsocket = "s"\n', "state = 3\n"])
def test_a_hub_that_cannot_be_found_is_a_fault_of_the_configuration(terminal: Terminal, content: str) -> None:
    terminal.configuration.write_text(content)
    result = terminal.type("status")
    assert result.exit_code == 78
    assert result.stderr.count("\n") == 1


def test_a_configuration_that_is_not_there_is_a_fault(terminal: Terminal) -> None:
    terminal.configuration.unlink()
    assert terminal.type("status").exit_code == 78


def test_both_languages_say_the_same_things() -> None:
    english, french = words.sentences("en"), words.sentences("fr")
    assert english.keys() == french.keys()
    for key, sentence in english.items():
        assert sentence.count("|") == french[key].count("|")
        assert _gaps(sentence) == _gaps(french[key])


def _gaps(sentence: str) -> set[str]:
    return {part.split("}")[0] for part in sentence.split("{")[1:]}


@pytest.mark.parametrize(
    ("hub_lang", "lang", "language"),
    [
        ("", "", "en"),
        ("", "fr_FR.UTF-8", "fr"),
        ("en", "fr_FR.UTF-8", "en"),
        ("fr", "C", "fr"),
        ("", "de_DE", "en"),
    ],
)
def test_the_language_is_hub_lang_then_lang(
    monkeypatch: pytest.MonkeyPatch, hub_lang: str, lang: str, language: str
) -> None:
    monkeypatch.setenv("HUB_LANG", hub_lang)
    monkeypatch.setenv("LANG", lang)
    assert words.language() == language


def test_asking_the_hub_loads_nothing_of_the_hub_itself() -> None:
    told = subprocess.run(
        [sys.executable, "-c", "import sys, hub.cli; print(*sys.modules)"],
        capture_output=True,
        text=True,
        check=True,
    )
    loaded = set(told.stdout.split())
    assert not {"pydantic", "asyncio", "twilio", "bleak", "hub.config", "hub.daemon", "hub.store"} & loaded


def test_the_pages_certificate_is_made_once_and_its_fingerprint_said(terminal: Terminal, tmp_path: Path) -> None:
    first = terminal.type("certificate", str(tmp_path))
    assert first.exit_code == 0
    assert re.search(r"(?:[0-9A-F]{2}:){31}[0-9A-F]{2}$", first.stdout.strip())
    assert terminal.type("certificate", str(tmp_path)).stdout == first.stdout


@pytest.mark.parametrize("broken", ["absent", "garbled"])
def test_a_folder_that_cannot_be_used_is_said_in_one_sentence(terminal: Terminal, tmp_path: Path, broken: str) -> None:
    folder = tmp_path / broken
    if broken == "garbled":
        folder.mkdir()
        (folder / "page.crt").write_text("nothing")
    result = terminal.type("certificate", str(folder))
    assert result.exit_code == 1
    assert "cannot be made or read" in result.stderr
