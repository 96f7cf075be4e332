"""The set-up's path, the codes, the visits and the sheet."""

import re

import pytest

from hub import passcode
from hub.certificate import make

from .fakegate import RECIPE, key
from .fakehousehold import STEPS


def test_the_path_shows_every_step_in_its_order_done_or_not(technician):
    page = technician.open("/setup")
    places = [page.index(f"How it stands with {name}.") for name in STEPS]
    assert places == sorted(places)
    assert page.count('aria-label="done"') == 2
    assert page.count('aria-label="to do"') == len(STEPS) - 2


def test_every_step_that_has_a_page_leads_to_it(technician):
    page = technician.open("/setup")
    for path in re.findall(r'<b><a href="(/[^"]*)"', page):
        assert technician.client.get(path).status_code == 200, path
    assert len(re.findall(r'<b><a href="', page)) == len(STEPS)


def test_the_one_sentence_is_at_the_top_of_every_page_after_the_login(technician, home):
    home.raise_alarm()
    home.household.now = {"ok": False, "sentence": "An alert would reach nobody: add a contact first."}
    for path in PAGES:
        page = technician.open(path)
        assert page.count("An alert would reach nobody: add a contact first.") == 1, path
        assert page.index("would reach nobody") < page.index("<h1"), path


def test_every_page_after_the_login_says_that_the_hub_does_not_call_the_police(technician, home):
    home.raise_alarm()
    for path in PAGES:
        assert "17 or 112, by SMS 114" in technician.open(path), path


def test_every_title_in_the_history_is_neutral(technician, home):
    home.raise_alarm()
    for path in ("/", *PAGES, "/no/such"):
        assert re.findall("<title>(.*?)</title>", technician.open(path)) == ["Hub"], path


def test_every_form_of_the_pages_leads_somewhere(technician, home):
    """No dead link, no dead button."""
    home.raise_alarm()
    rules = technician.client.application.url_map.bind("localhost")
    for path in PAGES:
        page = technician.open(path)
        for link in re.findall(r'href="(/[^"?]*)"', page):
            assert rules.match(link, "GET"), link
        for target in re.findall(r'action="(/[^"]*)"', page):
            assert rules.match(target, "POST"), target


@pytest.mark.parametrize("form", ["/check", "/codes/wearer"])
def test_the_answer_to_a_form_leads_to_a_page_in_another_language(technician, form):
    technician.open("/status")
    page = technician.send(form).get_data(as_text=True)
    assert re.findall(r'href="([^"]*\?lang=..)"', page) == ["/status?lang=fr", "/status?lang=en"]


def test_the_set_up_is_finished_and_a_refusal_is_said(technician, home):
    technician.open("/setup")
    assert technician.send("/setup/finish").location == "/status"
    home.refusal = "Nobody would be told: add a contact first."
    assert home.refusal in technician.send("/setup/finish").get_data(as_text=True)
    home.refusal, home.household.finished = "", True
    assert "Finish the set-up" not in technician.open("/setup")


def test_a_new_code_is_shown_once_and_only_its_key_goes_to_the_hub(technician, home):
    technician.open("/codes")
    page = technician.send("/codes/wearer").get_data(as_text=True)
    (code,) = re.findall(r'<p class="code">(\d{6})</p>', page)
    assert home.gate.keys["wearer"] == key(code)
    assert code not in str(home.asked)
    assert code not in technician.open("/codes")
    assert passcode.key(code, bytes.fromhex(RECIPE["salt"]), 1, 64, 1) == key(code)


def test_a_code_for_nobody_is_not_found(technician, home):
    technician.open("/codes")
    assert technician.send("/codes/admin").status_code == 404
    assert home.changes("code new") == []


def test_who_was_here_is_listed_by_the_clock_of_the_home(technician):
    page = technician.open("/visits?lang=en")
    assert "Sunday 1 March at 20:14" in page
    assert "The page was opened" in page
    assert "by the button in the case" in page


def test_the_sheet_has_the_fingerprint_that_the_command_line_prints(technician, tmp_path, sockets):
    assert f"<code>{make(tmp_path)}</code>" in technician.open("/sheet")
    image = technician.client.get("/sheet/code.svg")
    assert image.mimetype == "image/svg+xml"
    assert "style" not in image.get_data(as_text=True)


def test_without_a_certificate_the_sheet_has_none(browser):
    assert "code.svg" not in browser.open("/sheet")
    assert browser.client.get("/sheet/code.svg").status_code == 404


def test_the_sheet_has_what_is_handed_over_on_one_page(technician, home):
    page = technician.open("/sheet")
    for words in (
        "Marie",
        "Anna",
        "+33612345670",
        "Paul",
        "Necklace",
        home.household.keys[0],
        "Hold it down",
        "4f1c 22ab",
    ):
        assert words in page


def test_everything_is_deleted_only_where_its_name_was_typed(technician, home):
    technician.open("/wipe")
    home.refusal = "Everything would be deleted: type what this hub is called, 7K2M."
    answer = technician.send("/wipe", confirm="7K2X")
    assert (answer.status_code, home.refusal in answer.get_data(as_text=True)) == (409, True)
    home.refusal = ""
    assert "is being deleted" in technician.send("/wipe", confirm="7K2M", recordings="yes").get_data(as_text=True)
    assert home.changes("wipe")[-1] == {"confirm": "7K2M", "recordings": True}


PAGES = (
    *("/status", "/setup", "/presence", "/home", "/response", "/contacts", "/contacts/add", "/contacts/1"),
    *("/contacts/1/remove", "/technicians", "/buttons", "/buttons/heard", "/buttons/add/AA:BB:CC:DD:EE:01"),
    *(
        "/buttons/b1",
        "/buttons/b1/try",
        "/drill",
        "/incidents",
        "/incidents/K7Q2M",
        "/recordings",
        "/recordings/K7Q2M-1/export",
    ),
    *("/siren", "/microphone", "/microphone?listen=yes", "/keys", "/codes", "/wipe", "/visits", "/sheet"),
)
