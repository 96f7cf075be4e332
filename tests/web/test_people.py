"""Who is told, and what it takes to change that."""

import base64
import zlib

import pytest


def test_the_contacts_are_listed_and_names_are_escaped(browser, home):
    home.contacts[0]["name"] = "<i>Anna</i>"
    page = browser.open("/contacts")
    assert "&lt;i&gt;Anna&lt;/i&gt;" in page
    assert "<i>" not in page
    assert "+33612345674" in page
    assert "There are five contacts" in page


def test_a_contact_is_added(browser, home):
    home.contacts.pop()
    browser.open("/contacts")
    typed = {"name": " Zoé ", "phone": "06 12 34 56 79", "email": "", "language": "fr"}
    assert browser.send("/contacts/add", **typed).location == "/contacts"
    assert home.changes("contact add") == [{"name": "Zoé", "phone": "06 12 34 56 79", "language": "fr"}]
    assert "The contact was added." in browser.open("/contacts")


def test_a_refusal_is_said_beside_the_form_and_what_was_typed_stays(browser, home):
    home.refusal = "112 is an emergency number."
    browser.open("/contacts/add")
    answer = browser.send("/contacts/add", name="Zoé", phone="112", email="z@example.org", language="en")
    page = answer.get_data(as_text=True)
    assert answer.status_code == 409
    for words in (home.refusal, 'value="Zoé"', 'value="112"', 'value="z@example.org"', '<option value="en" selected'):
        assert words in page


def test_removing_a_contact_is_asked_first(browser, home):
    page = browser.open("/contacts/1/remove")
    assert "Remove Bruno?" in page
    assert home.changes("contact remove") == []
    browser.send("/contacts/1/remove")
    assert home.changes("contact remove") == [{"id": "1", "now": False, "unsafe": False}]


def test_a_contact_that_is_gone_is_not_found(browser):
    assert browser.client.get("/contacts/9/remove").status_code == 404


def test_a_refused_removal_is_said(browser, home):
    browser.open("/contacts/1/remove")
    home.refusal = "An incident is open."
    answer = browser.send("/contacts/1/remove")
    assert answer.status_code == 409
    assert home.refusal in answer.get_data(as_text=True)


def test_a_removal_says_when_it_takes_effect(technician, home):
    technician.open("/contacts/1/remove")
    technician.send("/contacts/1/remove")
    assert "It takes effect on Monday 2 March at 20:14" in technician.open("/contacts?lang=en")
    technician.send("/contacts/1/remove", now="yes", unsafe="yes")
    assert "The contact was removed." in technician.open("/contacts")
    assert home.changes("contact remove")[1] == {"id": "1", "now": True, "unsafe": True}


def test_only_what_was_changed_of_a_contact_is_sent(technician, home):
    person = {key: home.contacts[1][key] for key in ("name", "phone", "email", "language")}
    technician.open("/contacts/1")
    technician.send("/contacts/1", **{**person, "name": "Bruno B."}, consent="yes")
    technician.send("/contacts/1", **{**person, "phone": "+33612345699"})
    choices = {"now": False, "unsafe": False}
    assert home.changes("contact change") == [
        {"id": "1", "name": "Bruno B.", **choices},
        {"id": "1", "phone": "+33612345699", "consent": False, **choices},
    ]


def test_a_wrong_number_is_said_beside_its_field(technician, home):
    technician.open("/contacts/1")
    home.refusal, home.refusal_code = "112 is an emergency number.", "emergency_number"
    page = technician.send("/contacts/1", name="Bruno", phone="112", email="", language="fr").get_data(as_text=True)
    assert '<strong class="wrong" id="phone-wrong" role="alert">112 is an emergency number.</strong>' in page
    assert 'aria-invalid="true" aria-describedby="phone-wrong phone-help"' in page


def test_a_contact_who_agreed_is_noted(technician, home):
    home.contacts.pop()
    assert "Has agreed" in technician.open("/contacts")
    technician.send("/contacts/add", name="Zoé", phone="06 12 34 56 79", language="fr", consent="yes")
    assert home.changes("contact change") == [{"id": "new", "consent": True, "now": False, "unsafe": False}]


def test_contacts_are_put_in_order(technician, home):
    technician.open("/contacts")
    technician.send("/contacts/2/move", to="up")
    technician.send("/contacts/2/move", to="down")
    technician.send("/contacts/0/move", to="up")
    orders = [change["ids"] for change in home.changes("contact order")]
    assert orders == [["0", "2", "1", "3", "4"], ["0", "1", "3", "2", "4"], ["0", "1", "2", "3", "4"]]
    assert technician.send("/contacts/9/move", to="up").status_code == 404


def test_what_is_still_to_take_effect_is_confirmed_or_withdrawn(technician, home):
    due = "2026-03-02T19:14:05Z"
    home.household.pending = [
        {"id": "p1", "contact": "1", "name": "Bruno", "what": "removal", "asked": due, "due": due}
    ]
    assert "Bruno is to be removed." in technician.open("/contacts")
    technician.send("/pending/p1/confirm")
    technician.send("/pending/p1/withdraw")
    assert home.changes("pending confirm") == home.changes("pending withdraw") == [{"id": "p1"}]


@pytest.mark.parametrize("people", ["contacts", "technicians"])
def test_no_name_is_kept_in_the_browser(technician, home, people):
    home.contacts.pop()
    technician.open(f"/{people}")
    technician.send(f"/{people}/add", name="Zebulon", phone="06 12 34 56 79", email="z@example.org", language="fr")
    kept = technician.client.get_cookie("session").value
    signed = session_json_of(kept)
    assert "added" in signed
    assert "Zebulon" not in signed


def session_json_of(cookie: str) -> str:
    """What Flask wrote into it: signed, not sealed."""
    body = cookie.lstrip(".").partition(".")[0]
    raw = base64.urlsafe_b64decode(body + "=" * (-len(body) % 4))
    return (zlib.decompress(raw) if cookie.startswith(".") else raw).decode()


def test_technicians_are_added_and_removed(technician, home):
    technician.open("/technicians")
    technician.send("/technicians/add", name="Léa", phone="06 12 34 56 91", email="", language="fr")
    technician.send("/technicians/t1/remove")
    assert home.changes("technician add") == [{"name": "Léa", "phone": "06 12 34 56 91", "language": "fr"}]
    assert home.changes("technician remove") == [{"id": "t1"}]
