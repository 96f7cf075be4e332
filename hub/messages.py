"""What people are told: an alert becomes an SMS, a text to be spoken, and an e-mail.

An SMS is put together from parts. What does not fit is shortened in a fixed order; level, who, where, when,
reference, the police and "do not contact her" may get shorter wordings but are always there.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from enum import StrEnum
from itertools import product

from hub.fitting import Parts, fits, fitted, joined, shorter
from hub.gsm7 import transliterate, units
from hub.model import LANGUAGES, Home
from hub.response import Level
from hub.texts import sentence, wordings


class Purpose(StrEnum):
    ALERT = "alert"
    AGAIN = "again"  # the button was pressed again
    ALL_CLEAR = "all_clear"
    UNDER_THREAT = "under_threat"  # cancelled, but not of her own will


class Course(StrEnum):
    """What the reader should do; texts are chosen by it."""

    PREVENTION = "prevention"  # stay reachable
    NOW = "now"  # call the police now
    DRILL = "drill"  # nothing, it is an exercise
    OVER = "over"  # nothing more


@dataclass(frozen=True, slots=True)
class Alert:
    """`at`: when what this tells happened, the press or the end. `room`: a whole address, or ""."""

    home: Home
    level: Level
    reference: str
    at: datetime
    purpose: Purpose
    drill: bool = False
    after_drill: bool = False
    room: str = ""

    @property
    def course(self) -> Course:
        if self.purpose is Purpose.ALL_CLEAR:
            return Course.OVER
        if self.drill:
            return Course.DRILL
        urgent = self.level > Level.PREVENTION or self.purpose is Purpose.UNDER_THREAT
        return Course.NOW if urgent else Course.PREVENTION

    @property
    def segments(self) -> int:
        """How many an SMS may have: what must be done now is worth a second one."""
        one = self.level is Level.PREVENTION and self.purpose is not Purpose.UNDER_THREAT
        return 1 if one or self.purpose is Purpose.ALL_CLEAR else 2


@dataclass(frozen=True, slots=True)
class Words:
    """One alert in one language; `subject` and `mail` are the e-mail."""

    sms: str
    call: str
    subject: str
    mail: str


CAPACITY = {1: 160, 2: 306}  # units


def compose(alert: Alert, language: str) -> Words:
    """All texts of one alert in one language."""
    values = _values(alert, language)
    subject = "drill" if alert.drill else alert.course
    return Words(
        sms=fitted(_parts(alert, language, values), alert.segments),
        call=_spoken(alert, language, values),
        subject=sentence(language, "mail", f"subject_{subject}", **values),
        mail=_mail(alert, language, values),
    )


def overflow(home: Home) -> int:
    """By how many units the worst SMS, at its shortest, would be too long with this name and address."""
    bare = replace(home, position=None)
    flags = product(Level, Purpose, (True, False), (True, False))
    worst = [
        Alert(bare, level, "K7Q2M", datetime(2000, 1, 1, tzinfo=UTC), purpose, drill, after)
        for level, purpose, drill, after in flags
    ]
    return max(0, *(_excess(alert, language) for alert in worst for language in LANGUAGES))


def _excess(alert: Alert, language: str) -> int:
    *_, shortest = shorter(_parts(alert, language, _values(alert, language)))
    over = units(joined(shortest)) - CAPACITY[alert.segments]
    return over if fits(shortest, alert.segments) else max(1, over)


def _values(alert: Alert, language: str) -> Mapping[str, str]:
    local = alert.home.local(alert.at)
    level = sentence(language, "words", alert.level.word)
    spoken = "spoken_time" if local.minute else "spoken_hour"
    return {
        "level": level,
        "name": _line(alert.home.name) or sentence(language, "words", "nobody"),
        "address": _line(alert.home.address) or sentence(language, "words", "nowhere"),
        "time": f"{local:%H:%M}",
        "date": f"{local:{sentence(language, 'words', 'date')}}",
        "spoken_time": sentence(language, "words", spoken, hour=local.hour, minute=local.minute),
        "reference": alert.reference,
        "spelled": ", ".join(alert.reference),
        "map": _map(alert.home),
        "room": alert.room,
    }


def _line(text: str) -> str:
    return " ".join(text.split())


def _map(home: Home) -> str:
    if home.position is None:
        return ""
    latitude, longitude = home.position
    return f"https://maps.google.com/?q={latitude:.5f},{longitude:.5f}"


def _marks(alert: Alert) -> list[str]:
    if alert.drill:
        return ["mark_drill"]
    return ["mark_after_drill"] if alert.after_drill and alert.course is not Course.OVER else []


def _shows_room(alert: Alert) -> bool:
    return bool(alert.room) and alert.segments > 1


# --- SMS ---


def _parts(alert: Alert, language: str, values: Mapping[str, str]) -> Parts:
    """In the order in which they are read."""
    over = alert.course is Course.OVER
    keys = {
        "head": _head(alert),
        "silence": "silence_over" if over else "silence",
        "police": f"police_{alert.course}",
        "do": f"do_{alert.course}",
    }
    for mark in _marks(alert):
        keys = {"mark": mark, **keys}
    if values["map"] and not over:
        keys["map"] = "map"
    if _shows_room(alert):
        keys["room"] = "room"
    return {
        part: tuple(transliterate(text) for text in wordings(language, "sms", key, **values))
        for part, key in keys.items()
    }


def _head(alert: Alert) -> str:
    return f"head_{alert.purpose}{'_drill' * (alert.drill and alert.purpose is Purpose.AGAIN)}"


# --- Call and e-mail ---

_WHEN = {Purpose.AGAIN: "when_again", Purpose.ALL_CLEAR: "when_over", Purpose.UNDER_THREAT: "when_threat"}


def _spoken(alert: Alert, language: str, values: Mapping[str, str]) -> str:
    course = alert.course
    keys = [*_marks(alert), f"head_{alert.purpose}", f"what_{course}"]
    if course is not Course.OVER:
        keys += ["where"]
    keys += [_WHEN.get(alert.purpose, "when"), f"police_{course}"]
    if course is Course.NOW:
        keys += ["go_now"]
    if course is not Course.OVER:
        keys += ["silence"]
    if _shows_room(alert):
        keys += ["room"]
    heard = {**values, "level": values["level"].lower()}
    return " ".join(sentence(language, "call", key, **heard) for key in [*keys, "reference"])


def _mail(alert: Alert, language: str, values: Mapping[str, str]) -> str:
    course = alert.course
    facts = ["where", *(["map"] if values["map"] else []), "when", "reference"]
    todo = [f"police_{course}", f"do_{course}", *([] if course is Course.OVER else ["silence"])]
    head = [*_marks(alert), f"head_{alert.purpose}", f"what_{course}"]

    def say(keys: list[str]) -> list[str]:
        return [sentence(language, "mail", key, **values) for key in keys]

    room = say(["room"]) if _shows_room(alert) else []
    return "\n\n".join([*say(head), "\n".join(say(facts)), *say(todo), *room]) + "\n"
