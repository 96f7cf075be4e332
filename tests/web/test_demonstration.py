"""The demonstration as a newcomer meets it: `hub demo`, whole, in a real browser."""

import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from .chromium import chromium, opened

ROOT = Path(__file__).parents[2]
LONG = 40_000  # ms; a shared machine is slow
SPOKEN = 90_000  # ms; a text is heard at the speed of speech


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as browser:
        yield browser


@pytest.fixture(scope="module")
def address(tmp_path_factory) -> Iterator[str]:
    """A demonstration of its own; it ends with the tests."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "hub", "demo", "--port", str(port), "--state", tmp_path_factory.mktemp("demo")]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as demo:
        assert demo.stdout
        said = next((line for line in demo.stdout if f"127.0.0.1:{port}" in line), "")
        assert said, "the demonstration did not start"
        yield f"http://127.0.0.1:{port}/"
        demo.terminate()
        demo.stdout.read()


@pytest.fixture
def page(browser, address) -> Iterator[Page]:
    """A page that begins without an alert and with empty telephones."""
    with opened(browser, f"{address}?lang=en") as page:
        page.goto(f"{address}demo/?lang=en")
        page.set_default_timeout(LONG)
        yield page
        if page.get_by_role("button", name="It was a test").count():
            page.get_by_role("button", name="It was a test").click()
            expect(page.locator(".level.over")).to_be_visible(timeout=LONG)
        with page.expect_navigation():
            page.get_by_role("button", name="Start over").click()


def everybody(page: Page, part: str, text: str) -> None:
    """Each of the five telephones has such a part."""
    for screen in page.locator(".screen").all():
        expect(screen.locator(part).first).to_contain_text(text, timeout=LONG)


def test_a_double_press_rings_writes_and_mails_to_all_five(page):
    expect(page.locator(".phone")).to_have_count(5)
    page.locator(".puck").dblclick()
    everybody(page, ".live", "Incoming call")
    everybody(page, ".bubble", "17")
    everybody(page, ".mail", "Marie")
    expect(page.locator(".level")).to_contain_text("Rescue")
    expect(page.locator(".sum")).to_contain_text("15 of 15 accepted", timeout=LONG)
    expect(page.locator(".siren")).to_contain_text("silent")


def test_a_single_press_only_writes(page):
    page.locator(".puck").click()
    everybody(page, ".bubble", "Marie")
    expect(page.locator(".level")).to_contain_text("Prevention")
    expect(page.locator(".live, .mail")).to_have_count(0)


def test_holding_sounds_the_siren_and_records_until_it_is_ended(page):
    page.locator(".puck").hover()
    page.mouse.down()
    expect(page.locator(".siren.sounding")).to_be_visible(timeout=LONG)
    page.mouse.up()
    expect(page.locator(".recording.running")).to_be_visible(timeout=LONG)
    page.get_by_role("button", name="False alarm").click()
    expect(page.locator(".siren.sounding, .recording.running")).to_have_count(0, timeout=LONG)
    expect(page.locator(".sum")).to_contain_text("the all-clear was sent", timeout=LONG)


@pytest.mark.timeout(180)
def test_whoever_hears_the_text_and_presses_1_is_in_charge(page):
    page.get_by_role("button", name="Two clicks").click()
    anna, karim = page.locator(".phone").nth(0), page.locator(".phone").nth(1)
    karim.get_by_role("button", name="Ignore").click()
    anna.get_by_role("button", name="Answer").click()
    expect(anna.locator(".subtitle")).to_contain_text("Si vous vous en occupez", timeout=SPOKEN)
    expect(page.locator(".level")).to_contain_text("Telling the contacts")
    anna.get_by_role("button", name="1", exact=True).click()
    expect(page.locator(".level")).to_contain_text("Anna is taking care", timeout=LONG)
    expect(anna.locator(".reach")).to_contain_text("confirmed")
    expect(karim.locator(".bubble").first).to_contain_text("Anna s'en occupe", timeout=LONG)
    expect(page.get_by_role("button", name="Answer")).to_have_count(0, timeout=LONG)
    anna.get_by_role("button", name="Hang up").click()
    expect(anna.locator(".past")).to_contain_text("answered", timeout=LONG)
    karim.get_by_role("button", name="Call the hub back").click()
    expect(karim.locator(".subtitle")).to_contain_text("Service de messages automatiques", timeout=LONG)
    karim.get_by_role("button", name="Hang up").click()


def test_a_contact_out_of_reach_gets_the_message_when_back(page):
    telephone = page.locator(".phone").nth(3)
    with page.expect_response("**/demo/behave"):
        telephone.get_by_role("combobox").select_option("out_of_reach")
    page.get_by_role("button", name="One click").click()
    expect(page.locator(".bubble")).to_have_count(4, timeout=LONG)
    with page.expect_response("**/demo/behave"):
        telephone.get_by_role("combobox").select_option("by_hand")
    expect(page.locator(".bubble")).to_have_count(5, timeout=LONG)


def test_while_the_provider_is_away_nothing_is_lost(page):
    page.locator("#laboratory summary").click()
    page.get_by_role("button", name="SMS and calls are away").click()
    expect(page.locator("#notice")).to_contain_text("10 seconds")
    page.get_by_role("button", name="Two clicks").click()
    everybody(page, ".mail", "Marie")
    expect(page.locator(".bubble")).to_have_count(0)
    everybody(page, ".bubble", "Marie")
    everybody(page, ".live", "Incoming call")


@pytest.mark.parametrize("language", ["fr", "en"])
def test_a_narrow_telephone_shows_it_all_without_scrolling_sideways(page, language):
    page.get_by_role("button", name="Two clicks").click()
    everybody(page, ".mail", "Marie")
    page.set_viewport_size({"width": 360, "height": 740})
    page.goto(f"{page.url.partition('?')[0]}?lang={language}")
    page.locator(".mail").first.evaluate("mail => { mail.open = true; }")
    assert page.evaluate("document.documentElement.scrollWidth") == 360
    page.goto(f"{page.url.partition('?')[0]}?lang=en")
    page.set_viewport_size({"width": 1280, "height": 800})


def test_what_is_pulled_out_is_told_until_it_is_back(page):
    page.locator("#laboratory summary").click()
    page.get_by_role("button", name="Cut the mains").click()
    page.get_by_role("button", name="Pull the modem out").click()
    sim, mains = (page.locator(".ways li", has_text=name) for name in ("SMS by the mobile network", "Mains power"))
    expect(sim.get_by_label("does not work")).to_be_visible(timeout=LONG)
    page.get_by_role("button", name="Plug the modem in again").click()
    expect(sim.get_by_label("works", exact=True)).to_be_visible(timeout=LONG)
    expect(mains.get_by_label("does not work")).to_be_visible(timeout=LONG)


def test_while_the_internet_is_away_sms_come_by_the_hubs_own_sim_and_can_be_answered(page):
    """The last one: for half a minute the hub takes the internet for lost, and its SIM helps out."""
    page.locator("#laboratory summary").click()
    page.get_by_role("button", name="The internet is away").click()
    expect(page.locator("#notice")).to_contain_text("30 seconds")
    page.get_by_role("button", name="Two clicks").click()
    for screen in page.locator(".screen").all():
        expect(screen.locator(".bubble", has_text="by the hub's own SIM").first).to_be_visible(timeout=LONG)
    page.locator(".phone").first.get_by_role("button", name="Answer the SMS").click()
    expect(page.locator(".level")).to_contain_text("Anna is taking care", timeout=LONG)
