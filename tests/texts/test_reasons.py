"""Why a message did not arrive, as a person reads it."""

import ast
from pathlib import Path

import pytest

from hub.dispatch import NOT_CONFIGURED
from hub.model import LANGUAGES
from hub.reasons import reason

ROOT = Path(__file__).parents[2]
CODES = ["20003", "21211", "21608", "21610", "21614", "30003", "30005", "30006", "30007", "30008", "30036"]
CALLS = ["busy", "no-answer", "failed", "machine"]
SMTP = ["421", "450", "452", "535", "550", "552"]


def own_codes() -> set[str]:
    """Every code that the hub itself gives a DeliveryError."""
    calls = [
        node
        for path in (ROOT / "hub").rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "DeliveryError"
    ]
    given = [keyword.value for call in calls for keyword in call.keywords if keyword.arg == "code"]
    return {str(value.value) for value in given if isinstance(value, ast.Constant)} | {NOT_CONFIGURED}


@pytest.mark.parametrize("code", [*CODES, *CALLS, *SMTP, *sorted(own_codes())])
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_code_that_may_come_is_said_in_plain_words(language: str, code: str) -> None:
    assert reason(language, code) != reason(language, "99999").replace("99999", code)


@pytest.mark.parametrize("code", ["99999", "something {odd}", "unknown"])
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_code_that_nobody_knows_is_shown_as_it_is(language: str, code: str) -> None:
    assert code in reason(language, code)


def test_without_a_code_there_is_nothing_to_say() -> None:
    assert reason("fr", "") == ""
