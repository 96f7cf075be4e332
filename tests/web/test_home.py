"""Her home, who lives in it, and what each press does."""


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


def test_whether_he_lives_there_is_asked_and_answered(technician, home):
    assert "checked" not in technician.open("/presence")
    assert technician.send("/presence").status_code == 409
    assert technician.send("/presence", lives_here="yes").location == "/setup"
    assert home.changes("setup presence") == [{"lives_here": True}]
    home.household.lives_here = True
    assert 'value="yes" checked' in technician.open("/presence")


def test_what_a_press_does_is_changed(technician, home):
    technician.open("/response")
    answer = technician.send("/response/hold", action=["record", "sms", "nonsense"])
    assert answer.location == "/response"
    assert home.changes("response set") == [{"gesture": "hold", "actions": ["sms", "record"]}]
    assert technician.send("/response/many").status_code == 404


def test_a_siren_where_he_lives_is_refused_beside_its_gesture(technician, home):
    technician.open("/response")
    home.refusal, home.refusal_code = "No siren where he lives.", "siren_lives_here"
    home.always |= {"response"}
    page = technician.send("/response/hold", action=["siren", "sms"]).get_data(as_text=True)
    assert page.index("Hold it down") < page.index("No siren where he lives.")
