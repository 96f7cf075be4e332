"""Incidents by their time line, their end, and exercises; and what was recorded."""

import pytest

from web.timeline import reached, timeline


def test_an_incident_tells_whom_it_reached_and_what_happened(technician, home):
    home.raise_alarm()
    assert home.incident
    home.incident["answers"] = [{"contact": "1", "at": "2026-03-01T19:15:00Z", "way": "key", "seconds": 55}]
    home.incident["contacts"][1]["acknowledged_at"] = "2026-03-01T19:15:00Z"
    page = technician.open("/incidents/K7Q2M")
    for words in ("SMS: delivered", "Call: accepted", "confirmed at 20:15:00", "Pressed 1 or answered OK</b> · Bruno"):
        assert words in page


def test_the_time_line_is_in_the_order_of_time_whatever_the_hubs_order():
    incident = {
        "contacts": [{"id": "1", "name": "Anna", "acknowledged_at": None}],
        "events": [{"at": "2026-03-01T19:14:05Z", "what": "opened"}, {"at": "2026-03-01T19:16:00Z", "what": "ended"}],
        "deliveries": [
            {
                **{"contact": "1", "name": "Anna", "channel": "sms", "purpose": "alert", "outcome": "delivered"},
                "attempts": [
                    {"at": "2026-03-01T19:14:06Z", "result": "failed", "reason": "no route"},
                    {"at": "2026-03-01T19:14:08Z", "result": "accepted", "reason": ""},
                ],
            }
        ],
        "answers": [{"contact": "1", "at": "2026-03-01T19:15:00Z"}],
    }
    told = timeline(incident)
    assert [line.what for line in told] == ["opened", "alert", "alert", "answered", "ended"]
    assert [line.result for line in told] == ["", "failed", "accepted", "", ""]


def test_whom_it_reached_is_said_by_the_alert_and_not_by_what_followed():
    def delivery(purpose: str, outcome: str) -> dict[str, object]:
        return {"contact": "1", "channel": "sms", "purpose": purpose, "outcome": outcome}

    person = {"id": "1", "name": "Anna", "acknowledged_at": None}
    followed = [delivery("alert", "failed"), delivery("again", "delivered"), delivery("all_clear", "queued")]
    (anna,) = reached({"contacts": [person], "deliveries": followed})
    assert anna.outcomes == {"sms": "delivered"}


def test_an_incident_there_was_not_is_said(technician):
    answer = technician.client.get("/incidents/9ZZZZ")
    assert answer.status_code == 409
    assert "There is no such incident." in answer.get_data(as_text=True)


@pytest.mark.parametrize("kind", ["real", "false_alarm", "test"])
def test_an_open_incident_is_ended_with_its_kind(technician, home, kind):
    home.raise_alarm()
    assert f'value="{kind}"' in technician.open("/incidents/K7Q2M")
    assert technician.send("/incidents/K7Q2M/resolve", kind=kind).location == "/incidents/K7Q2M"
    assert home.changes("resolve") == [{"id": "K7Q2M", "kind": kind}]


def test_an_ended_incident_cannot_be_ended_again(technician, home):
    home.raise_alarm()
    assert home.incident
    home.incident |= {"state": "resolved", "kind": "test"}
    assert "/resolve" not in technician.open("/incidents/K7Q2M")


def test_an_exercise_leads_to_its_live_time_line(technician, home):
    technician.open("/drill")
    assert technician.send("/drill", gesture="double").location == "/incidents/K7Q2M"
    assert home.changes("drill") == [{"gesture": "double", "siren": False}]
    page = technician.open("/incidents/K7Q2M")
    assert "exercise" in page
    assert "The exercise has begun." in page


@pytest.mark.parametrize("gesture", ["", "many", "hold; rm"])
def test_an_exercise_of_nothing_known_is_not_begun(technician, home, gesture):
    technician.open("/drill")
    assert technician.send("/drill", gesture=gesture).status_code == 409
    assert home.incident is None


def test_recordings_are_listed_and_copied_but_not_played(technician, home):
    page = technician.open("/recordings")
    assert "K7Q2M-1" in page
    assert "<audio" not in page
    technician.open("/recordings/K7Q2M-1/export")
    assert technician.send("/recordings/K7Q2M-1/export", folder="/tmp/x").location == "/recordings"
    assert home.changes("evidence export") == [{"id": "K7Q2M-1", "folder": "/tmp/x"}]
    assert "12 files are in /tmp/x." in technician.open("/recordings")


def test_a_long_copy_shows_how_far_it_is(technician, home):
    home.household.copied = 5
    technician.open("/recordings/K7Q2M-1/export")
    where = technician.send("/recordings/K7Q2M-1/export", folder="/tmp/x").location
    assert "5 / 12" in technician.open(where)
    home.household.copied = 12
    part = technician.client.get("/recordings/K7Q2M-1/copying.json?folder=/tmp/x").get_json()["regions"]["copying"]
    assert "12 files are in /tmp/x." in part


def test_keys_are_pasted_checked_and_removed(technician, home):
    technician.open("/keys")
    assert technician.send("/keys/add", key=" age1abc ").location == "/keys"
    home.refusal, home.refusal_code = "This is no age public key.", "bad_recipient"
    home.always |= {"evidence keys"}
    page = technician.send("/keys/add", key="AGE-SECRET-KEY-1").get_data(as_text=True)
    assert '<strong class="wrong" id="key-wrong" role="alert">This is no age public key.</strong>' in page
    home.refusal = ""
    technician.send("/keys/remove", key="age1abc")
    assert home.changes("evidence key add") == [{"key": "age1abc"}, {"key": "AGE-SECRET-KEY-1"}]
    assert home.changes("evidence key remove") == [{"key": "age1abc"}]
