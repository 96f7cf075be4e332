"""The texts: complete and alike in every language, and printed in docs/texts.md as they are."""

import ast
import re
import string
from pathlib import Path

import pytest

from hub.model import LANGUAGES
from hub.texts import read, sentence, wordings
from hub.texts.__main__ import document

ROOT = Path(__file__).parents[2]
AT_A_TERMINAL = {
    *("button_not_learned", "invalid_button_address", "no_codes", "no_lesson", "page_closed"),
    *("simulated_only", "unknown_protocol"),
}
TEXTS = {language: read(language) for language in LANGUAGES}
EVERY = [(section, key) for section, texts in TEXTS["fr"].items() for key in texts]


def gaps(text: str | list[str]) -> set[str]:
    """What a text leaves to be filled in, over all its wordings."""
    joined = text if isinstance(text, str) else " ".join(text)
    return {name for _, name, _, _ in string.Formatter().parse(joined) if name is not None}


def refused() -> dict[str, set[str]]:
    """Every Refusal in the sources of the hub: its key, and the values it always has."""
    found: dict[str, set[str]] = {}
    for path in [*(ROOT / "hub").rglob("*.py"), *(ROOT / "hardware").glob("*.py")]:
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") in {"Refusal", "IllegalTransition"}:
                key = node.args[0]
                values = {str(keyword.arg) for keyword in node.keywords}
                if isinstance(key, ast.Constant) and isinstance(key.value, str):
                    found[key.value] = found.get(key.value, values) & values
    return found


def test_all_languages_have_the_same_texts() -> None:
    keys = {language: {(s, k) for s, texts in TEXTS[language].items() for k in texts} for language in LANGUAGES}
    assert keys["fr"] == keys["en"]


@pytest.mark.parametrize(("section", "key"), EVERY)
def test_a_text_has_the_same_gaps_in_every_language(section: str, key: str) -> None:
    assert gaps(TEXTS["fr"][section][key]) == gaps(TEXTS["en"][section][key])


@pytest.mark.parametrize("language", LANGUAGES)
def test_wordings_get_shorter(language: str) -> None:
    for key, written in TEXTS[language]["sms"].items():
        lengths = [len(text) for text in written]
        assert lengths == sorted(lengths, reverse=True), key


@pytest.mark.parametrize(("key", "values"), sorted(refused().items()))
def test_every_refusal_has_a_sentence_for_which_it_brings_the_words(key: str, values: set[str]) -> None:
    assert gaps(TEXTS["fr"]["refusals"][key]) <= values


@pytest.mark.parametrize("language", LANGUAGES)
def test_people_read_whole_sentences(language: str) -> None:
    for section in ("refusals", "faults", "reasons", "checks", "untried"):
        for key, text in TEXTS[language][section].items():
            assert isinstance(text, str), key
            assert re.fullmatch(r"[A-ZÀÉL{].*[.]", text), key


@pytest.mark.parametrize("section", ["refusals", "faults", "reasons", "untried"])
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_refusal_or_a_fault_says_what_to_do(language: str, section: str) -> None:
    for key, text in TEXTS[language][section].items():
        assert re.search(r": [a-zé]", str(text).replace("\u00a0", " ")), key


@pytest.mark.parametrize("language", LANGUAGES)
def test_who_is_refused_on_a_page_is_sent_to_no_command(language: str) -> None:
    """But where a page has no way of its own, or only a command brings the refusal."""
    named = {key for key, text in TEXTS[language]["refusals"].items() if re.search(r"(“|«\s)hub [a-z]", str(text))}
    assert named == AT_A_TERMINAL


def test_a_sentence_is_filled_in() -> None:
    assert (
        sentence("en", "refusals", "name_too_long", limit=40)
        == "This name is too long: give one of 40 characters at most."
    )


def test_a_value_with_braces_is_taken_as_it_is() -> None:
    assert "{units}" in sentence("fr", "refusals", "unknown_command", name="{units}")


@pytest.mark.parametrize(("section", "key"), [("refusals", "no_such_key"), ("no_such_section", "fault")])
def test_an_unknown_text_is_a_key_error(section: str, key: str) -> None:
    with pytest.raises(KeyError):
        sentence("fr", section, key)


def test_a_missing_value_is_a_key_error() -> None:
    with pytest.raises(KeyError):
        wordings("fr", "sms", "head_alert", name="Léa")


def test_the_page_of_texts_is_up_to_date() -> None:
    assert (ROOT / "docs/texts.md").read_text(encoding="utf-8") == document()
