"""Studio's flows: what their definition may hold, and what is wrong with one."""

import re
import secrets
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import cast

from hardware.simulated.network import liquid
from hardware.simulated.network.answers import Json

# What makes a match, given what stands in the argument and the condition's value.
TESTS: dict[str, Callable[[str, str], bool]] = {
    "equal_to": lambda found, value: found == value,
    "not_equal_to": lambda found, value: found != value,
    "matches_any_of": lambda found, value: found in [one.strip() for one in value.split(",")],
    "starts_with": lambda found, value: found.startswith(value),
    "is_blank": lambda found, _: not found,
    "is_not_blank": lambda found, _: bool(found),
}


@dataclass(frozen=True, slots=True)
class Kind:
    """The events that a kind of widget ends with; each of the sets in `needs` must name one property at least."""

    events: frozenset[str]
    needs: tuple[frozenset[str], ...] = ()


def _kind(events: str, *needs: str) -> Kind:
    return Kind(frozenset(events.split()), tuple(frozenset(one.split("|")) for one in needs))


KINDS = {
    "trigger": _kind("incomingMessage incomingCall incomingConversationMessage incomingRequest incomingParent"),
    "make-outgoing-call-v2": _kind("answered busy noAnswer failed", "from", "to"),
    "split-based-on": _kind("match noMatch", "input"),
    "say-play": _kind("audioComplete", "say|play|digits"),
    "gather-input-on-call": _kind("keypress speech timeout", "say|play"),
    "set-variables": _kind("next", "variables"),
}


@dataclass(frozen=True, slots=True)
class Widget:
    """`transitions`: as in the definition, in order."""

    name: str
    kind: str
    properties: Mapping[str, object]
    transitions: tuple[Mapping[str, object], ...]

    def next(self, event: str) -> str | None:
        """The name of the widget that follows an event without conditions."""
        return next((_next(one) for one in self.transitions if one.get("event") == event), None)

    def matching(self, context: Mapping[str, object]) -> str | None:
        """The name of the widget that follows a split: the first whose conditions all hold."""
        for one in self.transitions:
            conditions = cast(list[Json], one.get("conditions", []))
            if one.get("event") == "match" and all(_holds(condition, context) for condition in conditions):
                return _next(one)
        return self.next("noMatch")


@dataclass(slots=True)
class Flow:
    """`definition` is a flow of Studio's as JSON; `problems` is empty when it can run."""

    name: str
    status: str
    definition: Json
    commit_message: str | None
    id: str = field(default_factory=lambda: "FW" + secrets.token_hex(16))
    revision: int = 1
    created: datetime = field(default_factory=lambda: datetime.now(UTC))
    updated: datetime = field(default_factory=lambda: datetime.now(UTC))

    @property
    def problems(self) -> list[Json]:
        return problems(self.definition)

    @property
    def runs(self) -> bool:
        return self.status == "published" and not self.problems

    @property
    def concurrent(self) -> bool:
        """Whether one person may call in twice at a time."""
        flags = self.definition.get("flags")
        return isinstance(flags, dict) and flags.get("allow_concurrent_calls") is True

    @property
    def first(self) -> str:
        return str(self.definition["initial_state"])

    def widgets(self) -> dict[str, Widget]:
        """Of a definition without problems."""
        states = cast(list[Json], self.definition["states"])
        return {str(state["name"]): _widget(state) for state in states}


def problems(definition: object) -> list[Json]:
    """Each with Twilio's `message` and `property_path`."""
    return [{"message": message, "property_path": path} for path, message in _problems(definition)]


def _problems(definition: object) -> Iterator[tuple[str, str]]:
    states = definition.get("states") if isinstance(definition, dict) else None
    if not isinstance(definition, dict) or not isinstance(states, list):
        yield "#/states", "is missing"
        return
    names = [state.get("name") for state in states if isinstance(state, dict)]
    for wanted in ("description", "flags"):
        if wanted not in definition:
            yield f"#/{wanted}", "is missing"
    triggers = [state.get("name") for state in states if isinstance(state, dict) and state.get("type") == "trigger"]
    if definition.get("initial_state") not in triggers:
        yield "#/initial_state", "is not the name of a trigger"
    if len(set(map(str, names))) < len(names):
        yield "#/states", "names are not unique"
    targets = [name for name in names if name not in triggers]
    for number, state in enumerate(states):
        for path, message in _state_problems(state, targets):
            yield f"#/states/{number}{path}", message


def _state_problems(state: object, targets: list[object]) -> Iterator[tuple[str, str]]:
    if not isinstance(state, dict) or not isinstance(state.get("name"), str):
        yield "/name", "is missing"
        return
    kind, properties, transitions = KINDS.get(str(state.get("type"))), state.get("properties"), state.get("transitions")
    if kind is None:
        yield "/type", "is not a known widget"
        return
    if not isinstance(properties, dict) or not isinstance(transitions, list):
        yield "", "has no properties or no transitions"
        return
    for need in kind.needs:
        if not need & properties.keys():
            yield "/properties", f"has no {' or '.join(sorted(need))}"
    for name, fine in CHECKS.items():
        if name in properties and not fine(properties[name]):
            yield f"/properties/{name}", "is not valid"
    if not all(map(liquid.is_known, _texts([properties, transitions]))):
        yield "", "has Liquid that is not known here"
    for number, one in enumerate(transitions):
        for path, message in _transition_problems(one, kind, targets):
            yield f"/transitions/{number}{path}", message


def _transition_problems(one: object, kind: Kind, targets: list[object]) -> Iterator[tuple[str, str]]:
    if not isinstance(one, dict) or str(one.get("event")) not in kind.events:
        yield "/event", "is not an event of this widget"
        return
    if one.get("next") is not None and one["next"] not in targets:
        yield "/next", "is not the name of a state to go to"
    conditions = one.get("conditions", [])
    if not isinstance(conditions, list) or (one["event"] == "match" and not conditions):
        yield "/conditions", "are missing"
        return
    for condition in conditions:
        if not _is_condition(condition):
            yield "/conditions", f"have not {', '.join(sorted(CONDITION))}, or no known type"


def _texts(value: object) -> Iterator[str]:
    """Every text in a JSON value, but its names."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for one in value.values() if isinstance(value, dict) else value:
            yield from _texts(one)


def _is_condition(one: object) -> bool:
    if not isinstance(one, dict) or not one.keys() >= CONDITION:
        return False
    return one["type"] in list(TESTS) and isinstance(one["arguments"], list) and len(one["arguments"]) > 0


def _are_variables(value: object) -> bool:
    return isinstance(value, list) and all(isinstance(one, dict) and {"key", "value"} <= one.keys() for one in value)


def _is_whole(value: object) -> bool:
    return re.fullmatch(r"[0-9]{1,4}", str(value)) is not None


CONDITION = frozenset({"friendly_name", "arguments", "type", "value"})
CHECKS: dict[str, Callable[[object], bool]] = {
    "timeout": _is_whole,
    "loop": _is_whole,
    "number_of_digits": _is_whole,
    "machine_detection": lambda value: value in ("Enable", "DetectMessageEnd"),
    "detect_answering_machine": lambda value: isinstance(value, bool),
    "variables": _are_variables,
}


def _widget(state: Json) -> Widget:
    properties, transitions = cast(Json, state["properties"]), cast(list[Json], state["transitions"])
    return Widget(str(state["name"]), str(state["type"]), properties, tuple(transitions))


def _next(transition: Mapping[str, object]) -> str | None:
    name = transition.get("next")
    return None if name is None else str(name)


def _holds(condition: Json, context: Mapping[str, object]) -> bool:
    [argument, *_] = cast(list[str], condition["arguments"])
    found, value = liquid.fill(argument, context).strip(), str(condition["value"]).strip()
    return TESTS[str(condition["type"])](found, value)
