"""The pages behind the code in a real browser: leaving quickly, live parts, narrow, by keyboard, for weak eyes."""

from collections.abc import Iterator
from contextlib import contextmanager
from time import perf_counter

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from .chromium import chromium, opened, serving
from .fakegate import CODES
from .fakehousehold import lesson
from .test_browser import PALE
from .test_roles import PENDING
from .test_setup import PAGES

HERS = ("/status", "/contacts", "/home", "/incidents", "/incidents/K7Q2M", "/visits")
OTHERS = ("/buttons/lesson", "/recordings/K7Q2M-1/copying?folder=/tmp", "/no/such/page")
WEATHER = "<title>Weather</title><h1>Weather</h1>"


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as browser:
        yield browser


@pytest.fixture
def site(closed) -> Iterator[str]:
    with serving(closed) as address:
        yield address


@pytest.fixture
def busy(home) -> None:
    """Something on every page."""
    home.raise_alarm()
    home.contacts.pop()
    home.contacts[0] |= {"name": "Anne-Sophie-de-la-Rochefoucauld-Montbel", "consent": None}
    home.household.pending = [PENDING]
    home.household.lesson = lesson("asking")
    home.household.copied = 5
    home.faults = [{"code": "smtp", "since": "", "sentence": "The mail server refuses the login."}]


@contextmanager
def logged_in(browser: Browser, site: str, role: str = "technician", language: str = "en", **options) -> Iterator[Page]:
    with opened(browser, f"{site}/?lang={language}", **options) as page:
        page.route("**/*weather*", lambda route: route.fulfill(body=WEATHER, content_type="text/html"))
        page.route("**/www.meteofrance.com/", lambda route: route.fulfill(body=WEATHER, content_type="text/html"))
        page.locator("#code").fill(CODES[role])
        page.locator("#code").press("Enter")
        expect(page.locator("#exit")).to_be_visible()
        page.wait_for_load_state("load")  # what the page does by itself runs last
        yield page


@pytest.mark.timeout(180)
@pytest.mark.parametrize(("role", "pages"), [("technician", (*PAGES, *OTHERS)), ("wearer", HERS)])
def test_axe_finds_nothing_that_would_keep_somebody_out(browser, site, busy, role, pages):
    with logged_in(browser, site, role, width=360) as page:
        for path in pages:
            page.goto(f"{site}{path}")
            found = Axe().run(page).response["violations"]
            assert [(one["id"], one["nodes"][0]["html"]) for one in found] == [], path


def test_axe_finds_nothing_on_the_code_page(browser, site):
    with opened(browser, site, width=360) as page:
        assert Axe().run(page).response["violations"] == []
        page.locator("#code").fill("000000")
        page.get_by_role("button").click()
        expect(page.get_by_role("alert")).to_have_text("This code is wrong.")
        assert Axe().run(page).response["violations"] == []


@pytest.mark.timeout(120)
@pytest.mark.parametrize("language", ["fr", "en"])
def test_no_page_scrolls_sideways_on_a_narrow_telephone(browser, site, busy, language):
    with logged_in(browser, site, width=360, language=language) as page:
        for path in (*PAGES, *OTHERS):
            page.goto(f"{site}{path}")
            assert page.evaluate("document.documentElement.scrollWidth") == 360, path
        for link in page.locator("header a:visible").all():
            link.click(trial=True, timeout=2000)  # nothing lies on it


@pytest.mark.timeout(120)
def test_every_text_stands_out_in_the_dark(browser, site, busy):
    with logged_in(browser, site, color_scheme="dark") as page:
        for path in PAGES:
            page.goto(f"{site}{path}")
            assert page.evaluate(PALE) == [], path


def test_three_times_shift_covers_the_page_and_leads_elsewhere_with_no_way_back(browser, site, home):
    with logged_in(browser, site) as page:
        page.goto(f"{site}/contacts")
        before = page.evaluate("history.length")
        page.keyboard.press("Shift")
        page.keyboard.press("Shift")
        expect(page.locator("h1")).to_have_text("Contacts")
        page.keyboard.press("Shift")
        expect(page.locator("h1")).to_have_text("Weather")
        assert page.evaluate("history.length") == before  # the page left no place of its own
        page.go_back()
        expect(page.locator("#code")).to_be_visible()
    assert home.gate.logins == {}


def test_other_keys_between_are_typing_and_no_wish_to_leave(browser, site):
    with logged_in(browser, site) as page:
        page.goto(f"{site}/contacts/1")
        page.get_by_label("Name").press_sequentially("ABC")
        page.keyboard.press("Shift")
        page.keyboard.press("a")
        page.keyboard.press("Shift")
        page.keyboard.press("Shift")
        expect(page.locator("h1")).to_have_text("Bruno")


def test_the_button_covers_the_page_before_anything_is_asked_of_anybody(browser, site):
    with logged_in(browser, site) as page:
        seen = page.evaluate(
            "() => { document.getElementById('exit').click();"
            " return [getComputedStyle(document.body).display, document.title]; }"
        )
        assert seen == ["none", ""]
        expect(page.locator("h1")).to_have_text("Weather")


@pytest.mark.parametrize(("language", "where"), [("fr", "meteofrance"), ("en", "weather")])
def test_without_javascript_the_button_leads_elsewhere_too(browser, site, home, language, where):
    with logged_in(browser, site, language=language, java_script_enabled=False) as page:
        page.locator("#exit").click()
        expect(page.locator("h1")).to_have_text("Weather")
        assert where in page.url
    assert home.gate.logins == {}


def test_a_page_that_nobody_touches_for_ten_minutes_goes_back_to_the_code(browser, site):
    with logged_in(browser, site) as page:
        page.clock.install()
        page.goto(f"{site}/contacts")
        page.clock.fast_forward(9 * 60_000)
        expect(page.locator("h1")).to_have_text("Contacts")
        page.clock.fast_forward(2 * 60_000)
        expect(page.locator("#code")).to_be_visible()


def test_a_live_page_whose_login_is_over_goes_back_to_the_code_by_itself(browser, site, home):
    with logged_in(browser, site) as page:
        page.goto(f"{site}/status")
        home.gate.logins.clear()
        expect(page.locator("#code")).to_be_visible()


def test_the_one_sentence_changes_by_itself(browser, site, home):
    with logged_in(browser, site) as page:
        page.goto(f"{site}/status")
        expect(page.locator("#now")).to_have_text("An alert would get out now.")
        home.household.now = {"ok": False, "sentence": "An alert would reach nobody."}
        expect(page.locator("#now")).to_have_text("An alert would reach nobody.")


def test_the_answer_of_a_contact_appears_in_an_exercise(browser, site, home):
    with logged_in(browser, site) as page:
        page.goto(f"{site}/drill")
        page.get_by_role("button", name="Begin the exercise").click()
        expect(page.locator("#incident")).to_contain_text("exercise")
        home.incident["contacts"][0]["acknowledged_at"] = "2026-03-01T19:15:00Z"
        expect(page.locator("#incident")).to_contain_text("confirmed at 20:15:00")
        page.get_by_role("button", name="It was a test").click()
        expect(page.locator("#incident")).to_be_visible()
    assert home.changes("resolve") == [{"id": "K7Q2M", "kind": "test"}]


def test_a_button_that_is_pressed_appears_and_a_lesson_goes_on_by_itself(browser, site, home):
    found, home.household.heard = home.household.heard, []
    with logged_in(browser, site) as page:
        page.goto(f"{site}/buttons/heard")
        expect(page.locator("#heard")).to_contain_text("Nothing was heard")
        home.household.heard = found
        page.get_by_role("link", name="Add SBBT-002C").click()
        home.household.lesson = lesson("asking")
        page.get_by_role("button", name="Teach this button").click()
        expect(page.locator(".task")).to_have_text("Press ONCE, briefly.")
        home.household.lesson = lesson("found")
        page.get_by_label("Name").fill("Necklace")
        page.get_by_role("button", name="Keep this button").click()
        expect(page.get_by_text("The button belongs to this home now.")).to_be_visible()


def test_what_takes_a_while_shows_it_on_its_button(browser, site, home):
    with logged_in(browser, site) as page:
        page.goto(f"{site}/status")
        with page.expect_response("**/check"):
            seen = page.evaluate(
                "() => { const button = document.querySelector('form[action=\"/check\"] button');"
                " button.click(); return button.getAttribute('aria-busy'); }"
            )
        assert seen == "true"
        expect(page.locator("h1")).to_have_text("Check everything")
        expect(page.locator("[aria-busy]")).to_have_count(0)
        assert Axe().run(page).response["violations"] == []


def test_the_position_is_taken_from_the_telephone(browser, site):
    place = {"latitude": 47.99612, "longitude": -4.10231, "accuracy": 12}
    with logged_in(browser, site, geolocation=place, permissions=["geolocation"]) as page:
        page.goto(f"{site}/home")
        page.get_by_role("button", name="Take the position").click()
        expect(page.locator("#placed")).to_have_text("± 12 m")
        assert page.get_by_label("Position").input_value() == "47.99612,-4.10231"


def test_a_contact_is_changed_without_javascript(browser, site, home):
    with logged_in(browser, site, language="fr", java_script_enabled=False) as page:
        page.get_by_role("link", name="Contacts", exact=True).first.click()
        page.get_by_role("link", name="Modifier Bruno").click()
        page.get_by_label("Téléphone").fill("06 12 34 56 99")
        page.get_by_role("button", name="Modifier ce contact").click()
        expect(page.get_by_text("Cela prend effet lundi 2 mars à 20:14")).to_be_visible()
    assert home.changes("contact change")[0]["phone"] == "06 12 34 56 99"


def test_the_sheet_fits_on_one_page_of_paper(browser, site, home):
    with logged_in(browser, site) as page:
        page.goto(f"{site}/sheet")
        assert page.locator("img").evaluate("image => image.naturalWidth") > 100
        assert page.pdf(format="A4").count(b"/Type /Page\n") == 1


@pytest.mark.timeout(120)
def test_every_page_with_all_that_it_loads_is_below_60_kb(browser, site, busy):
    with logged_in(browser, site, width=360) as page:
        loaded: list[int] = []
        page.on("response", lambda answer: loaded.append(len(answer.body())) if answer.status == 200 else None)
        for path in PAGES:
            loaded.clear()
            page.goto(f"{site}{path}")
            assert sum(loaded) <= 60_000, path


def test_every_page_is_made_within_150_ms(technician, busy):
    for path in PAGES:
        times = []
        for _ in range(3):
            begun = perf_counter()
            technician.client.get(path)
            times.append(perf_counter() - begun)
        assert min(times) <= 0.150, path
