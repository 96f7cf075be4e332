"""What stands in the places of a flow's texts, and which way a split goes."""

import pytest

from hardware.simulated.network.flows import Widget
from hardware.simulated.network.liquid import fill, is_known

CONTEXT = {"flow": {"data": {"name": "Léa", "drill": True, "floor": 3, "nothing": None}}}


@pytest.mark.parametrize(
    ("text", "filled"),
    [
        ("{{flow.data.name}} needs {{ flow.data.name }}", "Léa needs Léa"),
        ("{{flow.data.drill}} {{flow.data.floor}}", "true 3"),
        ("<{{flow.data.nothing}}{{flow.other}}{{flow.data.name.first}}>", "<>"),
        ("no place", "no place"),
    ],
)
def test_a_place_is_filled_with_what_the_context_has(text: str, filled: str) -> None:
    assert fill(text, CONTEXT) == filled
    assert is_known(text)


@pytest.mark.parametrize("text", ["{{ name | default: 'x' }}", "{% if name %}", "{{", "}}", "{{flow..data}}"])
def test_more_of_liquid_is_not_known(text: str) -> None:
    assert not is_known(text)


def condition(kind: str, value: str, argument: str = "{{flow.data.name}}") -> dict[str, object]:
    return {"friendly_name": "x", "arguments": [argument], "type": kind, "value": value}


@pytest.mark.parametrize(
    ("conditions", "matches"),
    [
        ([condition("equal_to", "Léa")], True),
        ([condition("equal_to", "Anna")], False),
        ([condition("not_equal_to", "Anna")], True),
        ([condition("matches_any_of", "Anna, Léa")], True),
        ([condition("matches_any_of", "Anna, Ben")], False),
        ([condition("starts_with", "Lé")], True),
        ([condition("is_blank", "")], False),
        ([condition("is_blank", "", "{{flow.data.nothing}}")], True),
        ([condition("is_not_blank", "")], True),
        ([condition("equal_to", "Léa"), condition("equal_to", "Anna")], False),
    ],
)
def test_a_split_goes_where_every_condition_holds(conditions: list[dict[str, object]], matches: bool) -> None:
    ways = ({"event": "noMatch", "next": "other"}, {"event": "match", "next": "there", "conditions": conditions})
    split = Widget("split", "split-based-on", {"input": ""}, ways)
    assert split.matching(CONTEXT) == ("there" if matches else "other")
