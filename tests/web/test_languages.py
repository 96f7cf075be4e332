"""Every text in French and English, and the language somebody chose."""

import re
import string
from pathlib import Path

import pytest
from babel.messages import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import read_mo
from babel.messages.pofile import read_po

import web

WEB = Path(web.__file__).parent
PO = WEB / "translations/fr/LC_MESSAGES/messages.po"
METHODS = [("**.py", "python"), ("**/templates/**.html", "jinja2")]
KEYWORDS = {"_": None, "gettext": None, "lazy_gettext": None}


@pytest.fixture(scope="module")
def french() -> Catalog:
    with PO.open("rb") as file:
        return read_po(file, locale="fr")


def texts() -> set[str]:
    """Every text that the sources say."""
    return {str(text) for _, _, text, _, _ in extract_from_dir(WEB, METHODS, keywords=KEYWORDS)}


def test_every_text_is_in_french_and_none_is_left_over(french):
    translated = {message.id for message in french if message.id and message.string and not message.fuzzy}
    assert translated == texts()
    assert not french.obsolete


def test_a_translation_has_the_same_gaps_and_the_same_marks(french):
    for message in french:
        for pattern in (r"%\(\w+\)s", r"</?b>"):
            assert sorted(re.findall(pattern, message.id)) == sorted(re.findall(pattern, str(message.string)))


def test_the_compiled_catalogue_is_the_one_of_the_sources(french):
    with PO.with_suffix(".mo").open("rb") as file:
        compiled = {message.id: message.string for message in read_mo(file) if message.id}
    assert compiled == {message.id: message.string for message in french if message.id}


def test_no_template_says_a_word_outside_the_catalogue():
    """What is left of a template without its marks is no sentence."""
    for path in WEB.rglob("templates/**/*.html"):
        bare = re.sub(r"{#.*?#}|{%.*?%}|{{.*?}}|<[^>]*>", "", path.read_text(), flags=re.DOTALL)
        words = {word.strip(string.punctuation + "·–✓↑↓") for word in bare.split()}
        assert words - {"", "Hub", "Home", "Safety", "SMS"} == set(), path


def test_the_address_says_the_language_and_the_browser_remembers_it(browser):
    assert "État" in browser.open("/status?lang=fr")
    assert "État" in browser.open("/status")
    assert "Status" in browser.open("/status?lang=en")


@pytest.mark.parametrize(("wanted", "language"), [("fr-FR,fr;q=0.9", "fr"), ("en-GB", "en"), ("de", "en"), ("", "en")])
def test_otherwise_the_browser_is_asked(browser, wanted, language):
    page = browser.open("/status", headers={"Accept-Language": wanted})
    assert f'<html lang="{language}">' in page


def test_a_language_there_is_not_changes_nothing(browser):
    answer = browser.client.get("/status?lang=<b>", headers={"Accept-Language": "fr"})
    assert '<html lang="fr">' in answer.get_data(as_text=True)
    assert not [cookie for cookie in answer.headers.getlist("Set-Cookie") if cookie.startswith("lang=")]


def test_the_hub_is_asked_in_the_language_of_the_page(browser, home):
    browser.open("/status?lang=fr")
    browser.open("/status?lang=en")
    assert home.languages == ["fr", "fr", "en", "en"]
