"""Buttons are found by a press, taught, changed and removed."""

import pytest

from .fakehousehold import ADDRESS, lesson


def test_a_button_that_was_pressed_appears_and_is_added(technician, home):
    assert f'href="/buttons/add/{ADDRESS}"' in technician.open("/buttons/heard")
    assert "SBBT-002C" in technician.open(f"/buttons/add/{ADDRESS}")
    answer = technician.send(f"/buttons/add/{ADDRESS}", name="Necklace", protocol="bthome", key="", place="worn")
    assert answer.location == "/buttons"
    (sent,) = home.changes("button add")
    assert sent == {"address": ADDRESS, "worn": True, "name": "Necklace", "protocol": "bthome", "key": ""}


def test_a_button_that_the_hub_does_not_know_is_found_among_what_lies_near(technician, home):
    assert 'data-live="/buttons/heard.json"' in technician.open("/buttons/heard")
    assert 'data-live="/buttons/heard.json?near=yes"' in technician.open("/buttons/heard?near=yes")
    technician.client.get("/buttons/heard.json?near=yes")
    assert home.changes("button scan") == [{}, {"near": True}, {"near": True}]


def test_a_key_that_does_not_fit_is_said_beside_its_field_and_is_not_shown_again(technician, home):
    technician.open(f"/buttons/add/{ADDRESS}")
    home.refusal, home.refusal_code = "The key does not open it.", "key_does_not_fit"
    home.always |= {"button scan"}
    answer = technician.send(f"/buttons/add/{ADDRESS}", name="", protocol="bthome", key="ab" * 16, place="fixed")
    page = answer.get_data(as_text=True)
    assert answer.status_code == 409
    assert '<strong class="wrong" id="key-wrong" role="alert">The key does not open it.</strong>' in page
    assert "abab" not in page


def test_a_button_says_how_it_is(technician, home):
    home.household.buttons[0] |= {"state": "missing", "notices": ["It has been silent for ten minutes."], "battery": 7}
    page = technician.open("/buttons")
    for words in ("Necklace", "missing", "It has been silent for ten minutes.", "battery 7 %", "pressed 3 s ago"):
        assert words in page


def test_a_button_is_changed_shown_and_removed(technician, home):
    technician.open("/buttons/b1")
    technician.send("/buttons/b1", name="Bedside", place="fixed", feedback="yes")
    technician.send("/buttons/b1/feedback")
    technician.send("/buttons/b1/remove")
    assert home.changes("button set") == [{"id": "b1", "name": "Bedside", "worn": False, "feedback": True}]
    assert home.changes("button feedback") == [{"id": "b1"}]
    assert home.changes("button remove") == [{"id": "b1"}]
    assert technician.client.get("/buttons/b9").status_code == 404


def test_a_button_is_taught(technician, home):
    technician.open(f"/buttons/add/{ADDRESS}")
    assert technician.send(f"/buttons/learn/{ADDRESS}").location == "/buttons/lesson"
    home.household.lesson = lesson("asking")
    page = technician.open("/buttons/lesson")
    assert "Press ONCE, briefly." in page
    assert 'data-live="/buttons/lesson.json"' in page
    technician.send("/buttons/lesson/undo")
    home.household.lesson = lesson("found")
    assert "tells apart" in technician.open("/buttons/lesson")
    assert technician.send("/buttons/lesson/keep", name="Necklace", place="worn").location == "/buttons"
    assert home.changes("button learned") == [{"name": "Necklace", "worn": True}]


@pytest.mark.parametrize("state", ["looking", "asking", "found", "failed"])
def test_a_lesson_that_came_further_gives_its_part_another_name(technician, home, state):
    """Then the page, which has no such part, opens itself anew."""
    home.household.lesson = lesson(state)
    assert f'id="lesson-{state}"' in technician.open("/buttons/lesson")
    assert f"lesson-{state}" in technician.client.get("/buttons/lesson.json").get_json()["regions"]


def test_without_a_lesson_one_looks_for_a_button(technician, home):
    home.refusal, home.refusal_code = "There is no lesson.", "no_lesson"
    assert technician.client.get("/buttons/lesson").location == "/buttons/heard"
