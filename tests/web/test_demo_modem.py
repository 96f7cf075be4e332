"""The demonstration without the internet: what the hub's own SIM does then."""

import pytest

from web.stage import incident

from .fakehome import SIM
from .test_demo import outcomes


def test_without_the_internet_neither_calls_and_sms_nor_mails_leave(browser, home):
    browser.open("/demo/")
    browser.send("/demo/fault", fault="internet")
    assert home.changes("fault") == [{"service": service, "kind": "reset"} for service in ("twilio", "smtp")]
    assert "30 seconds" in browser.open("/demo/")


def test_what_is_pulled_out_can_be_plugged_in_again(browser, home):
    page = browser.open("/demo/")
    assert all(words in page for words in ("Pull the modem out", "Cut the mains"))
    home.trouble, home.mains_lost = "absent", True
    page = browser.open("/demo/")
    assert all(words in page for words in ("Plug the modem in again", "Give the mains back"))


def test_an_sms_of_the_sim_says_so_and_can_be_answered_while_the_incident_is_open(browser, home):
    home.raise_alarm()
    home.phones[1]["messages"][0]["from"] = SIM
    page = browser.open("/demo/")
    assert page.count("by the hub's own SIM") == page.count('formaction="/demo/reply"') == 1
    home.incident["state"] = "resolved"
    assert "/demo/reply" not in browser.open("/demo/")


def second_way(home, outcome: str) -> None:
    """Anna's SMS went by the hub's own SIM as well."""
    attempt = {"path": "modem", "result": "accepted", "code": ""}
    first = next(d for d in home.incident["deliveries"] if d["channel"] == "sms")
    home.incident["deliveries"].append(first | {"outcome": outcome, "attempts": [attempt]})


@pytest.mark.parametrize(
    ("first", "second", "shown"), [("queued", "accepted", "accepted"), ("delivered", "queued", "delivered")]
)
def test_an_sms_that_goes_two_ways_has_come_as_far_as_the_better_one(home, first, second, shown):
    home.raise_alarm()
    home.incident["deliveries"][0]["outcome"] = first
    second_way(home, second)
    assert outcomes(incident(home.incident), "0")["sms"] == shown
