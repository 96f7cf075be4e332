"""The pages in a real browser, before a small home: narrow, without JavaScript, live, in the dark."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from .chromium import chromium, opened, serving

PAGES = ("/status", "/contacts", "/contacts/add", "/contacts/1/remove", "/home", "/demo/", "/no/such/page")

# Text whose contrast with what lies behind it is below WCAG's AA.
PALE = """() => {
  const rgb = colour => colour.match(/[\\d.]+/g).map(Number);
  const light = ([r, g, b]) => [r, g, b].map(v => v / 255)
    .map(v => v <= .04045 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4)
    .reduce((sum, v, i) => sum + v * [.2126, .7152, .0722][i], 0);
  const behind = part => {
    for (let p = part; p; p = p.parentElement) {
      const [r, g, b, a = 1] = rgb(getComputedStyle(p).backgroundColor);
      if (a > .5) return [r, g, b];
    }
    return [255, 255, 255];
  };
  return [...document.querySelectorAll("body *")]
    .filter(part => part.checkVisibility() && [...part.childNodes].some(n => n.nodeType === 3 && n.data.trim()))
    .map(part => {
      const style = getComputedStyle(part);
      const [a, b] = [light(rgb(style.color)), light(behind(part))].sort((x, y) => y - x);
      const large = parseFloat(style.fontSize) >= 24;
      return [(a + .05) / (b + .05), large ? 3 : 4.5, part.outerHTML.slice(0, 80)];
    })
    .filter(([found, wanted]) => found < wanted);
}"""


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as browser:
        yield browser


@pytest.fixture
def site(app) -> Iterator[str]:
    with serving(app) as address:
        yield address


@pytest.mark.parametrize("language", ["fr", "en"])
def test_no_page_scrolls_sideways_on_a_narrow_telephone(browser, site, home, language):
    home.raise_alarm()
    home.contacts[0]["name"] = "Anne-Sophie-de-la-Rochefoucauld-Montbel"
    with opened(browser, site, width=360) as page:
        for path in PAGES:
            page.goto(f"{site}{path}?lang={language}")
            assert page.evaluate("document.documentElement.scrollWidth") == 360, path


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_text_stands_out_from_what_is_behind_it(browser, site, home, scheme):
    home.raise_alarm()
    home.faults = [{"code": "smtp", "since": "", "sentence": "The mail server refuses the login."}]
    home.unfinished = ["Set-up is not finished: the recordings are readable."]
    with opened(browser, site, color_scheme=scheme) as page:
        for path in PAGES:
            page.goto(f"{site}{path}")
            assert page.evaluate(PALE) == [], path


def test_every_field_has_a_label(browser, site):
    with opened(browser, site) as page:
        for path in PAGES:
            page.goto(f"{site}{path}")
            fields = page.locator("input:not([type=hidden]), select").all()
            assert all(field.evaluate("field => field.labels.length") for field in fields), path


def test_who_wants_no_motion_gets_none(browser, site, home):
    home.raise_alarm()
    with opened(browser, f"{site}/demo/", reduced_motion="reduce") as page:
        assert page.locator(".lamp").evaluate("lamp => getComputedStyle(lamp).animationName") == "none"


def edges(home) -> list[str]:
    return [request["do"] for request in home.asked if "do" in request]


def test_the_big_button_tells_when_it_goes_down_and_up(browser, site, home):
    with opened(browser, f"{site}/demo/") as page:
        button = page.get_by_role("button", name="Press", exact=True)
        with page.expect_response(lambda answer: answer.url.endswith("/edge") and len(edges(home)) == 6):
            button.dblclick()
            button.press("Enter")
    assert edges(home) == ["pressed", "released"] * 3


def test_the_big_button_comes_up_when_the_finger_leaves_it(browser, site, home):
    with opened(browser, f"{site}/demo/") as page:
        page.locator(".puck").hover()
        with page.expect_response("**/demo/edge"):
            page.mouse.down()
        page.mouse.move(5, 5)
        with page.expect_response("**/demo/edge"):
            page.mouse.up()
    assert edges(home) == ["pressed", "released"]


def test_an_alarm_appears_without_touching_the_page(browser, site, home):
    with opened(browser, f"{site}/demo/") as page:
        expect(page.locator("#incident")).to_contain_text("All is quiet.")
        home.raise_alarm()
        expect(page.locator("#incident")).to_contain_text("K7Q2M")
        expect(page.locator(".screen .bubble")).to_have_count(5)
        expect(page.locator(".siren.sounding")).to_be_visible()


def test_what_is_open_and_what_has_the_focus_stays_so(browser, site, home):
    home.raise_alarm()
    with opened(browser, f"{site}/demo/") as page:
        page.locator("#mail-m0 summary").click()
        page.locator("#answer-c0").focus()
        home.phones[0]["messages"].append(home.phones[0]["messages"][0] | {"id": "new", "text": "Pressed again"})
        expect(page.locator("#phone-0")).to_contain_text("Pressed again")
        assert page.locator("#mail-m0").get_attribute("open") is not None
        expect(page.locator("#answer-c0")).to_be_focused()


def test_a_button_of_a_telephone_acts_without_leaving_the_page(browser, site, home):
    home.raise_alarm()
    with opened(browser, f"{site}/demo/") as page:
        page.evaluate("() => { window.same = true; }")
        with page.expect_response("**/demo/pick-up"):
            page.locator("#answer-c0").click()
        with page.expect_response("**/demo/behave"):
            page.locator("#behaviour-2").select_option("out_of_reach")
        assert page.evaluate("() => window.same")
    assert home.changes("pick_up") == [{"call": "c0"}]
    assert home.changes("behave") == [{"number": "+33612345671", "behaviour": "out_of_reach"}]


def test_what_was_said_last_is_seen_and_the_keys_are_large_enough_for_a_thumb(browser, site, home):
    home.raise_alarm()
    home.phones[0]["calls"][0] |= {"state": "talking", "text": "Marie. " * 200}
    with opened(browser, f"{site}/demo/", width=360) as page:
        home.phones[0]["calls"][0]["text"] += "Tapez 1."
        expect(page.locator(".subtitle")).to_contain_text("Tapez 1.")
        box, said = (page.locator(part).bounding_box() for part in (".subtitle", ".subtitle span"))
        assert said["height"] > 2 * box["height"]
        assert said["y"] + said["height"] <= box["y"] + box["height"] + 1
        sizes = [key.bounding_box() for key in page.locator(".key").all()]
    assert len(sizes) == 10
    assert all(size["width"] >= 44 and size["height"] >= 44 for size in sizes)


def test_a_refusal_appears_on_the_page(browser, site, home):
    home.raise_alarm()
    with opened(browser, f"{site}/demo/") as page:
        home.refusal = "This incident has ended."
        page.get_by_role("button", name="False alarm").click()
        expect(page.locator("#notice")).to_have_text("This incident has ended.")


def test_a_silent_hub_is_said_and_so_is_its_return(browser, site, sockets):
    aside = sockets["control"].with_name("aside")
    with opened(browser, f"{site}/demo/") as page:
        expect(page.locator("#silent")).to_be_hidden()
        sockets["control"].rename(aside)
        expect(page.locator("#silent")).to_be_visible()
        aside.rename(sockets["control"])
        expect(page.locator("#silent")).to_be_hidden()


def test_the_demonstration_works_without_javascript(browser, site, home):
    home.raise_alarm()
    home.phones[1]["calls"][0]["state"] = "talking"
    with opened(browser, f"{site}/demo/", java_script_enabled=False) as page:
        page.get_by_role("button", name="Two clicks").click()
        page.locator("#answer-c0").click()
        page.get_by_role("button", name="1", exact=True).click()
        page.locator("#behaviour-1").select_option("ignores")
        page.locator(".behaviour button").first.click()
        page.get_by_role("button", name="It was a test").click()
        page.get_by_role("button", name="Press", exact=True).click()
        expect(page.get_by_role("link", name="Show what is new")).to_be_visible()
    assert edges(home) == ["double", "single"]
    assert home.changes("pick_up") == [{"call": "c0"}]
    assert home.changes("key") == [{"call": "c1", "digit": "1"}]
    assert home.changes("behave") == [{"number": "+33612345670", "behaviour": "ignores"}]
    assert home.changes("resolve") == [{"id": "K7Q2M", "kind": "test"}]


def test_a_contact_is_added_without_javascript(browser, site, home):
    home.contacts.pop()
    with opened(browser, f"{site}/contacts", java_script_enabled=False) as page:
        page.get_by_label("Name").fill("Zoé")
        page.get_by_label("Telephone").fill("06 12 34 56 79")
        page.get_by_role("button", name="Add this contact").click()
        expect(page.get_by_text("The contact was added.")).to_be_visible()
    assert home.changes("contact add") == [{"name": "Zoé", "phone": "06 12 34 56 79", "language": "en"}]


def test_the_language_is_switched_on_the_page(browser, site):
    with opened(browser, f"{site}/demo/?lang=en") as page:
        page.get_by_role("link", name="Français").click()
        expect(page.get_by_role("heading", level=1)).to_have_text(
            "Un appui, et les personnes qu’elle a choisies le savent."
        )
        page.get_by_role("link", name="Pour les techniciens").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("État")
