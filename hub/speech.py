"""What people hear: a call, what is left on an answering machine, and the brief for the emergency services.

Until a person has pressed a key it may be an answering machine that listens: only the brief says where she lives.
"""

from collections.abc import Mapping

from hub.alert import DETAILS, Alert, Course, Purpose
from hub.texts import sentence

Values = Mapping[str, str]

_WHEN = {
    Purpose.ALERT: "when",
    Purpose.AGAIN: "when_again",
    Purpose.STILL: "when_still",
    Purpose.ALL_CLEAR: "when_over",
    Purpose.UNDER_THREAT: "when_threat",
}


def call(alert: Alert, language: str, values: Values) -> str:
    """What is said when somebody, or something, picks up."""
    course = alert.course
    keys = [*alert.marks, f"head_{alert.purpose}"]
    if alert.purpose is not Purpose.CHECK:
        keys += [f"what_{course}", *(["in_sms"] if alert.shows_place else [])]
    keys += [*([_WHEN[alert.purpose]] if alert.purpose in _WHEN else []), f"police_{course}"]
    keys += [*(["go_now"] if course is Course.NOW else []), *([] if course is Course.OVER else ["silence"])]
    if alert.shows_room:
        keys += ["room"]
    return _said([*keys, "reference"], language, values)


def machine(alert: Alert, language: str, values: Values) -> str:
    """For an answering machine that others may listen to: neither who nor what, only to look and to call back."""
    key = "machine_over" if alert.course is Course.OVER else "machine"
    return _said([*alert.marks, key, "reference"], language, values)


def brief(alert: Alert, language: str, values: Values) -> str:
    """After a key: all that the emergency services ask for, what to do and not to do, and how to end it."""
    course = alert.course
    if course is Course.OVER:
        return call(alert, language, values)
    moved = ["moved"] if alert.shows_elsewhere else []
    keys = [*alert.marks, f"police_{course}", "where", *moved, *(key for key in DETAILS if values[key])]
    keys += [*(["go_now"] if course is Course.NOW else []), "silence", *(["code"] if alert.code else [])]
    return _said([*keys, "reference"], language, values)


def _said(keys: list[str], language: str, values: Values) -> str:
    heard = {
        **values,
        "level": values["level"].lower(),
        "reference": _spelled(values["reference"]),
        "code": _spelled(values["code"]),
        "door_code": " ".join(map(_spelled_code, values["door_code"].split())),
    }
    return " ".join(sentence(language, "call", key, **heard) for key in keys)


def _spelled(text: str) -> str:
    return ", ".join(text)


def _spelled_code(word: str) -> str:
    """A word with a digit is a code; another is read as it is."""
    return _spelled(word) if any(char.isdigit() for char in word) else word
