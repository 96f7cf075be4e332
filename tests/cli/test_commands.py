"""Each command as it is typed: what the hub is asked, what a person reads, what a program gets."""

import json

import pytest

from tests.cli.conftest import HOME, SmallHub, Terminal

INCIDENT = {
    "id": "K7Q2M",
    "level": "rescue",
    "state": "alerting",
    "drill": False,
    "kind": None,
    "opened_at": "2026-03-01T19:14:05Z",
    "ended_at": None,
}
CONTACT = {"id": "c1", "name": "Anna", "phone": "+33639980001", "email": "", "language": "fr"}
BUTTON = {
    "id": "b1",
    "address": "3C:2E:F5:00:00:01",
    "name": "",
    "protocol": "bthome",
    "encrypted": False,
    "worn": True,
    "feedback": False,
    "hold_after": 1.0,
    "pause": 0.6,
    "last_seen": None,
    "last_press": None,
    "rssi": None,
    "battery": None,
    "supervision": "none",
    "period": None,
    "state": "unheard",
    "notices": [],
    "response": None,
}


@pytest.mark.parametrize(
    ("typed", "request_"),
    [
        ("press double", {"command": "press", "gesture": "double"}),
        ("press hold --button b1", {"command": "press", "gesture": "hold", "button": "b1"}),
        ("drill single", {"command": "drill", "gesture": "single"}),
        ("drill hold --siren", {"command": "drill", "gesture": "hold", "siren": True}),
        ("resolve K7Q2M --kind false_alarm", {"command": "resolve", "id": "K7Q2M", "kind": "false_alarm"}),
        (
            "response set hold sms call",
            {"command": "response set", "gesture": "hold", "actions": ["sms", "call"]},
        ),
        ("contact remove c1", {"command": "contact remove", "id": "c1"}),
        ("contact remove c1 --now", {"command": "contact remove", "id": "c1", "now": True}),
        ("technician remove t1", {"command": "technician remove", "id": "t1"}),
        ("button remove b1", {"command": "button remove", "id": "b1"}),
        ("button add 3C:2E:F5:00:00:01", {"command": "button add", "address": "3C:2E:F5:00:00:01"}),
        (
            "button add 3C:2E:F5:00:00:01 --fixed --name kitchen --protocol bthome",
            {
                "command": "button add",
                "address": "3C:2E:F5:00:00:01",
                "worn": False,
                "name": "kitchen",
                "protocol": "bthome",
            },
        ),
        (
            "evidence export K7Q2M-1 /tmp/x",
            {"command": "evidence export", "id": "K7Q2M-1", "folder": "/tmp/x"},
        ),
    ],
)
def test_a_command_asks_the_hub_exactly_this(
    hub: SmallHub, terminal: Terminal, typed: str, request_: dict[str, object]
) -> None:
    hub.answers |= {command: {"incident": INCIDENT} for command in ("press", "drill", "resolve")}
    hub.answers |= {"button add": {"button": BUTTON}, "evidence export": {"folder": "/tmp/x", "files": 3}}
    result = terminal.type(*typed.split())
    assert (result.exit_code, result.stderr) == (0, "")
    assert hub.asked == [request_ | {"answer_in": "en"}]


@pytest.mark.parametrize(
    ("typed", "answer", "printed"),
    [
        ("contacts", {"contacts": [CONTACT]}, [CONTACT]),
        ("technicians", {"technicians": []}, []),
        ("buttons", {"buttons": [BUTTON]}, [BUTTON]),
        ("incidents", {"incidents": [INCIDENT]}, [INCIDENT]),
        ("incident K7Q2M", {"incident": INCIDENT}, INCIDENT),
        ("home", {"home": HOME}, HOME),
        ("response", {"response": []}, []),
        ("evidence list", {"recordings": []}, []),
        ("status", {"ready": True, "faults": []}, {"ready": True, "faults": []}),
    ],
)
def test_json_is_what_the_hub_answered(
    hub: SmallHub, terminal: Terminal, typed: str, answer: dict[str, object], printed: object
) -> None:
    hub.answers[typed.removesuffix(" K7Q2M")] = answer
    result = terminal.type(*typed.split(), "--json")
    assert json.loads(result.stdout) == printed


def test_a_press_says_the_reference_and_the_level(hub: SmallHub, terminal: Terminal) -> None:
    hub.answers["press"] = {"incident": INCIDENT}
    assert terminal.type("press", "double").stdout == "Pressed: incident K7Q2M, rescue, alerting.\n"
    french = terminal.type("press", "double", language="fr").stdout
    assert french == "Appui : incident K7Q2M, secours, alerte en cours.\n"


def test_an_export_is_asked_for_again_until_it_is_done_or_has_failed(hub: SmallHub, terminal: Terminal) -> None:
    hub.answers["evidence export"] = {"folder": "/tmp/x", "copied": 12, "files": 1800, "done": False}
    hub.answers["evidence exporting"] = {"folder": "/tmp/x", "copied": 1800, "files": 1800, "done": True}
    done = terminal.type("evidence", "export", "K7Q2M-1", "/tmp/x")
    assert (done.exit_code, done.stdout, done.stderr) == (0, "1800 files are in /tmp/x.\n", "")
    assert [request["command"] for request in hub.asked] == ["evidence export", "evidence exporting"]
    assert {request["folder"] for request in hub.asked} == {"/tmp/x"}
    hub.refuse("evidence exporting", "There is not enough room in /tmp/x.")
    failed = terminal.type("evidence", "export", "K7Q2M-1", "/tmp/x")
    assert (failed.exit_code, failed.stdout, failed.stderr) == (1, "", "There is not enough room in /tmp/x.\n")


def test_a_refusal_is_one_sentence_on_stderr(hub: SmallHub, terminal: Terminal) -> None:
    hub.refuse("contact add", "112 is an emergency number: the hub never calls it.")
    result = terminal.type("contact", "add", "--name", "A", "--phone", "112")
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr == "112 is an emergency number: the hub never calls it.\n"


def test_the_hub_is_asked_in_the_callers_language(hub: SmallHub, terminal: Terminal) -> None:
    terminal.type("contacts", "--json", language="fr_FR.UTF-8")
    assert hub.asked == [{"command": "contacts", "answer_in": "fr"}]


def test_the_home_chooses_a_contacts_language_unless_told(hub: SmallHub, terminal: Terminal) -> None:
    hub.answers["contact add"] = {"contact": CONTACT}
    assert terminal.type("contact", "add", "--name", "Anna", "--phone", "0639980001").exit_code == 0
    assert "language" not in hub.asked[-1]  # the hub knows the home's


def test_setting_one_thing_of_the_home_keeps_its_language(hub: SmallHub, terminal: Terminal) -> None:
    assert terminal.type("home", "set", "--position", "-12.5,4.1").exit_code == 0
    assert hub.asked[-1] == {"command": "home set", "position": "-12.5,4.1", "answer_in": "en"}


def test_a_detail_of_the_home_can_be_emptied(hub: SmallHub, terminal: Terminal) -> None:
    assert terminal.type("home", "set", "--door-code", "").exit_code == 0
    assert hub.asked[-1] == {"command": "home set", "door_code": "", "answer_in": "en"}


def test_setting_nothing_is_a_usage_error(hub: SmallHub, terminal: Terminal) -> None:
    assert terminal.type("home", "set").exit_code == 2
    assert hub.asked == []


@pytest.mark.parametrize(
    "typed",
    ["press triple", "drill", "resolve K7Q2M", "resolve K7Q2M --kind duress", "response set hold", "dance"],
)
def test_what_cannot_be_meant_is_a_usage_error(terminal: Terminal, typed: str) -> None:
    assert terminal.type(*typed.split()).exit_code == 2


def test_no_hub_is_one_sentence(terminal: Terminal) -> None:
    result = terminal.type("status")
    assert result.exit_code == 1
    assert result.stderr.count("\n") == 1
    assert "systemctl start hub" in result.stderr


@pytest.mark.parametrize("language", ["en", "fr"])
@pytest.mark.parametrize("typed", ["contacts", "technicians", "buttons", "button scan", "incidents", "evidence list"])
def test_what_is_missing_is_said(hub: SmallHub, terminal: Terminal, typed: str, language: str) -> None:
    key = {"button scan": "heard", "evidence list": "recordings"}.get(typed, typed)
    hub.answers[typed] = {key: []}
    result = terminal.type(*typed.split(), language=language)
    assert result.exit_code == 0
    assert result.stdout.strip().endswith((".", "…", "scan"))


def test_tables_are_aligned(hub: SmallHub, terminal: Terminal) -> None:
    hub.answers["contacts"] = {"contacts": [CONTACT, CONTACT | {"name": "Marguerite"}]}
    heading, first, second = terminal.type("contacts").stdout.splitlines()
    assert heading.index("TELEPHONE") == first.index("+33639980001") == second.index("+33639980001")


def test_the_home_and_the_response_are_readable(hub: SmallHub, terminal: Terminal) -> None:
    hub.answers["response"] = {"response": [{"gesture": "single", "level": "prevention", "actions": ["sms"]}]}
    home = terminal.type("home").stdout
    assert all(line in home for line in ("Position: 47.996, -4.1024", "Door code: 12A4", "Good to know: not set"))
    assert "prevention" in terminal.type("response").stdout


def test_an_incident_shows_who_was_reached_and_who_answered(hub: SmallHub, terminal: Terminal) -> None:
    attempt = {"at": "2026-03-01T19:14:06Z", "path": "twilio", "result": "accepted", "code": ""}
    delivery = {"contact": "c1", "name": "Anna", "channel": "sms", "purpose": "alert", "outcome": "delivered"}
    hub.answers["incident"] = {
        "incident": INCIDENT
        | {
            "events": [{"at": "2026-03-01T19:14:05Z", "what": "opened", "detail": "double"}],
            "deliveries": [delivery | {"attempts": [attempt]}],
            "contacts": [{"id": "c1", "name": "Anna", "acknowledged_at": None}],
        }
    }
    printed = terminal.type("incident", "K7Q2M").stdout
    assert "twilio accepted" in printed
    assert "delivered" in printed


def test_an_exercise_names_what_it_does_not_try(hub: SmallHub, terminal: Terminal) -> None:
    untried = [{"path": "modem", "sentence": "This exercise did not use the SIM."}]
    hub.answers["drill"] = {"incident": INCIDENT, "untried": untried}
    assert "! This exercise did not use the SIM.\n" in terminal.type("drill", "single").stdout
    facts = {"events": [], "deliveries": [], "contacts": [], "untried": untried}
    hub.answers["incident"] = {"incident": INCIDENT | facts}
    assert terminal.type("incident", "K7Q2M").stdout.endswith("! This exercise did not use the SIM.\n")


def test_an_incident_shows_where_the_hub_was_as_the_contacts_were_told(hub: SmallHub, terminal: Terminal) -> None:
    there = {"told_at": "2026-11-23T20:16:05.123Z", "at": "2026-11-23T20:16:01.000Z", "latitude": 47.9712}
    there |= {"longitude": -4.1635, "radius": 1400.0, "source": "cell"}
    bare = INCIDENT | {"events": [], "deliveries": [], "contacts": [], "positions": [there]}
    hub.answers["incident"] = {"incident": bare}
    shown = terminal.type("incident", "K7Q2M")
    assert shown.exit_code == 0
    assert "47.97120,-4.16350" in shown.stdout
    assert "1400 m" in shown.stdout
    assert "mobile network" in shown.stdout


def test_an_incident_says_why_somebody_was_not_reached(hub: SmallHub, terminal: Terminal) -> None:
    why = "This telephone number does not exist: check it."
    attempt = {"at": "2026-03-01T19:14:06Z", "path": "twilio", "result": "refused", "code": "21211", "reason": why}
    delivery = {"contact": "c1", "channel": "sms", "outcome": "failed", "attempts": [attempt]}
    hub.answers["incident"] = {"incident": INCIDENT | {"events": [], "deliveries": [delivery], "contacts": []}}
    assert f"twilio refused 21211 {why}" in terminal.type("incident", "K7Q2M").stdout


STATUS = {
    "ready": False,
    "devices": [
        {"name": "siren", "device": "gpio", "ok": False, "detail": "no pin"},
        {"name": "modem", "device": "none", "ok": False, "detail": ""},
    ],
    "paths": [{"name": "twilio", "ok": None, "detail": ""}],
    "faults": [{"code": "siren", "since": "2026-03-01T19:14:05Z", "sentence": "The siren does not answer."}],
    "open_incident": "K7Q2M",
    "recording": None,
}


def test_the_status_says_what_does_not_work(hub: SmallHub, terminal: Terminal) -> None:
    hub.answers["status"] = STATUS
    printed = terminal.type("status").stdout
    for words in (
        "NOT ready",
        "Open incident: K7Q2M",
        "✗   siren",
        "-   modem",
        "-   twilio",
        "The siren does not answer.",
    ):
        assert words in printed


def test_the_status_shows_the_modem_its_sim_and_the_network(hub: SmallHub, terminal: Terminal) -> None:
    modem = {"present": True, "sim": True, "registered": False, "operator": "", "technology": "", "signal": None}
    hub.answers["status"] = STATUS | {
        "modem": modem | {"answering": True, "trouble": "no_network", "sentence": "The modem has no network."}
    }
    printed = terminal.type("status").stdout
    assert "✓      ✓        ✓    ✗           -        -" in printed
    assert "! The modem has no network.\n" in printed
    there = modem | {"registered": True, "operator": "Orange F", "technology": "LTE", "signal": 62}
    hub.answers["status"] = STATUS | {"modem": there | {"answering": True, "trouble": "", "sentence": ""}}
    assert "Orange F, LTE  62 %" in terminal.type("status").stdout


def test_a_doctor_who_finds_nothing_blocking_is_content(hub: SmallHub, terminal: Terminal) -> None:
    hub.answers["doctor"] = {
        "checks": [
            {"name": "store", "ok": True, "blocking": True, "sentence": "The store answers."},
            {"name": "video", "ok": False, "blocking": False, "sentence": "No video server is set."},
        ]
    }
    result = terminal.type("doctor")
    assert result.exit_code == 0
    assert result.stdout.startswith("✓ The store answers.\n! No video server is set.\n")


def test_a_doctor_who_finds_something_blocking_says_no(hub: SmallHub, terminal: Terminal) -> None:
    check = {"name": "contacts", "ok": False, "blocking": True, "sentence": "There is no contact."}
    hub.answers["doctor"] = {"checks": [check]}
    result = terminal.type("doctor")
    assert result.exit_code == 1
    assert result.stdout == "✗ There is no contact.\n"
    assert "must not be left" in result.stderr
