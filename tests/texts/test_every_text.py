"""Every text of every alert in every language, with the longest data that may be entered."""

import re
from dataclasses import replace
from functools import cache
from html.parser import HTMLParser
from itertools import product

import pytest
import smsutil

from hub.alert import Alert, Course, Purpose
from hub.channels.call import LONGEST, spoken
from hub.channels.email import page
from hub.gsm7 import segments
from hub.messages import AGE, ELSEWHERE, Words, compose, overflow
from hub.model import LANGUAGES, Home
from hub.response import Level
from hub.texts import read
from hub.typed import LONGEST as LONGEST_DETAILS
from hub.typed import LONGEST_NAME
from tests.alerts import AT, RESCUE, ROOM

NAME, STREET = "Ê" * 11 + "z", "ŒŒŒŒŒ[[[" + "ô" * 37 + "x"
DETAILS = {key: f"{key} 7".ljust(longest, "&") for key, longest in LONGEST_DETAILS.items()}
FULL = Home(NAME, STREET, (-47.867123, -144.223856), timezone="Indian/Reunion", **DETAILS)
# Of this one nothing may be said before a key.
HIDDEN = Home("Zoé", "17bis rue Quincampoix", (47.9, -4.2), **DETAILS | {"door_code": "57B93"})
HOMES = (FULL, HIDDEN, Home())
ROOMS = ("", ROOM, "https://video.a-name-as-long-as-they-come.example.org/" + "x" * 24)
BY = "ÿ" * LONGEST_NAME

# Whoever answers one of these gets no SMS from us any more.
UNSUBSCRIBE = {"STOP", "STOPALL", "UNSUBSCRIBE", "CANCEL", "END", "QUIT", "ARRET", "REVOKE", "OPTOUT"}

every_text = pytest.mark.parametrize(
    ("purpose", "language"), [pytest.param(p, lang, id=f"{p}-{lang}") for p, lang in product(Purpose, LANGUAGES)]
)


@cache
def told(purpose: Purpose, language: str) -> list[tuple[Alert, Words]]:
    """With every combination of what else may differ."""
    alerts = [
        Alert(home, level, "WWWWW", AT, purpose, drill, after, room, by=BY, code="4826", elsewhere=there, age=AGE)
        for level, drill, after, room, home, there in product(
            Level, (False, True), (False, True), ROOMS, HOMES, (None, ELSEWHERE)
        )
    ]
    return [(alert, compose(alert, language)) for alert in alerts]


def texts(words: Words) -> tuple[str, ...]:
    return words.sms, words.call, words.machine, words.brief, words.subject, words.mail


def test_a_little_more_than_the_longest_home_would_be_refused() -> None:
    assert overflow(FULL) == 0
    assert overflow(replace(FULL, address=FULL.address + "x")) > 0


@every_text
def test_every_gap_is_filled_and_every_sentence_is_whole(purpose: Purpose, language: str) -> None:
    for _, words in told(purpose, language):
        for text in texts(words):
            assert text.strip()
            assert not re.search(r"[{}]|: *[.\n]|  | ,|\( *\)|None", text.replace(STREET, "here")), text


@every_text
def test_every_sms_is_in_gsm7_and_keeps_to_its_segments(purpose: Purpose, language: str) -> None:
    for alert, words in told(purpose, language):
        assert smsutil.is_valid_gsm(words.sms), words.sms
        assert segments(words.sms) <= alert.segments <= 2, words.sms


@every_text
def test_no_word_of_ours_could_unsubscribe_whoever_repeats_it(purpose: Purpose, language: str) -> None:
    for _, words in told(purpose, language):
        for text in texts(words):
            assert not UNSUBSCRIBE & set(re.findall(r"\w+", text.upper())), text


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_menu_of_ours_could_unsubscribe_anybody(language: str) -> None:
    for text in read(language)["flow"].values():
        assert not UNSUBSCRIBE & set(re.findall(r"\w+", str(text).upper())), text


@every_text
def test_nothing_that_leads_to_her_is_said_before_a_key(purpose: Purpose, language: str) -> None:
    secrets = [HIDDEN.floor, HIDDEN.residents, HIDDEN.notes, "Quincampoix", "17bis", "57B93", "5, 7, B", "4826", "4, 8"]
    for _, words in told(purpose, language):
        for heard in (words.call, words.machine):
            assert [secret for secret in secrets if secret in heard] == []


@every_text
def test_no_sms_tells_the_door_code(purpose: Purpose, language: str) -> None:
    assert not any(HIDDEN.door_code in words.sms for _, words in told(purpose, language))


@every_text
def test_a_call_says_it_twice_and_a_brief_is_said_whole(purpose: Purpose, language: str) -> None:
    for _, words in told(purpose, language):
        assert spoken(words.call, language).count("<Say") == 2
        for heard in (words.call, words.machine, words.brief):
            assert len(spoken(heard, language)) <= LONGEST
            assert "http" not in heard


@every_text
def test_what_is_urgent_says_so_first_and_nothing_else_does(purpose: Purpose, language: str) -> None:
    for alert, words in told(purpose, language):
        subject = words.subject
        assert subject.startswith("URGENT") == (alert.course is Course.NOW)
        assert alert.reference in subject
        assert " ".join(alert.home.name.split()) in subject
        assert len(subject) <= 60  # what an old telephone shows of it


class Shown(HTMLParser):
    """What a reader of the page sees, and what it would have to fetch."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.text, self.links, self.tags = "", [], set()
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.links += [value for name, value in attrs if name == "href"]

    def handle_data(self, data: str) -> None:
        self.text += data + ("" if data.isspace() else " ")


@every_text
def test_the_page_of_an_email_says_all_that_its_plain_text_says(purpose: Purpose, language: str) -> None:
    for _, words in told(purpose, language):
        shown = Shown(page(words.mail, language))
        assert "".join(shown.text.split()) == "".join(words.mail.split())
        assert shown.links == re.findall(r"https?://\S+", words.mail)
        assert shown.tags <= {"html", "head", "meta", "body", "p", "br", "a"}


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_details_of_the_home_are_in_the_mails_of_rescue_and_alarm_only(language: str) -> None:
    for level in Level:
        mail = compose(replace(RESCUE, level=level, home=FULL), language).mail
        assert all((detail in mail) == (level > Level.PREVENTION) for detail in DETAILS.values())
