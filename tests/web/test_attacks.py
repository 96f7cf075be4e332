"""Attacks on the pages, one by one, and what each of them comes to."""

import pytest

from .conftest import ORIGIN

EVIL = "<script>alert('1')</script>\"' onload=x {{7*7}} %(name)s"


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://localhost:81"},
        {"Origin": "https://localhost"},
        {"Referer": "https://evil.example/localhost"},
        {},
    ],
)
def test_a_form_from_elsewhere_is_refused_even_with_the_token(technician, home, headers):
    technician.open("/contacts/add")
    asked = len(home.asked)
    sent = {"csrf_token": technician.token, "name": "Zoé", "phone": "06 12 34 56 79"}
    assert technician.client.post("/contacts/add", data=sent, headers=headers).status_code == 400
    assert len(home.asked) == asked


def test_an_old_browser_that_says_the_referrer_only_is_believed(technician, home):
    technician.open("/contacts/add")
    sent = {"csrf_token": technician.token, "name": "Zoé", "phone": "06 12 34 56 79"}
    answer = technician.client.post("/contacts/add", data=sent, headers={"Referer": "http://localhost/contacts/add"})
    assert answer.status_code == 303


@pytest.mark.parametrize("token", ["", "x", "IjAwMCI.x.y"])
def test_a_form_without_the_token_is_refused(technician, home, token):
    technician.open("/contacts/add")
    answer = technician.client.post("/contacts/add", data={"csrf_token": token, "name": "Zoé"}, headers=ORIGIN)
    assert answer.status_code == 400
    assert home.changes("contact add") == []


def test_the_token_of_another_session_is_worth_nothing(closed, technician, home):
    stranger = closed.test_client()
    stranger.get("/")
    technician.open("/contacts/add")
    sent = {"csrf_token": technician.token, "code": "K7Q2M-X4TRD"}
    assert stranger.post("/", data=sent, headers=ORIGIN).status_code == 400
    assert len(home.changes("page login")) == 1


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "TRACE", "OPTIONS"])
@pytest.mark.parametrize("path", ["/", "/status", "/contacts/add", "/contacts/1/remove"])
def test_other_methods_do_nothing(technician, home, method, path):
    asked = len(home.asked)
    answer = technician.client.open(path, method=method, headers=ORIGIN)
    assert answer.status_code in (200, 404, 405)
    assert method == "OPTIONS" or answer.status_code != 200
    assert {request["command"] for request in home.asked[asked:]} <= {"setup"}


@pytest.mark.parametrize("path", ["/", "/contacts/add", "/home"])
def test_a_body_above_16_kib_is_refused(technician, home, path):
    technician.open("/contacts/add")
    asked = len(home.asked)
    answer = technician.send(path, name="x" * 17_000, code="1")
    assert answer.status_code in (400, 413)
    assert {request["command"] for request in home.asked[asked:]} <= {"setup"}


@pytest.mark.parametrize(
    "path",
    [
        *("/contacts", "/contacts/1", "/contacts/1/remove", "/technicians", "/home", "/buttons", "/buttons/heard"),
        *("/incidents", "/incidents/K7Q2M", "/visits", "/keys", "/recordings", "/setup", "/status", "/response"),
        "/sheet",
    ],
)
def test_html_and_quotes_in_what_people_typed_stay_text(technician, home, path):
    home.raise_alarm()
    assert home.incident
    for facts in (*home.contacts, *home.household.technicians, *home.household.buttons, *home.household.heard):
        facts["name"] = EVIL
    for facts in (home.home, *home.incident["contacts"], *home.incident["deliveries"]):
        facts["name"] = EVIL
    home.household.keys = [*home.household.keys, EVIL]
    home.household.now["sentence"] = EVIL
    home.household.pending = [{"id": "p", "name": EVIL, "what": "change", "due": "2026-03-02T19:14:05Z", "phone": EVIL}]
    home.gate.visits = [{"at": "2026-03-02T19:14:05Z", "what": EVIL, "who": EVIL, "detail": EVIL}]
    answer = technician.client.get(path)
    page = answer.get_data(as_text=True)
    assert answer.status_code == 200
    assert "<script>" not in page
    assert "\"' onload" not in page
    assert "&lt;script&gt;" in page
    assert "{{7*7}}" in page


def test_what_was_typed_comes_back_as_text(technician, home):
    technician.open("/contacts/add")
    home.refusal = EVIL
    page = technician.send("/contacts/add", name=EVIL, phone=EVIL, email=EVIL, language=EVIL).get_data(as_text=True)
    assert "<script>" not in page
    assert "\"' onload" not in page


@pytest.mark.parametrize("host", ["evil.example", "localhost.evil.example", "127.0.0.1.evil.example:8443"])
def test_a_name_that_was_made_to_point_here_gets_nothing(technician, home, host):
    """DNS rebinding."""
    asked = len(home.asked)
    for path in ("/", "/status", "/static/door.css"):
        assert technician.client.get(path, headers={"Host": host}).status_code == 400
    assert len(home.asked) == asked


def test_the_session_cannot_be_written_by_hand(closed, visitor):
    visitor.client.set_cookie(
        "session", "eyJyb2xlIjoidGVjaG5pY2lhbiIsInRva2VuIjoiIn0.aaaaaa.bbbbbbbbbbbbbbbbbbbbbbbbbbb"
    )
    assert visitor.client.get("/status").location == "/"


def test_a_page_that_believes_itself_logged_in_still_gets_nothing_from_the_hub(technician, home):
    """The rights are the hub's to enforce: here the page's own session is made to lie."""
    home.gate.logins = dict.fromkeys(home.gate.logins, "wearer")
    technician.open("/contacts/add")
    answer = technician.send("/contacts/add", name="Zoé", phone="06 12 34 56 79")
    assert answer.status_code == 409
    assert "You are not allowed" in answer.get_data(as_text=True)


def test_nothing_is_kept_by_the_browser(technician):
    for path in ("/", "/status", "/contacts", "/sheet", "/no/such"):
        assert technician.client.get(path).headers["Cache-Control"] == "no-store"
