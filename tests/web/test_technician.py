"""What a technician reads and changes."""

import re

import pytest


def test_the_status_says_whether_a_press_would_go_out(browser, home):
    assert "Ready: a press would go out now." in browser.open("/status")
    home.faults = [{"code": "smtp", "since": "", "sentence": "The mail server refuses the login."}]
    page = browser.open("/status")
    assert "Not ready" in page
    assert "The mail server refuses the login." in page


def test_the_status_shows_devices_ways_and_the_open_incident(browser, home):
    home.raise_alarm()
    page = browser.open("/status")
    for words in ("Siren", "refused the login", "not set up", "An incident is open: K7Q2M."):
        assert words in page


def test_the_status_says_that_recordings_are_readable_until_there_is_a_key(browser, home):
    assert 'class="warning"' not in browser.open("/status")
    home.unfinished = ["Set-up is not finished: <add> a key."]
    assert '<p class="warning">Set-up is not finished: &lt;add&gt; a key.</p>' in browser.open("/status")


def test_the_live_part_of_the_status_is_the_same_as_on_the_page(browser):
    region = browser.client.get("/status.json").get_json()["regions"]["status"]
    assert region in browser.open("/status")


def test_each_page_asks_the_hub_once(browser, home):
    for path in ("/status", "/status.json", "/contacts", "/contacts/1/remove", "/home"):
        home.asked.clear()
        browser.open(path)
        assert len(home.asked) == 1, path


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
    assert "Zoé was added." in browser.open("/contacts")


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
    assert home.changes("contact remove") == [{"id": "1"}]


def test_a_contact_that_is_gone_is_not_found(browser):
    assert browser.client.get("/contacts/9/remove").status_code == 404


def test_a_refused_removal_is_said(browser, home):
    browser.open("/contacts/1/remove")
    home.refusal = "An incident is open."
    answer = browser.send("/contacts/1/remove")
    assert answer.status_code == 409
    assert home.refusal in answer.get_data(as_text=True)


def test_the_home_is_shown_as_it_would_be_typed_and_changed(browser, home):
    assert 'value="47.996,-4.102"' in browser.open("/home")
    typed = {"name": "Marie", "address": "5 rue du Port", "position": "47.9,-4.1", "language": "fr"}
    assert browser.send("/home", **typed).location == "/home"
    (sent,) = home.changes("home set")
    assert sent == typed


def test_what_the_emergency_services_ask_for_is_shown_and_changed(browser, home):
    home.home |= {"floor": "2", "door_code": "12A4", "residents": "Marie", "notes": "un chien"}
    page = browser.open("/home")
    assert all(f'value="{value}"' in page for value in ("2", "12A4", "Marie", "un chien"))
    browser.send("/home", door_code="57B9", notes="")
    assert home.changes("home set") == [{"door_code": "57B9", "notes": ""}]


def test_a_refused_home_keeps_what_was_typed(browser, home):
    home.refusal = "The position is not a latitude and a longitude."
    browser.open("/home")
    answer = browser.send("/home", name="Marie", address="Ici", position="north", language="fr")
    page = answer.get_data(as_text=True)
    assert answer.status_code == 409
    assert home.refusal in page
    assert 'value="north"' in page


@pytest.mark.parametrize("path", ["/status", "/contacts", "/contacts/add", "/contacts/1/remove", "/home", "/no/such"])
@pytest.mark.parametrize("language", ["fr", "en"])
def test_the_title_tells_nothing(browser, path, language):
    page = browser.open(f"{path}?lang={language}")
    assert re.findall("<title>(.*?)</title>", page) == ["Hub"]
    assert not re.search("safety|alarm|violence|sécurité", page, re.IGNORECASE)


def test_the_page_says_that_it_has_no_login(browser):
    assert "from this machine only (127.0.0.1)" in browser.open("/status")
    elsewhere = browser.open("/status", environ_base={"REMOTE_ADDR": "192.168.1.7"})
    assert "it was opened from another machine" in elsewhere


def test_a_silent_hub_is_said_in_large_letters(browser, sockets):
    sockets["control"].unlink()
    answer = browser.client.get("/status")
    assert answer.status_code == 503
    assert '<h1 class="silent" role="alert">The hub does not answer.</h1>' in answer.get_data(as_text=True)
    assert browser.client.get("/status.json").status_code == 503
    assert browser.client.get("/demo/").status_code == 503
