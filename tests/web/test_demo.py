"""The demonstration: what it shows, and what its buttons do."""

import re

import pytest

from hardware.simulated.network.phones import Behaviour
from web.stage import SHOWN, incident, telephones
from web.words import clock, decibels, word

from .fakehome import AT, SIM, TEXT

CONTACT = {"id": "1", "name": "Anna", "phone": "+33612345670", "email": "a@example.org"}


def test_an_idle_home_is_quiet(browser):
    page = browser.open("/demo/")
    for words in ("All is quiet.", "Nothing has arrived.", "The hub does not call the police.", "17 or 112", "114"):
        assert words in page
    assert "siren sounding" not in page


def test_an_alarm_is_seen_on_her_side(browser, home):
    home.raise_alarm()
    page = browser.open("/demo/")
    for words in (
        "siren sounding",
        "−21 dB",
        "Alarm",
        "K7Q2M",
        "20:14:05",
        "10 of 15 accepted by the operators",
        "5 delivered",
    ):
        assert words in page


def test_an_exercise_says_what_it_has_proved_nothing_of(browser, home):
    home.raise_alarm()
    home.incident |= {"drill": True, "untried": [{"path": "modem", "sentence": "The SIM was not <tried>."}]}
    assert "<p>The SIM was not &lt;tried&gt;.</p>" in browser.open("/demo/")


def test_a_recording_that_has_no_level_yet_is_on(browser, home):
    home.recording = {"incident": "K7Q2M", "level": None}
    assert "−96 dB" in browser.open("/demo/")


def test_an_alarm_is_seen_on_every_telephone(browser, home):
    home.raise_alarm()
    regions = browser.client.get("/demo/state.json").get_json()["regions"]
    for contact in home.contacts:
        screen = regions[f"phone-{contact['id']}"]
        assert all(words in screen for words in ("Incoming call", "Réf K7Q2M", "ALARME – Marie"))
        assert "delivered" in regions[f"reach-{contact['id']}"]


def test_what_is_said_is_read_while_a_call_goes_on(browser, home):
    home.raise_alarm()
    home.phones[0]["calls"][0]["state"] = "talking"
    screen = browser.client.get("/demo/state.json").get_json()["regions"]["phone-0"]
    assert 'lang="fr-FR"' in screen
    assert "Hang up" in screen


def test_a_call_that_talks_has_the_keys_of_a_telephone(browser, home):
    home.raise_alarm()
    home.phones[0]["calls"][0]["state"] = "talking"
    screens = browser.client.get("/demo/state.json").get_json()["regions"]
    assert re.findall(r'formaction="/demo/key/(.)" name="call" value="c0"', screens["phone-0"]) == [*"1234567890"]
    assert "/demo/key/" not in screens["phone-1"]


def test_the_hub_is_called_back_while_an_incident_is_open(browser, home):
    assert "/demo/call-back" not in browser.open("/demo/")
    home.raise_alarm()
    for phone in home.phones[1:]:
        phone["calls"] = []
    assert browser.open("/demo/").count("/demo/call-back") == 4
    home.incident["state"] = "resolved"
    assert "/demo/call-back" not in browser.open("/demo/")


def test_nobody_answers_a_call_they_make_themselves(browser, home):
    home.raise_alarm()
    home.phones[0]["calls"][0] |= {"from": home.contacts[0]["phone"], "to": "+33162000000"}
    screen = browser.client.get("/demo/state.json").get_json()["regions"]["phone-0"]
    assert "Calling back</b> +33162000000" in screen
    assert "Hang up" in screen
    assert "Answer</button>" not in screen


def test_a_telephone_can_do_all_that_the_network_knows(browser):
    offered = re.findall(r'<option value="(\w+)"', browser.open("/demo/"))
    assert {*offered} == {*Behaviour}


def test_the_live_parts_are_the_same_as_on_the_page(browser, home):
    home.raise_alarm()
    page = browser.open("/demo/")
    for region in browser.client.get("/demo/state.json").get_json()["regions"].values():
        assert region in page


@pytest.mark.parametrize(
    ("path", "fields", "command"),
    [
        ("/demo/press", {"gesture": "double", "button": "B"}, {"command": "buttons", "do": "double", "button": "B"}),
        ("/demo/edge", {"edge": "pressed", "button": "B"}, {"command": "buttons", "do": "pressed", "button": "B"}),
        ("/demo/resolve", {"incident": "K", "kind": "test"}, {"command": "resolve", "id": "K", "kind": "test"}),
        (
            "/demo/behave",
            {"number": "+1", "behaviour": "ignores"},
            {"command": "behave", "number": "+1", "behaviour": "ignores"},
        ),
        ("/demo/call-back", {"number": "+1"}, {"command": "dial", "number": "+1", "to": "+33162000000"}),
        ("/demo/pick-up", {"call": "C"}, {"command": "pick_up", "call": "C"}),
        ("/demo/hang-up", {"call": "C"}, {"command": "hang_up", "call": "C"}),
        ("/demo/key/1", {"call": "C"}, {"command": "key", "call": "C", "digit": "1"}),
        ("/demo/key/%23", {"call": "C"}, {"command": "key", "call": "C", "digit": "#"}),
        ("/demo/start-over", {}, {"command": "forget"}),
        (
            "/demo/reply",
            {"number": "+1", "incident": "K"},
            {"command": "write", "number": "+1", "to": SIM, "text": "OK K"},
        ),
        ("/demo/modem", {"trouble": "absent"}, {"command": "modem", "trouble": "absent"}),
        ("/demo/mains", {"lost": "yes"}, {"command": "power", "lost": True}),
        ("/demo/mains", {"lost": "no"}, {"command": "power", "lost": False}),
        ("/demo/fault", {"fault": "lost"}, {"command": "fault", "service": "twilio", "kind": "lost_reply", "count": 1}),
    ],
)
def test_each_button_becomes_one_command(browser, home, path, fields, command):
    browser.open("/demo/")
    assert browser.send(path, **fields).status_code in (204, 303)
    assert home.asked[-1] == command


@pytest.mark.parametrize(
    "path",
    [
        "/demo/edge",
        "/demo/press",
        "/demo/resolve",
        "/demo/behave",
        "/demo/reply",
        "/demo/modem",
        "/demo/mains",
        "/demo/fault",
    ],
)
def test_a_form_with_a_field_missing_is_refused(browser, home, path):
    browser.open("/demo/")
    home.asked.clear()
    assert browser.send(path).status_code == 400
    assert home.asked == []


def test_a_fault_there_is_not_is_refused(browser):
    browser.open("/demo/")
    assert browser.send("/demo/fault", fault="fire").status_code == 400


def test_a_refusal_of_the_hub_is_said_once(browser, home):
    browser.open("/demo/")
    home.refusal = "This incident has ended."
    browser.send("/demo/resolve", incident="K7Q2M", kind="test")
    notices = [browser.client.get("/demo/state.json").get_json()["regions"]["notice"] for _ in range(2)]
    assert home.refusal in notices[0]
    assert notices[1] == ""


def test_starting_over_leaves_no_fault_behind(browser, home):
    browser.open("/demo/")
    browser.send("/demo/start-over")
    assert home.asked[-4:] == [
        {"command": "modem", "trouble": ""},
        {"command": "power", "lost": False},
        {"command": "clear_faults"},
        {"command": "forget"},
    ]


def test_each_channel_shows_its_newest_alert_and_the_all_clear_is_apart(home):
    home.raise_alarm()
    delivery = {"contact": "0", "name": "Anna", "channel": "sms", "attempts": []}
    home.incident["deliveries"] += [
        delivery | {"purpose": "again", "outcome": "queued"},
        delivery | {"purpose": "all_clear", "outcome": "accepted"},
        delivery | {"purpose": "all_clear", "outcome": "failed"},
    ]
    shown = incident(home.incident)
    assert outcomes(shown, "0") == {"sms": "queued", "call": "accepted", "email": "sending"}
    assert (shown.wanted, shown.accepted, shown.delivered, shown.all_clear) == (15, 9, 4, 1)


def outcomes(shown, contact: str) -> dict[str, str]:
    """What is said of each channel."""
    return {reach.channel: reach.result or reach.outcome for reach in shown.rows[contact].reaches}


def ended(home, contact: str, outcome: str, *attempts: tuple[str, str]) -> None:
    """What became of the call to this contact."""
    (call,) = (d for d in home.incident["deliveries"] if (d["contact"], d["channel"]) == (contact, "call"))
    call |= {"outcome": outcome, "attempts": [{"result": result, "code": code} for result, code in attempts]}


def test_a_call_says_how_it_ended_and_was_with_the_operator_all_the_same(home):
    home.raise_alarm()
    ended(home, "0", "delivered", ("accepted", ""), ("delivered", ""))
    ended(home, "1", "delivered", ("accepted", ""), ("delivered", "machine"))
    ended(home, "2", "failed", ("accepted", ""), ("undelivered", "busy"))
    ended(home, "3", "failed", ("accepted", ""), ("undelivered", "canceled"))
    ended(home, "4", "failed")
    shown = incident(home.incident)
    said = [outcomes(shown, contact["id"])["call"] for contact in home.contacts]
    assert said == ["completed", "machine", "busy", "needless", "needless"]
    assert (shown.accepted, shown.wanted) == (9, 14)  # five SMS and four calls; one call was never wanted


def test_who_is_in_charge_is_told_and_what_they_are_told_counts_for_nothing(browser, home):
    home.raise_alarm()
    before = incident(home.incident)
    home.incident |= {"state": "acknowledged", "by": "1", "taken_at": AT, "rounds": 2}
    home.incident["contacts"][1]["acknowledged_at"] = AT
    for purpose in ("taken", "yours", "second", "check"):
        home.incident["deliveries"].append(home.incident["deliveries"][0] | {"purpose": purpose, "outcome": "failed"})
    after = incident(home.incident)
    assert (after.accepted, after.delivered, after.wanted) == (before.accepted, before.delivered, before.wanted)
    regions = browser.client.get("/demo/state.json").get_json()["regions"]
    assert "Bruno is taking care: confirmed at 20:14:05" in regions["incident"]
    assert "calls: round 2" in regions["incident"]
    assert "confirmed 20:14:05" in regions["reach-1"]
    assert "confirmed" not in regions["reach-0"]


def test_where_nobody_is_called_there_is_no_round(home):
    home.raise_alarm()
    home.incident["deliveries"] = [d for d in home.incident["deliveries"] if d["channel"] == "sms"]
    assert incident(home.incident).rounds == 0


def test_a_telephone_shows_the_newest_first_and_not_everything():
    messages = [
        {"id": f"s{second}", "at": f"2026-03-01T19:14:{second:02}Z", "from": "HUB", "text": TEXT, "segments": 1}
        for second in range(30)
    ]
    phone = {"number": CONTACT["phone"], "behaviour": "answers", "messages": messages, "calls": []}
    (shown,) = telephones([CONTACT], {"phones": [phone], "mails": []})
    assert [item.id for item in shown.items] == [f"s{second}" for second in range(29, 29 - SHOWN, -1)]


def test_a_telephone_that_was_never_used_waits_for_a_hand_and_has_its_own_mail_only():
    mail = {"id": "m", "at": AT, "subject": "S", "text": "T", "html": ""}
    mails = [mail | {"to": "a@example.org"}, mail | {"to": "somebody@example.org"}]
    (shown,) = telephones([CONTACT], {"phones": [], "mails": mails})
    assert shown.behaviour == "by_hand"
    assert len(shown.items) == 1


def test_a_contact_without_e_mail_has_no_mail():
    mails = [{"id": "m", "at": AT, "to": "", "subject": "S", "text": "T", "html": ""}]
    (shown,) = telephones([CONTACT | {"email": ""}], {"phones": [], "mails": mails})
    assert shown.items == ()


def test_times_are_those_of_the_homes_clock():
    assert clock(AT, "Europe/Paris") == "20:14:05"
    assert clock("2026-07-01T19:14:05.123Z", "Europe/Paris") == "21:14:05"
    assert clock(None, "Europe/Paris") == ""


def test_a_level_is_whole_with_a_real_minus():
    assert decibels(-21.4) == "−21 dB"


def test_a_word_the_page_does_not_know_is_shown_as_it_is(app):
    with app.test_request_context():
        assert word("landslide", "level") == "landslide"
