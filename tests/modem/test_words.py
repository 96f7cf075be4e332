"""Whatever the modem fails with is said in plain words."""

import re
from pathlib import Path

import pytest

from hardware.modem import manager
from hardware.modem.lte import MENDABLE
from hardware.modem.reading import FAILURES
from hub.model import LANGUAGES
from hub.reasons import reason
from hub.sim import refused

ROOT = Path(__file__).parents[2]
SOURCES = Path(manager.__file__).parent
CODES = {
    *manager.CODES.values(),
    *MENDABLE,
    *FAILURES.values(),
    *(code for path in SOURCES.glob("*.py") for code in re.findall(r'(?:Fault\(|code = )"(\w+)"', path.read_text())),
}


@pytest.mark.parametrize("code", sorted(CODES))
@pytest.mark.parametrize("language", LANGUAGES)
def test_each_trouble_is_a_sentence(language: str, code: str) -> None:
    assert code not in reason(language, code)


def test_nothing_that_the_modem_shows_is_taken_for_a_sim_without_credit() -> None:
    assert {code for code in CODES if refused(code)} == {"no_service_centre"}


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_missing_right_is_named(language: str) -> None:
    assert "org.freedesktop.ModemManager1.Messaging " in reason(language, "not_allowed:Messaging")


def test_each_trouble_is_in_the_document() -> None:
    written = (ROOT / "docs" / "modem.md").read_text()
    assert [
        code
        for code in sorted(CODES - {"emergency_number"})
        if f"`{code}" not in written and f'"{code}"' not in written
    ] == []


def test_the_document_names_the_rights_that_the_rules_give() -> None:
    rights = [
        re.findall(r"org\.freedesktop\.ModemManager1\.[\w.]+", (ROOT / name).read_text())
        for name in ("docs/modem.md", "systemd/hub-modem.rules")
    ]
    assert set(rights[0]) == set(rights[1]) != set()
