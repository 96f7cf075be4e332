"""A fresh hub is made ready in the browser, for real: the daemon, gunicorn with TLS, Chromium, simulated devices."""

import socket
from collections.abc import Iterator
from contextlib import ExitStack
from time import monotonic

import pyrage
import pytest
from playwright.sync_api import Browser, expect

from hub.certificate import make

from .chromium import chromium
from .fresh import ANNA, STRANGER, Hand, Hub, fresh_hub, telephone
from .test_serve import until


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as browser:
        yield browser


@pytest.fixture
def hub(tmp_path_factory) -> Iterator[Hub]:
    with fresh_hub(tmp_path_factory.mktemp("hub")) as made:
        yield made


@pytest.mark.timeout(300)
def test_a_fresh_hub_is_made_ready_in_french_and_a_day_later_tried_in_english(browser, hub):
    code = hub.new_code("technician")
    with telephone(browser, hub, "fr") as page:
        hand = Hand(page)
        hand.type("Code", code)
        hand.press("Continuer")
        expect(page.locator("#now .bad")).to_be_visible()
        tell_of_her(hand)
        add_people(hand)
        add_a_button_and_a_key(hand)
        expect(page.locator("#now .good")).to_be_visible()
        hub.network.ask("behave", number=ANNA, behaviour="takes_charge")
        hold_an_exercise(hand)
        step(hand, "Fiche à remettre")
        expect(page.locator(".sheet")).to_contain_text("Collier")
        expect(page.locator(".sheet")).to_contain_text(make(hub.plan.state))
        hand.press("Installation", "link")
        hand.press("Terminer l’installation")
        expect(page.locator("h1")).to_have_text("État")
        assert hand.touches <= 60
    rows = {row["gesture"]: row["actions"] for row in hub.control.ask("response")["response"]}
    assert "siren" not in rows["hold"]
    assert hub.control.ask("setup")["finished"]
    come_back(browser, hub, code)
    hub.go_on_a_day_later()
    see_who_left(browser, hub, code)


def step(hand: Hand, name: str) -> None:
    if not hand.page.url.endswith("/setup"):
        hand.press("Installation", "link")
    hand.press(name, "link")


def tell_of_her(hand: Hand) -> None:
    step(hand, "Vit-il ici, ou y vient-il ?")
    hand.tick("Oui, il vit ici ou y vient")
    hand.press("Garder cette réponse")
    expect(hand.page.locator("h1")).to_have_text("Installation")
    hand.press("Domicile", "link")
    hand.type("Nom", "Marie")
    hand.type("Adresse", "12 rue des Lilas, 29000 Quimper")
    hand.type("Position", "47.9960,-4.1024")
    hand.press("Modifier le domicile")
    expect(hand.page.locator(".said")).to_be_visible()


def add_people(hand: Hand) -> None:
    hand.press("Contacts", "link")
    for name, number in (("Anna", ANNA), ("Karim", "+33639980002")):
        hand.type("Nom", name)
        hand.type("Téléphone", number)
        hand.tick("Cette personne accepte d’être prévenue et sait quoi faire")
        hand.press("Ajouter ce contact")
        expect(hand.page.locator(".said")).to_contain_text("Le contact a été ajouté.")
        expect(hand.page.locator(".people")).to_contain_text(name)
    step(hand, "Techniciens")
    hand.type("Nom", "Paul")
    hand.type("Téléphone", "+33639980009")
    hand.press("Ajouter ce technicien")
    expect(hand.page.locator(".said")).to_be_visible()


def add_a_button_and_a_key(hand: Hand) -> None:
    step(hand, "Boutons")
    hand.press("Ajouter un bouton", "link")
    hand.press("Il n’apparaît pas : montrer tout ce qui se trouve à proximité", "link")
    hand.press(f"Ajouter {STRANGER}", "link")
    hand.type("Nom", "Collier")
    hand.press("Ajouter ce bouton")
    expect(hand.page.locator("#buttons")).to_contain_text("Collier")
    step(hand, "Clés des enregistrements")
    hand.type("Clé publique", str(pyrage.x25519.Identity.generate().to_public()))
    hand.press("Ajouter cette clé")
    expect(hand.page.locator(".said")).to_be_visible()


def hold_an_exercise(hand: Hand) -> None:
    step(hand, "Exercice")
    hand.press("Commencer l’exercice")
    expect(hand.page.locator("#incident")).to_contain_text("confirmé à", timeout=90_000)
    hand.press("C’était un essai")
    expect(hand.page.locator("#incident")).to_contain_text("Terminé")


def come_back(browser: Browser, hub: Hub, code: str) -> None:
    """The page is closed now; somebody at the hub opens it. What is removed stays for a day."""
    hub.command("page", "close")
    with telephone(browser, hub, "en") as page:
        hand = Hand(page)
        hand.type("Code", code)
        hand.press("Go on")
        expect(page.get_by_role("alert")).to_be_visible()
        hub.command("page", "open")
        hand.type("Code", code)
        hand.press("Go on")
        expect(page.locator("#now .good")).to_be_visible()
        hand.press("Contacts", "link")
        hand.press("Remove Karim", "link")
        hand.press("Remove")
        expect(page.locator(".said")).to_contain_text("It takes effect on")
        assert len(hub.control.ask("contacts")["contacts"]) == 2
        hand.press("Visits", "link")
        expect(page.locator("main")).to_contain_text("A contact is to be removed or changed")


def see_who_left(browser: Browser, hub: Hub, code: str) -> None:
    until(lambda: len(hub.control.ask("contacts")["contacts"]) == 1, 90)
    until(lambda: hub.nobody_is_called(ANNA), 180)  # she heard the first exercise to its end
    hub.command("page", "open")
    with telephone(browser, hub, "en") as page:
        hand = Hand(page)
        hand.type("Code", code)
        hand.press("Go on")
        expect(page.locator("#now .good")).to_be_visible()
        hand.press("Contacts", "link")
        expect(page.locator("main")).not_to_contain_text("Karim")
        hand.press("Set-up", "link")
        hand.press("Exercise", "link")
        hand.press("Begin the exercise")
        expect(page.locator("#incident")).to_contain_text("confirmed at", timeout=90_000)
        hand.press("It was a test")
        expect(page.locator("#incident")).to_contain_text("Ended")


def test_200_slow_connections_to_the_page_do_not_delay_an_alert(hub):
    hub.control.ask("home set", name="Marie", address="12 rue des Lilas, 29000 Quimper")
    hub.control.ask("contact add", name="Anna", phone=ANNA)
    with ExitStack() as stack:
        for _ in range(200):
            line = stack.enter_context(socket.create_connection(("127.0.0.1", hub.plan.port), 5))
            line.sendall(b"\x16\x03\x01")  # the beginning of a greeting that never ends
        begun = monotonic()
        id = hub.control.ask("press", gesture="single")["incident"]["id"]
        until(lambda: hub.sent(id), 5)
        assert monotonic() - begun < 2.0


@pytest.mark.timeout(120)
def test_what_ends_under_threat_looks_ended_and_is_not(browser, hub):
    hub.control.ask("home set", name="Marie", address="12 rue des Lilas, 29000 Quimper")
    hub.control.ask("contact add", name="Anna", phone=ANNA)
    code = hub.new_code("duress")
    hub.control.ask("press", gesture="double")
    (incident,) = hub.control.ask("incidents")["incidents"]
    with telephone(browser, hub, "fr") as page:
        hand = Hand(page)
        hand.type("Code", code)
        hand.press("Continuer")
        expect(page.locator("#exit")).to_be_visible()  # going on at once would cut the login off
        page.goto(f"{hub.page}/incidents/{incident['id']}")
        hand.press("Fausse alerte")
        expect(page.locator("#incident")).to_contain_text("Terminé")
        expect(page.locator("#incident")).to_contain_text("Fausse alerte")
        expect(page.get_by_role("button", name="Fausse alerte")).to_have_count(0)
        page.goto(f"{hub.page}/status")
        expect(page.locator("main")).not_to_contain_text(incident["id"])
    (after,) = hub.control.ask("incidents")["incidents"]
    assert after["state"] != "resolved"
