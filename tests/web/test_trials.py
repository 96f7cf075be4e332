"""One contact by one way, the siren and the microphone, each tried by itself."""

import pytest

from web.trials import scale


@pytest.mark.parametrize("channel", ["sms", "call", "email"])
def test_one_contact_is_tried_by_one_way(technician, home, channel):
    assert f'action="/contacts/1/try/{channel}"' in technician.open("/contacts/1")
    assert technician.send(f"/contacts/1/try/{channel}").location == "/incidents/K7Q2M"
    assert home.changes("drill") == [{"gesture": "single", "contact": "1", "channel": channel}]


def test_a_contact_without_mail_is_not_tried_by_mail(technician, home):
    home.contacts[1]["email"] = ""
    assert "/try/email" not in technician.open("/contacts/1")
    assert technician.send("/contacts/1/try/pigeon").status_code == 404


def test_the_siren_sounds_when_asked_and_a_refusal_is_said(technician, home):
    technician.open("/siren")
    assert home.changes("try siren") == []
    assert technician.send("/siren").location == "/siren"
    assert home.changes("try siren") == [{"seconds": 1.0}]
    home.refusal = "No siren may sound here."
    answer = technician.send("/siren")
    assert answer.status_code == 409
    assert home.refusal in answer.get_data(as_text=True)


def test_the_microphone_listens_only_when_asked(technician, home):
    assert "data-live" not in technician.open("/microphone")
    assert "data-live" in technician.open("/microphone?listen=yes")
    assert home.changes("try microphone") == []
    part = technician.client.get("/microphone.json").get_json()["regions"]["level"]
    assert "−41 dB" in part
    home.refusal = "The microphone is not there."
    assert home.refusal in technician.client.get("/microphone.json").get_json()["regions"]["level"]


@pytest.mark.parametrize(("level", "place"), [(-120.0, 0), (-90.0, 0), (-45.0, 50), (0.0, 100), (3.0, 100)])
def test_a_level_has_its_place_between_silence_and_the_loudest(level, place):
    assert scale(level) == place


def test_a_button_is_tried_while_the_hub_is_set_up(technician, home):
    technician.open("/buttons/b1")
    assert technician.send("/buttons/b1/try").location == "/buttons/b1/try"
    assert home.changes("try button") == [{"id": "b1", "begin": True}]
    assert "Two presses" in technician.open("/buttons/b1/try")
    home.household.finished = True
    assert "without an alert" not in technician.open("/buttons/b1")
