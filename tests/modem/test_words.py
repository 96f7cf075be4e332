"""Whatever the modem fails with is said in plain words."""

import re
from pathlib import Path

import pytest

from hardware.modem import manager
from hardware.modem.lte import MENDABLE
from hardware.modem.reading import FAILURES
from hub.model import LANGUAGES
from hub.reasons import reason

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


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_missing_right_is_named(language: str) -> None:
    assert "org.freedesktop.ModemManager1.Messaging " in reason(language, "not_allowed:Messaging")
