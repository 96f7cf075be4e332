"""What people hear, and what an answering machine may."""

from dataclasses import replace

from hypothesis import assume, given

from hub.alert import Alert, Purpose
from hub.messages import compose
from tests.alerts import LEVELS, alerts, languages


@given(alerts, languages)
def test_a_machine_hears_neither_who_nor_what(alert: Alert, language: str) -> None:
    machine = compose(replace(alert, home=replace(alert.home, name="Zoé")), language).machine
    assert "Zoé" not in machine
    assert not any(level.lower() in machine.lower() for level in LEVELS[language].values())
    assert "SMS" in machine


@given(alerts, languages)
def test_the_brief_says_what_the_emergency_services_ask_for(alert: Alert, language: str) -> None:
    assume(alert.purpose is not Purpose.ALL_CLEAR)
    home = replace(
        alert.home, address="12 rue des Lilas", floor="4e gauche", door_code="57B93 Roux", residents="un bébé"
    )
    brief = compose(replace(alert, home=home, code="4826"), language).brief
    for part in ("12 rue des Lilas", "4e gauche", "5, 7, B, 9, 3 Roux", "un bébé", "17", "112", "114", "4, 8, 2, 6"):
        assert part in brief
    assert {"fr": "écrivez pas", "en": "do not write"}[language] in brief


@given(alerts, languages)
def test_a_call_is_for_the_ear(alert: Alert, language: str) -> None:
    assume(alert.reference not in alert.home.name + alert.by)
    call = compose(alert, language).call
    assert "http" not in call
    assert ", ".join(alert.reference) in call
    assert alert.reference not in call
