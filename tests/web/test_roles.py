"""What each role may open, against everything that there is to open."""

import re

import pytest
from flask import Flask

from .conftest import Browser
from .fakegate import CODES

NOBODYS = {"/": {"GET", "POST"}, "/static/<path:filename>": {"GET"}}
WEARERS = {
    "/start": {"GET"},
    "/status": {"GET"},
    "/status.json": {"GET"},
    "/check": {"POST"},
    "/contacts": {"GET"},
    "/home": {"GET"},
    "/incidents": {"GET"},
    "/incidents/<incident>": {"GET"},
    "/incidents/<incident>.json": {"GET"},
    "/incidents/<incident>/resolve": {"POST"},
    "/visits": {"GET"},
    "/leave": {"GET"},
    "/log-out": {"POST"},
}


def everything(app: Flask) -> list[tuple[str, str]]:
    return [
        (rule.rule, method)
        for rule in app.url_map.iter_rules()
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"})
    ]


def ask(browser: Browser, rule: str, method: str):
    path = re.sub("<path:.*?>", "hub.css", rule)
    path = re.sub("<.*?>", "1", path)
    if method == "GET":
        return browser.client.get(path, buffered=True)
    return browser.send(path, kind="test", gesture="single", code=CODES["wearer"])


def test_whoever_is_nobody_is_led_to_the_code_page_from_everywhere(closed, home):
    visitor = Browser(closed.test_client())
    assert len(everything(closed)) > 50
    for rule, method in everything(closed):
        if rule == "/":
            continue
        visitor.open("/")
        answer = ask(visitor, rule, method)
        assert answer.status_code == (401 if rule.endswith(".json") else 303), rule
        assert rule.endswith(".json") or answer.location == "/", rule
    assert home.asked == []


def test_what_does_not_exist_looks_no_different_to_nobody(visitor):
    assert visitor.client.get("/no/such/page").location == "/"
    assert visitor.client.get("/demo/").location == "/"


def test_the_styles_of_the_code_page_are_all_that_nobody_can_read(visitor):
    assert visitor.client.get("/static/door.css", buffered=True).status_code == 200
    for name in ("hub.css", "live.js", "leave.js", "place.js", "button.js", "demo.css"):
        assert visitor.client.get(f"/static/{name}").location == "/", name


def test_the_wearer_reaches_her_pages_and_no_other(closed, home):
    home.raise_alarm()
    for rule, method in everything(closed):
        wearer = Browser(closed.test_client())
        wearer.log_in("wearer")
        wearer.open("/status")
        asked = len(home.asked)
        answer = ask(wearer, rule, method)
        if method in (NOBODYS | WEARERS).get(rule, ()):
            assert answer.status_code < 400, rule
        else:
            assert answer.status_code in (404, 405), rule
            assert {request["command"] for request in home.asked[asked:]} <= {"setup"}, rule


def test_the_wearer_is_shown_nothing_that_she_may_not_do(wearer, home):
    home.raise_alarm()
    home.contacts.pop()  # there is room for one more
    home.household.pending = [PENDING]
    for path in ("/status", "/contacts", "/home", "/incidents", "/incidents/K7Q2M", "/visits"):
        page = wearer.open(path)
        targets = set(re.findall(r'(?:href|action)="(/[^"?]*)"', page)) - {"/static/hub.css", "/static/icon.svg"}
        allowed = {*WEARERS, "/incidents/K7Q2M", "/incidents/K7Q2M/resolve", "/status", "/leave", "/log-out", "/check"}
        assert targets <= allowed, (path, targets - allowed)


def test_the_wearer_ends_an_incident(wearer, home):
    home.raise_alarm()
    wearer.open("/incidents/K7Q2M")
    assert wearer.send("/incidents/K7Q2M/resolve", kind="false_alarm").status_code == 303
    assert home.changes("resolve") == [{"id": "K7Q2M", "kind": "false_alarm"}]


@pytest.mark.parametrize("path", ["/status", "/contacts", "/home", "/incidents", "/incidents/K7Q2M", "/visits"])
@pytest.mark.parametrize("language", ["fr", "en"])
def test_the_duress_code_sees_what_the_wearers_sees(closed, home, path, language):
    home.raise_alarm()
    seen = []
    for role in ("wearer", "duress"):
        browser = Browser(closed.test_client())
        browser.log_in(role)
        home.gate.visits.clear()
        seen.append(re.sub(r'value="[^"]+"', "", browser.open(f"{path}?lang={language}")))
    assert seen[0] == seen[1]


PENDING = {
    "id": "p1",
    "contact": "1",
    "name": "Bruno",
    "what": "removal",
    "asked": "2026-03-01T19:14:05Z",
    "due": "2026-03-02T19:14:05Z",
}
