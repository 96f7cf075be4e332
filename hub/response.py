"""What each gesture does in this home: its level and its actions. The table is data, changed per home."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import IntEnum, StrEnum

from hub.errors import Refusal
from hub.gesture import Kind


class Level(IntEnum):
    """Ordered: a higher level raises an open incident, nothing ever lowers it."""

    PREVENTION = 1
    RESCUE = 2
    ALARM = 3

    @property
    def word(self) -> str:
        return self.name.lower()


class Action(StrEnum):
    SMS = "sms"
    CALL = "call"
    EMAIL = "email"
    SIREN = "siren"
    RECORD = "record"


CHANNELS = (Action.CALL, Action.SMS, Action.EMAIL)  # a telephone that rings is noticed first


@dataclass(frozen=True, slots=True)
class Response:
    level: Level
    actions: frozenset[Action]

    @property
    def channels(self) -> frozenset[Action]:
        return self.actions & frozenset(CHANNELS)


_TELL_ALL = frozenset({Action.SMS, Action.CALL, Action.EMAIL})

DEFAULT: Mapping[Kind, Response] = {
    Kind.SINGLE: Response(Level.PREVENTION, frozenset({Action.SMS})),
    Kind.DOUBLE: Response(Level.RESCUE, _TELL_ALL),
    Kind.MANY: Response(Level.RESCUE, _TELL_ALL),
    Kind.HOLD: Response(Level.ALARM, _TELL_ALL | {Action.SIREN, Action.RECORD}),
}


def chosen(actions: Iterable[str]) -> frozenset[Action]:
    """What somebody typed. Raises Refusal when nobody would be told."""
    wanted = frozenset(_action(word) for word in actions)
    if not wanted & frozenset(CHANNELS):
        raise Refusal("response_tells_nobody")
    return wanted


def with_actions(table: Mapping[Kind, Response], actions: Mapping[Kind, frozenset[Action]]) -> dict[Kind, Response]:
    """The table with these actions. Three or more presses do what a double does at least, and are an alarm as soon
    as they sound the siren or record: that is how a button without a hold raises one.
    """
    changed = {kind: Response(row.level, actions.get(kind, row.actions)) for kind, row in table.items()}
    many = changed[Kind.MANY].actions | changed[Kind.DOUBLE].actions
    level = Level.ALARM if many & {Action.SIREN, Action.RECORD} else Level.RESCUE
    return {**changed, Kind.MANY: Response(level, many)}


def _action(word: str) -> Action:
    try:
        return Action(word)
    except ValueError:
        raise Refusal("unknown_action", action=word, actions=", ".join(Action)) from None
