"""What people answer: a key after the text of a call, on a call back, or an SMS. Pure."""

import re
from dataclasses import dataclass, field
from enum import StrEnum

from hub.incident import Incident
from hub.model import Moment

YES = frozenset({"1", "OUI", "OK"})
WRONG_CODES = 5  # of one incident; then it ends only by the page or the command line


class Way(StrEnum):
    CALL = "call"
    CALLBACK = "callback"
    SMS = "sms"


class Key(StrEnum):
    CHARGE = "1"  # I am taking care of it
    OVER = "9"  # and the incident's code: it is over


@dataclass(frozen=True, slots=True)
class Said:
    """`source`: the next hop's own id of the call or SMS; `over`: the digits after key 9, or ""."""

    source: str
    incident: str
    contact: str
    way: Way
    taken: bool
    over: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Answer:
    """One key of one call, or one SMS: it counts once. `seconds`: since the incident was opened."""

    source: str
    key: str = field(repr=False)
    incident: str
    contact: str
    at: Moment
    way: Way
    seconds: float
    drill: bool

    @property
    def charge(self) -> bool:
        return self.key == Key.CHARGE


def answers(said: Said, incident: Incident, now: Moment) -> list[Answer]:
    """One for each thing that was said, in the order in which a person says them."""
    keys = [*([Key.CHARGE.value] if said.taken else []), *([f"{Key.OVER}{said.over}"] if said.over else [])]
    return [
        Answer(
            said.source,
            key,
            incident.id,
            said.contact,
            now,
            said.way,
            seconds=max(0.0, now.mono - incident.opened.mono),
            drill=incident.drill,
        )
        for key in keys
    ]


def names(text: str, reference: str) -> bool:
    """Whether an SMS says which alert it answers."""
    return reference.upper() in re.findall(r"\w+", text.upper())


def agrees(text: str, reference: str) -> bool:
    """Whether an SMS says that its sender takes charge: it holds the reference, or is exactly 1, OUI or OK."""
    return names(text, reference) or " ".join(text.upper().split()) in YES


def ends(answer: Answer, incident: Incident, before: list[Answer]) -> bool:
    """Whether the code is right, and was not guessed at too often. An incident without a code has no right one."""
    wrong = {a.key for a in before if not a.charge} - {f"{Key.OVER}{incident.code}"}
    return bool(incident.code) and answer.key == f"{Key.OVER}{incident.code}" and len(wrong) < WRONG_CODES
