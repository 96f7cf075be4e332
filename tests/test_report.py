"""Which faults technicians hear of, when, and in which words: pure, the time is passed in."""

from dataclasses import replace

import pytest

from hub import report
from hub.faults import Fault
from hub.model import LANGUAGES, Home
from hub.report import KINDS, Report, Urgency
from hub.texts import read
from tests.moments import at

HOME = Home("Léa", "12 rue des Lilas, 29120 Pont-l'Abbé")  # in Paris it is 20:14 at the moment 0
ROUND = 13 * 3600 + 46 * 60.0  # s; then it is ten o'clock of the next day
DAY = 24 * 3600.0
SIREN = Fault("siren", at(0))
WARNINGS = {"button_late", "button_battery_low", "button_untested", "button_apart", "button_unsupervised"}
REMARKS = {"button_unheard", "button_unreadable", "fault"}


def due(fault: Fault, seconds: float, *, discreet: bool = False) -> bool:
    return report.due(fault, at(seconds), HOME, discreet=discreet)


def test_what_passes_within_a_minute_is_not_told():
    assert not due(SIREN, 59)
    assert due(SIREN, 60)


def test_that_the_mains_is_lost_is_told_at_once():
    assert due(Fault("mains", at(0)), 0)


def test_what_was_told_is_told_again_in_the_round_of_each_day():
    told = replace(SIREN, told=at(60))
    assert [due(told, seconds) for seconds in (61, 3600, ROUND - 1, ROUND)] == [False, False, False, True]
    again = replace(told, told=at(ROUND))
    assert [due(again, seconds) for seconds in (ROUND + 1, ROUND + DAY - 1, ROUND + DAY)] == [False, False, True]


def test_that_it_works_again_is_told_once_that_is_sure():
    over = replace(SIREN, told=at(60), restored=at(100))
    assert [due(over, seconds) for seconds in (101, 699, 700)] == [False, False, True]


@pytest.mark.parametrize("code", ["button_absent:b1", "button_battery:b1"])
def test_what_is_worn_is_told_at_a_time_that_says_nothing_of_who_is_at_home(code: str):
    fault = Fault(code, at(0).day)
    assert [due(fault, seconds, discreet=True) for seconds in (60, 3 * 3600, ROUND - 1, ROUND)] == [
        *[False] * 3,
        True,
    ]
    over = replace(fault, told=at(ROUND).day, restored=at(ROUND + 3600).day)
    assert [due(over, ROUND + seconds, discreet=True) for seconds in (3600, 5 * 3600, DAY)] == [False, False, True]


def test_a_worn_button_that_does_nothing_is_told_at_once_and_its_return_next_day():
    fault = Fault("button_unlinked:b1", at(0).day)
    assert due(fault, 1, discreet=True)
    over = replace(fault, told=at(0).day, restored=at(0).day)
    assert [due(over, seconds, discreet=True) for seconds in (3600, ROUND)] == [False, True]


def test_every_fault_is_in_the_table_and_has_its_neutral_name():
    words = {"box", "subject_failing", "subject_over", "failing", "over", "since", "more", "advice", "fault"}
    assert KINDS.keys() == read("fr")["faults"].keys() - WARNINGS - REMARKS
    assert KINDS.keys() == read("fr")["told"].keys() - words


def test_an_unknown_fault_is_told_soon_and_by_no_word_of_its_own():
    assert report.urgency("anything:b1") is Urgency.SOON
    assert report.named("anything:b1", "en") == "something else"


def full(most: int | None = None, language: str = "en", seconds: float = 60) -> list[str]:
    failing = (SIREN, Fault("twilio", at(60)), Fault("refused:sms:c1a2b", at(0)), Fault("button_absent:b1", at(0)))
    over = (Fault("smtp", at(0), at(60), at(90)), Fault("service:paths", at(0)), Fault("service:closing", at(0)))
    said = Report(failing, over[:1] if most else over, frozenset({"button_absent:b1"}), news=True, soon=True)
    return list(said.lines(language, HOME, at(seconds), most))


def test_all_that_fails_becomes_one_text_with_the_home_s_time():
    assert full()[0] == (
        "Out of order: relay output (since 20:14), SMS and calls (since 20:15), "
        "recipient c1a2b, a number or an address cannot be reached (since 20:14), transmitter b1 out of reach."
    )
    assert full(2)[0] == "Out of order: relay output (since 20:14), SMS and calls (since 20:15), and 2 more."


def test_what_began_on_another_day_has_its_date():
    assert "relay output (since 23/11 20:14)" in full(seconds=DAY)[0]


def test_what_works_again_has_no_time():
    assert full(2)[1] == "In order again: e-mail."


@pytest.mark.parametrize("language", LANGUAGES)
def test_nothing_that_was_told_says_whom_the_box_protects_or_from_what(language: str):
    said = " ".join([*map(str, read(language)["told"].values()), *full(language=language)]).lower()
    for word in (
        "violen", "alarm", "alerte", "alert", "danger", "secours", "rescue", "urgen", "emergency", "police", "victim",
        "sécurité", "safety", "safe", "menace", "threat", "agress", "aggress", "siren", "sirène", "domicile", "home",
        "contact", "bouton", "button", "microphone", "record", "enregistre", "press", "appui", "aide", "help",
        "léa", "lilas", "pont-l'abbé",
    ):  # fmt: skip
        assert word not in said, word
