"""The flow of the calls, walked through in every way there is."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from hub.channels.flow import CALL, definition, digest
from hub.model import LANGUAGES

STATES: dict[str, dict[str, Any]] = {state["name"]: state for state in json.loads(json.dumps(definition()))["states"]}
WHOLE = json.dumps(definition(), ensure_ascii=False)


def moves(name: str) -> dict[str, str]:
    """By event, or by value of a split, what follows; "": the call ends."""
    found = STATES[name]["transitions"]
    return {
        move["conditions"][0]["value"] if "conditions" in move else move["event"]: move.get("next", "")
        for move in found
    }


def said(name: str) -> str:
    return str(STATES[name]["properties"].get("say", ""))


def paths(start: str, *seen: str) -> Iterator[tuple[str, ...]]:
    """Every way from here to the end that passes no state twice."""
    for following in set(moves(start).values()):
        if not following:
            yield (*seen, start)
        elif following not in (*seen, start):
            yield from paths(following, *seen, start)


def reached(*starts: str) -> set[str]:
    """Every state there is a way to."""
    found, open_ = set(starts), list(starts)
    while open_:
        new = {following for following in moves(open_.pop()).values() if following} - found
        found |= new
        open_ += new
    return found


def test_every_state_is_reached_and_leads_to_one_that_exists() -> None:
    assert len(STATES) == len(definition()["states"])  # type: ignore[arg-type]
    assert reached("Trigger") == set(STATES)


@pytest.mark.parametrize("name", STATES)
def test_from_everywhere_there_is_a_way_to_the_end(name: str) -> None:
    assert any("" in moves(one).values() for one in reached(name))


@pytest.mark.parametrize("start", ["person", "back_text1"])
def test_no_key_counts_before_the_text_was_heard(start: str) -> None:
    first = {"person": "{{flow.data.text}}", "back_text1": "Did you receive"}[start]
    for path in paths(start):
        spoken = [name for name in path if STATES[name]["type"] != "split-based-on"]
        heard = next(place for place, name in enumerate(spoken) if first in said(name))
        assert all(STATES[name]["type"] == "say-play" for name in spoken[: heard + 1])


def test_only_key_one_takes_it() -> None:
    ways = {(key, name) for name in STATES for key, following in moves(name).items() if following.endswith("_taken")}
    assert {key for key, _ in ways} == {"1"}
    assert len(ways) == 9  # three languages, three passes


@pytest.mark.parametrize("who", [*LANGUAGES, "back"])
def test_what_was_answered_is_kept_in_variables(who: str) -> None:
    (taken,) = STATES[f"{who}_taken"]["properties"]["variables"]
    (over,) = STATES[f"{who}_over"]["properties"]["variables"]
    assert taken == {"key": "taken", "value": "1"}
    typed = over["value"].removeprefix("{{widgets.").removesuffix(".Digits}}")
    assert (over["key"], STATES[typed]["properties"]["number_of_digits"]) == ("over", 4)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_machine_hears_its_own_words_only(language: str) -> None:
    ways = moves("who")
    assert {ways[value] for value in ways if value.startswith(("machine", "fax"))} == {"machine"}
    name = moves("machine")[language]
    assert moves(name)["timeout"] == ""
    assert "{{flow.data.machine}}" in said(name)
    assert "{{flow.data.text}}" not in said(name)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_person_taken_for_a_machine_gets_to_the_text(language: str) -> None:
    assert moves(moves("machine")[language])["keypress"] == moves("person")[language]


@pytest.mark.parametrize("language", LANGUAGES)
def test_somebody_who_presses_nothing_hears_the_text_three_times(language: str) -> None:
    name, heard = moves("person")[language], 0
    while name:
        heard += "{{flow.data.text}}" in said(name)
        name = moves(name).get("timeout", moves(name).get("audioComplete", ""))
    assert heard == 3


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_language_is_spoken_by_its_own_voice(language: str) -> None:
    spoken = [STATES[name]["properties"] for name in reached(f"{language}_text1") if said(name)]
    assert {(words["language"][:2], "Polly" in words["voice"]) for words in spoken} == {(language, True)}


def test_a_language_nobody_knows_is_french() -> None:
    assert (moves("person")["noMatch"], moves("machine")["noMatch"]) == ("fr_text1", "fr_machine")


def test_the_brief_is_for_whoever_took_it() -> None:
    ways = {name for name in STATES for following in moves(name).values() if following.endswith("_brief")}
    assert {name.split("_", 1)[1] for name in ways} == {"taken", "after_keys"}


def test_a_stranger_who_calls_back_learns_nothing() -> None:
    spoken = "".join(said(name) for name in reached("back_text1"))
    assert "flow.data" not in spoken


@pytest.mark.parametrize("word", ["STOP", "CANCEL", "QUIT", "UNSUBSCRIBE"])
def test_nothing_that_would_cut_a_contact_off_is_offered(word: str) -> None:
    assert word not in "".join(said(name) for name in STATES).upper()


def test_the_call_goes_to_the_contact_from_the_hubs_number() -> None:
    dialled = STATES[CALL]["properties"]
    assert (dialled["to"], dialled["from"]) == ("{{contact.channel.address}}", "{{flow.channel.address}}")
    assert (dialled["detect_answering_machine"], dialled["machine_detection"]) == (True, "Enable")


def test_a_definition_is_known_by_its_digest() -> None:
    assert digest(json.loads(WHOLE)) == digest(definition())
    assert digest({**definition(), "description": "changed by hand"}) != digest(definition())
