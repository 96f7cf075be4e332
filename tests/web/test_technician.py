"""What a technician reads and changes."""

import re

import pytest


def test_the_status_says_whether_a_press_would_go_out(browser, home):
    assert "An alert would get out now." in browser.open("/status")
    home.household.now = {"ok": False, "sentence": "An alert would reach nobody."}
    home.faults = [{"code": "smtp", "since": "", "sentence": "The mail server refuses the login."}]
    page = browser.open("/status")
    assert "An alert would reach nobody." in page
    assert "The mail server refuses the login." in page


def test_a_hub_that_does_not_tell_it_in_one_sentence_says_whether_it_is_ready(browser, home):
    home.refusal, home.always = "There is no command setup.", {"status"}
    assert "Ready: a press would go out now." in browser.open("/status")
    home.faults = [{"code": "smtp", "since": "", "sentence": "The mail server refuses the login."}]
    assert "Not ready" in browser.open("/status")


def test_the_status_shows_devices_ways_and_the_open_incident(browser, home):
    home.raise_alarm()
    page = browser.open("/status")
    for words in ("Siren", "refused the login", "not set up", "An incident is open: K7Q2M.", "Version 0.1.0 · 7K2M"):
        assert words in page


def test_the_status_says_that_recordings_are_readable_until_there_is_a_key(browser, home):
    assert 'class="warning"' not in browser.open("/status")
    home.unfinished = ["Set-up is not finished: <add> a key."]
    assert '<p class="warning">Set-up is not finished: &lt;add&gt; a key.</p>' in browser.open("/status")


def test_the_live_part_of_the_status_is_the_same_as_on_the_page(browser):
    region = browser.client.get("/status.json").get_json()["regions"]["status"]
    assert region in browser.open("/status")


def test_everything_is_checked_with_what_is_wrong_first(technician, home):
    technician.open("/status")
    page = technician.send("/check").get_data(as_text=True)
    assert page.index("There is no contact.") < page.index("Name and address are there.")
    assert "must not be left like this" in page
    home.checks[1]["blocking"] = False
    assert "Nothing here would keep" in technician.send("/check").get_data(as_text=True)


def test_no_page_asks_the_hub_the_same_twice(browser, home):
    for path in ("/status", "/status.json", "/contacts", "/contacts/1/remove", "/home", "/setup", "/sheet", "/drill"):
        home.asked.clear()
        browser.open(path)
        asked = [request["command"] for request in home.asked]
        assert asked, path
        assert len(asked) == len(set(asked)), path


@pytest.mark.parametrize("path", ["/status", "/contacts", "/contacts/add", "/contacts/1/remove", "/home", "/no/such"])
@pytest.mark.parametrize("language", ["fr", "en"])
def test_the_title_tells_nothing(browser, path, language):
    page = browser.open(f"{path}?lang={language}")
    assert re.findall("<title>(.*?)</title>", page) == ["Hub"]
    assert not re.search("safety|alarm|violence|sécurité", page, re.IGNORECASE)


def test_a_page_without_a_code_says_so(browser):
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
