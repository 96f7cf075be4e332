"""What people are told, for every home that may be entered, every level, every purpose, in every language."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
import smsutil
from hypothesis import assume, given

from hub.alert import STANDBY, Alert, Purpose
from hub.gsm7 import segments, transliterate, units
from hub.messages import Words, compose, overflow
from hub.model import LANGUAGES, Home
from hub.response import Level
from tests.alerts import HOME, LEVELS, PREVENTION, RESCUE, ROOM, alerts, languages

pytestmark = pytest.mark.timeout(180)  # they compute, ten seconds of a processor that is theirs alone
NOT_OVER = [purpose for purpose in Purpose if purpose is not Purpose.ALL_CLEAR]
EXERCISE = {"fr": "EXERCICE", "en": "EXERCISE"}


def said(text: str) -> str:
    """As an SMS says it."""
    return transliterate(" ".join(text.split()))


@given(alerts, languages)
def test_an_sms_keeps_to_its_segments_in_every_home_that_may_be_entered(alert: Alert, language: str) -> None:
    assume(overflow(alert.home) == 0)
    sms = compose(alert, language).sms
    assert smsutil.is_valid_gsm(sms)
    assert segments(sms) <= alert.segments
    assert segments(sms) == len(smsutil.split(sms).parts)


@given(alerts, languages)
def test_the_first_segment_says_level_who_where_when_and_reference(alert: Alert, language: str) -> None:
    assume(overflow(alert.home) == 0 and alert.shows_place)
    sms = compose(alert, language).sms
    local = alert.home.local(alert.at)
    wanted = [LEVELS[language][alert.level], said(alert.home.name), said(alert.home.address)]
    for part in [*wanted, f"#{alert.reference}"]:
        assert part in sms
        assert units(sms[: sms.index(part) + len(part)]) <= 160
    assert f"{local:%H:%M}" in sms


@given(alerts, languages)
def test_every_alert_says_how_to_call_the_police_and_that_it_does_not(alert: Alert, language: str) -> None:
    assume(alert.purpose is not Purpose.ALL_CLEAR)
    words = compose(alert, language)
    for text in (words.sms, words.call, words.mail):
        assert all(number in text for number in ("17", "112", "114"))
        assert "police" in text.lower()


@pytest.mark.parametrize("purpose", NOT_OVER)
@pytest.mark.parametrize("level", Level)
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_alert_says_not_to_call_or_write_to_her(language: str, level: Level, purpose: Purpose) -> None:
    words = compose(replace(RESCUE, level=level, purpose=purpose), language)
    said_so = {"fr": ("Ne pas l'app", "Ne l'app", "N'appelez pas", "N’appelez pas"), "en": ("Do not call",)}[language]
    for text in (words.sms, words.call, words.mail):
        assert any(phrase in text for phrase in said_so)


@given(alerts, languages)
def test_a_drill_is_marked_in_every_text(alert: Alert, language: str) -> None:
    words = compose(replace(alert, drill=True), language)
    assert words.sms.startswith(EXERCISE[language])
    assert words.subject.startswith(EXERCISE[language])
    assert EXERCISE[language] in words.mail
    assert EXERCISE[language].lower() in words.call


@given(alerts, languages)
def test_a_drill_never_asks_anybody_to_call_the_police(alert: Alert, language: str) -> None:
    words = compose(replace(alert, drill=True), language)
    for text in (words.sms, words.call, words.mail):
        assert "maintenant" not in text
        assert " now" not in text


@pytest.mark.parametrize("purpose", NOT_OVER)
@pytest.mark.parametrize(("language", "phrase"), [("fr", "PAS UN EXERCICE"), ("en", "NOT an exercise")])
def test_a_real_press_in_a_drill_says_that_it_is_no_exercise(language: str, phrase: str, purpose: Purpose) -> None:
    words = compose(replace(RESCUE, after_drill=True, purpose=purpose), language)
    assert phrase in words.sms
    assert phrase in words.mail
    assert phrase.lower() in words.call.lower()


@pytest.mark.parametrize(("language", "phrase"), [("fr", "nouvel appui 20:14"), ("en", "pressed again 20:14")])
def test_another_press_says_when_it_was(language: str, phrase: str) -> None:
    assert phrase in compose(replace(RESCUE, purpose=Purpose.AGAIN, room=""), language).sms


@pytest.mark.parametrize(
    ("language", "phrases"),
    [("fr", ["SOUS LA MENACE", "PAS en sécurité", "N'allez pas"]), ("en", ["UNDER THREAT", "NOT safe", "Do not go"])],
)
def test_an_end_under_threat_says_that_she_is_not_safe(language: str, phrases: list[str]) -> None:
    sms = compose(replace(PREVENTION, purpose=Purpose.UNDER_THREAT), language).sms
    assert all(phrase in sms for phrase in phrases)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_all_clear_alarms_nobody(language: str) -> None:
    words = compose(replace(RESCUE, purpose=Purpose.ALL_CLEAR), language)
    assert "URGENT" not in words.subject
    assert not any(level in words.sms for level in LEVELS[language].values() if level != "ALARM")
    assert segments(words.sms) == 1
    assert "20:14" in words.sms
    assert "#K7Q2M" in words.sms


@pytest.mark.parametrize("level", [Level.RESCUE, Level.ALARM])
@pytest.mark.parametrize("language", LANGUAGES)
def test_rescue_and_alarm_say_to_call_now_and_not_to_go_alone(language: str, level: Level) -> None:
    words = compose(replace(RESCUE, level=level), language)
    for text in (words.sms, words.call, words.mail):
        assert {"fr": "maintenant", "en": " now"}[language] in text
        assert {"fr": "seul.", "en": "alone."}[language] in text


@pytest.mark.parametrize("level", [Level.RESCUE, Level.ALARM])
@pytest.mark.parametrize("language", LANGUAGES)
def test_rescue_and_alarm_lead_to_the_map_and_to_the_room(language: str, level: Level) -> None:
    words = compose(replace(RESCUE, level=level), language)
    for text in (words.sms, words.mail):
        assert "https://maps.google.com/?q=47.86712,-4.22385" in text
        assert ROOM in text


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_short_address_leaves_room_for_the_map_in_a_prevention(language: str) -> None:
    home = replace(HOME, name="Léa", address="Kerity, 29760 Penmarc'h")
    assert "maps.google.com" in compose(replace(PREVENTION, home=home), language).sms


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_prevention_says_what_to_do_and_has_no_room(language: str) -> None:
    words = compose(replace(PREVENTION, room=ROOM), language)
    assert {"fr": "Restez joignable", "en": "Stay reachable"}[language] in words.sms
    assert not any(ROOM in text for text in (words.sms, words.call, words.mail))


@given(alerts, languages)
def test_the_contacts_are_not_told_of_siren_or_recording(alert: Alert, language: str) -> None:
    home = replace(alert.home, name="", address="")
    words = compose(replace(alert, home=home), language)
    for text in (words.sms, words.call, words.mail, words.subject):
        assert not any(word in text.lower() for word in ("sir", "enregistr", "record"))


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_one_in_charge_is_told_how_to_end_it(language: str) -> None:
    words = compose(replace(RESCUE, purpose=Purpose.YOURS, code="4826"), language)
    for text in (words.sms, words.mail):
        assert "4826" in text
        assert "9" in text.replace("4826", "")


@pytest.mark.parametrize("purpose", [p for p in Purpose if p not in (Purpose.YOURS, Purpose.CHECK)])
@pytest.mark.parametrize("language", LANGUAGES)
def test_nobody_else_is_written_the_code(language: str, purpose: Purpose) -> None:
    words = compose(replace(RESCUE, purpose=purpose, code="4826"), language)
    assert "4826" not in words.sms + words.mail


@pytest.mark.parametrize("purpose", sorted(STANDBY))
@pytest.mark.parametrize("language", LANGUAGES)
def test_the_others_are_told_who_has_taken_charge(language: str, purpose: Purpose) -> None:
    words = compose(replace(RESCUE, purpose=purpose, by="Anna"), language)
    assert all("Anna" in text for text in (words.sms, words.call, words.mail))
    assert "URGENT" not in words.subject


@given(alerts, languages)
def test_a_subject_is_one_line_with_name_and_reference(alert: Alert, language: str) -> None:
    subject = compose(alert, language).subject
    assert alert.reference in subject
    assert " ".join(alert.home.name.split()) in subject
    assert len(subject.splitlines()) == 1


@pytest.mark.parametrize(
    ("zone", "utc", "shown", "heard"),
    [
        ("Europe/Paris", datetime(2026, 7, 2, 18, 14, tzinfo=UTC), "20:14", "20 heures 14"),
        ("Europe/Paris", datetime(2026, 12, 2, 23, 5, tzinfo=UTC), "00:05", "0 heures 5"),
        ("Indian/Reunion", datetime(2026, 7, 2, 18, 0, tzinfo=UTC), "22:00", "22 heures."),
    ],
)
def test_the_time_is_that_of_the_home(zone: str, utc: datetime, shown: str, heard: str) -> None:
    words = compose(replace(RESCUE, home=replace(HOME, timezone=zone), at=utc), "fr")
    assert shown in words.sms
    assert shown in words.mail
    assert heard in words.call


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_empty_home_still_tells_people(language: str) -> None:
    words = compose(replace(RESCUE, home=Home()), language)
    assert {"fr": "votre proche", "en": "someone you know"}[language] in words.sms
    assert {"fr": "non renseignée", "en": "not entered"}[language] in words.sms
    assert overflow(Home()) == 0


@pytest.mark.parametrize("address", ["a" * 50, "œ" * 25, "€" * 25, "ê" * 50])
def test_a_name_of_12_and_an_address_of_50_units_fit(address: str) -> None:
    assert overflow(Home("Marie-Camill", address)) == 0


def test_what_does_not_fit_is_counted_to_the_unit() -> None:
    assert overflow(Home("x" * 12, "y" * 54)) == 0
    assert overflow(Home("x" * 12, "y" * 57)) == 3
    assert overflow(Home("x" * 12, "y" * 52 + "[")) == 0
    assert overflow(Home("x" * 12, "y" * 54 + "[")) == 2


@given(alerts, languages)
def test_an_alert_that_does_not_fit_is_sent_all_the_same(alert: Alert, language: str) -> None:
    home = replace(alert.home, address="n" * 300)
    words: Words = compose(replace(alert, home=home, purpose=Purpose.ALERT), language)
    assert home.address in words.sms
    assert f"#{alert.reference}" in words.sms
