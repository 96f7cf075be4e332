"""Who gets a page, and what the page may do."""

import re

import pytest
from flask import Flask

from web import Settings, create_app
from web.access import HEADERS, host_name, is_address

from .conftest import ORIGIN


@pytest.mark.parametrize(
    "path", ["/status", "/demo/", "/status.json", "/contacts/add", "/no/such/page", "/static/icon.svg"]
)
def test_every_answer_carries_the_security_headers(browser, path):
    with browser.client.get(path) as answer:
        assert {name: answer.headers[name] for name in HEADERS} == HEADERS


def test_the_policy_allows_nothing_inline_and_nothing_from_elsewhere():
    policy = HEADERS["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert "http" not in policy


@pytest.mark.parametrize("path", ["/status", "/contacts", "/contacts/add", "/contacts/1/remove", "/home", "/demo/"])
def test_no_page_has_inline_script_style_or_a_foreign_address(browser, home, path):
    home.raise_alarm()
    page = browser.open(path)
    assert "<script>" not in page
    assert "style=" not in page
    assert "<style" not in page
    assert "//" not in page.replace("<!doctype html>", "")


@pytest.mark.parametrize("host", ["127.0.0.1:8080", "localhost", "localhost:9000", "[::1]:8080", "192.168.1.20"])
def test_a_known_name_and_any_address_are_served(browser, host):
    assert browser.client.get("/status", headers={"Host": host}).status_code == 200


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1.evil.example", "localhost.evil.example:80", "[x]"])
def test_a_strange_host_name_is_refused(browser, home, host):
    assert browser.client.get("/status", headers={"Host": host}).status_code == 400
    assert home.asked == []


def test_the_port_is_no_part_of_the_host_name():
    assert host_name("[::1]:8080") == "::1"
    assert host_name("LOCALHOST:1") == "localhost"
    assert not is_address("")


def test_a_view_that_nobody_named_is_not_found(sockets):
    app = create_app(Settings(**sockets, login=False, tls=False))
    app.add_url_rule("/forgotten", "forgotten", lambda: "secret")
    assert app.test_client().get("/forgotten").status_code == 404


def test_without_a_demonstration_there_is_no_demo_page(sockets):
    client = create_app(Settings(control=sockets["control"], login=False, tls=False)).test_client()
    assert client.get("/demo/").status_code == 404
    assert "/demo/" not in client.get("/status").get_data(as_text=True)


def posts(app: Flask) -> list[str]:
    rules = [rule for rule in app.url_map.iter_rules() if "POST" in (rule.methods or ())]
    return [re.sub("<.*?>", "1", rule.rule) for rule in rules]


def test_no_change_is_made_without_the_token(app, home):
    client = app.test_client()
    assert len(posts(app)) > 10
    for path in posts(app):
        assert client.post(path, data={"kind": "test", "incident": "K7Q2M"}, headers=ORIGIN).status_code == 400
    assert home.asked == []


def test_nothing_is_changed_by_opening_a_page(app, home):
    client = app.test_client()
    for path in posts(app):
        client.get(path)
    asked = {request["command"] for request in home.asked}
    assert asked <= {"contacts", "home", "setup", "buttons", "button scan", "try button"}
    assert not any("begin" in request for request in home.asked)


def test_the_cookies_are_out_of_reach_of_scripts_and_of_other_sites(browser):
    cookies = browser.client.get("/contacts/add?lang=fr").headers.getlist("Set-Cookie")
    assert len(cookies) == 2
    assert all("HttpOnly" in cookie and "SameSite=Strict" in cookie for cookie in cookies)


def test_the_secret_is_another_at_each_start_and_is_not_shown(sockets):
    one, other = Settings(**sockets), Settings(**sockets)
    assert one.secret != other.secret
    assert repr(one.secret) not in repr(one)


def test_the_front_leads_to_the_status_and_in_a_demonstration_to_what_it_shows(browser, sockets):
    alone = create_app(Settings(control=sockets["control"], login=False, tls=False)).test_client()
    assert alone.get("/").location == "/status"
    assert browser.client.get("/").location == "/demo/"
