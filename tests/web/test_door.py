"""The code page, which tells nothing, and what begins and ends a login."""

import re

import pytest

from web import Settings, create_app
from web.door import ELSEWHERE

from .conftest import Browser
from .fakegate import CODES


def without_token(page: str) -> str:
    return re.sub(r'value="[^"]+"', "", page)


def test_the_code_page_has_one_field_one_button_and_the_languages(visitor):
    page = visitor.open("/?lang=en")
    assert re.findall(r"<title>(.*?)</title>", page) == ["Hub"]
    assert len(re.findall(r'<input (?!type="hidden")', page)) == 1
    assert page.count("<button") == 1
    assert re.findall(r'<a href="([^"]*)"', page) == ["?lang=fr", "?lang=en"]
    assert not re.search("safety|alarm|violence|police|contact|sécurité", page, re.IGNORECASE)


def test_the_code_page_is_the_same_whatever_the_hub_is_like(visitor, home, sockets):
    """It does not even ask the hub."""
    usual = without_token(visitor.open("/"))
    home.raise_alarm()
    home.gate.open, home.gate.wait = False, 60
    assert without_token(visitor.open("/")) == usual
    sockets["control"].unlink()
    assert without_token(visitor.open("/")) == usual
    assert home.asked == []


@pytest.mark.parametrize(("role", "first"), [("technician", "/setup"), ("wearer", "/status")])
def test_a_code_leads_in(visitor, role, first):
    assert visitor.log_in(role).location == "/start"
    assert visitor.client.get("/start").location == first


def test_a_finished_set_up_leads_to_the_status(technician, home):
    home.household.finished = True
    assert technician.client.get("/start").location == "/status"


def test_a_code_may_be_typed_in_any_case_and_without_its_dash(visitor):
    visitor.open("/")
    assert visitor.send("/", code=" k7q2mx4trd ").status_code == 303


def test_the_code_itself_never_goes_to_the_hub(visitor, home):
    visitor.log_in("technician")
    assert home.changes("page login")[0].keys() == {"try", "key"}
    assert not re.search("K7Q2M|X4TRD", str(home.asked), re.IGNORECASE)


def test_a_wrong_code_is_said_calmly(visitor):
    visitor.open("/")
    answer = visitor.send("/", code="123456")
    assert answer.status_code == 403
    assert "This code is wrong." in answer.get_data(as_text=True)
    assert "123456" not in answer.get_data(as_text=True)
    assert visitor.client.get("/status").location == "/"


def test_how_long_to_wait_and_that_it_is_closed_is_said(visitor, home):
    visitor.open("/")
    home.gate.wait = 16
    assert "wait 16 s" in visitor.send("/", code=CODES["wearer"]).get_data(as_text=True)
    home.gate.wait, home.gate.open = 0, False
    assert "The page is closed." in visitor.send("/", code=CODES["wearer"]).get_data(as_text=True)


@pytest.mark.parametrize("code", ["", "   ", "1" * 41])
def test_what_cannot_be_a_code_costs_no_try(visitor, home, code):
    visitor.open("/")
    assert visitor.send("/", code=code).status_code == 403
    assert home.gate.tries == []


def test_a_silent_hub_is_said_on_a_page_that_tells_nothing_else(visitor, sockets):
    visitor.open("/")
    sockets["control"].unlink()
    answer = visitor.send("/", code=CODES["wearer"])
    assert answer.status_code == 503
    assert "The hub does not answer." in answer.get_data(as_text=True)
    assert "Status" not in answer.get_data(as_text=True)


def test_a_session_from_before_the_login_opens_nothing_after_it(visitor):
    """Session fixation: the cookie that somebody planted is not the one that is logged in."""
    visitor.open("/")
    planted = visitor.client.get_cookie("session").value
    visitor.log_in("technician")
    assert visitor.client.get_cookie("session").value != planted
    visitor.client.set_cookie("session", planted)
    assert visitor.client.get("/status").location == "/"


def test_a_token_from_before_the_login_sends_no_form_after_it(visitor, home):
    visitor.open("/")
    planted = visitor.token
    visitor.send("/", code=CODES["technician"])
    visitor.token = planted
    assert visitor.send("/contacts/1/remove").status_code == 400
    assert home.changes("contact remove") == []


def test_a_second_browser_ends_the_login_of_the_first(closed, home):
    first, second = Browser(closed.test_client()), Browser(closed.test_client())
    first.log_in("technician")
    assert first.client.get("/status").status_code == 200
    second.log_in("wearer")
    assert second.client.get("/status").status_code == 200
    assert first.client.get("/status").location == "/"
    assert first.client.get("/setup").location == "/"


@pytest.mark.parametrize("path", ["/status", "/contacts", "/setup", "/incidents/K7Q2M", "/buttons/heard", "/sheet"])
def test_when_the_window_closes_every_page_leads_back_to_the_code(technician, home, path):
    home.gate.open = False
    answer = technician.client.get(path)
    assert (answer.status_code, answer.location) == (303, "/")
    with technician.client.session_transaction() as session:
        assert "token" not in session


def test_a_form_that_comes_after_the_window_closed_changes_nothing(technician, home):
    technician.open("/contacts/add")
    home.gate.open = False
    assert technician.send("/contacts/add", name="Zoé", phone="06 12 34 56 79").location == "/"


def test_a_live_part_says_that_the_login_is_over(technician, home):
    assert technician.client.get("/status.json").status_code == 200
    home.gate.logins.clear()
    assert technician.client.get("/status.json").status_code == 401


def test_what_a_page_asks_by_itself_does_not_count_as_use(technician, home):
    """Else a page that lies open would never be idle."""
    technician.client.get("/status")
    assert home.polls == 0
    technician.client.get("/status.json")
    assert home.polls == 2  # the status, and the sentence above it


def test_leaving_quickly_ends_the_login_and_leads_elsewhere(technician, home):
    technician.open("/status?lang=fr")
    answer = technician.client.get("/leave")
    assert (answer.status_code, answer.location) == (303, ELSEWHERE["fr"])
    assert technician.client.get_cookie("session") is technician.client.get_cookie("lang") is None
    assert home.gate.logins == {}
    assert technician.client.get("/status").location == "/"


def test_leaving_quickly_works_when_the_hub_is_silent(technician, sockets):
    sockets["control"].unlink()
    assert technician.client.get("/leave").location == ELSEWHERE["en"]
    assert technician.client.get("/status").location == "/"


def test_logging_out_leads_to_the_code_page(technician, home):
    technician.open("/status")
    assert technician.send("/log-out").location == "/"
    assert home.gate.logins == {}


@pytest.mark.parametrize("extra", ["?next=https://evil.example/", "?next=//evil.example", "?url=https://evil.example"])
def test_no_address_in_a_request_leads_elsewhere(visitor, extra):
    """Open redirect."""
    visitor.open("/")
    assert visitor.send(f"/{extra}", code=CODES["technician"]).location == "/start"
    for path in ("/start", "/leave"):
        assert "evil" not in visitor.client.get(f"{path}{extra}").location


def test_over_tls_the_cookie_is_bound_to_this_host(sockets):
    app = create_app(Settings(control=sockets["control"]))
    client = app.test_client()
    (cookie,) = client.get("/", base_url="https://localhost").headers.getlist("Set-Cookie")
    assert cookie.startswith("__Host-session=")
    parts = {part.strip() for part in cookie.split(";")[1:]}
    assert parts == {"Secure", "HttpOnly", "Path=/", "SameSite=Strict"}
