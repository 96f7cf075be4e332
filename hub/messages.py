"""What people are told: an alert becomes an SMS, texts to be spoken, and an e-mail.

An SMS is put together from parts. What does not fit is shortened in a fixed order; level, who, where, when,
reference, the police and "do not contact her" may get shorter wordings but are always there.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from itertools import product
from math import ceil

from hub import speech, writing
from hub.alert import Alert, Course, Purpose
from hub.fitting import fits, fitted, joined, shorter
from hub.gsm7 import units
from hub.model import LANGUAGES, Home, Moment, Position, Source
from hub.response import Level
from hub.texts import sentence

__all__ = ["Alert", "Course", "Purpose", "Words", "compose", "overflow"]


@dataclass(frozen=True, slots=True)
class Words:
    """One alert in one language; `subject` and `mail` are the e-mail.

    `call` is for whoever picks up, `machine` for an answering machine, `brief` for whoever has pressed a key.
    """

    sms: str
    call: str
    subject: str
    mail: str
    machine: str
    brief: str


CAPACITY = {1: 160, 2: 306}  # units
# Nothing about a position that was measured takes more room than this.
ELSEWHERE = Position(-47.867123, -144.223856, 99_000.0, Moment(0.0, datetime(2000, 1, 1, tzinfo=UTC)), Source.CELL)
AGE = 3540.0


def compose(alert: Alert, language: str) -> Words:
    """All texts of one alert in one language."""
    values = _values(alert, language)
    return Words(
        sms=fitted(writing.parts(alert, language, values), alert.segments),
        call=speech.call(alert, language, values),
        subject=writing.subject(alert, language, values),
        mail=writing.mail(alert, language, values),
        machine=speech.machine(alert, language, values),
        brief=speech.brief(alert, language, values),
    )


def overflow(home: Home) -> int:
    """By how many units the worst SMS, at its shortest, would be too long with this name and address."""
    bare = replace(home, position=None)
    flags = product(Level, Purpose, (True, False), (True, False), (ELSEWHERE, None))
    worst = [
        Alert(bare, level, "K7Q2M", ELSEWHERE.at.utc, purpose, drill, after, code="0000", elsewhere=there, age=AGE)
        for level, purpose, drill, after, there in flags
    ]
    return max(0, *(_excess(alert, language) for alert in worst for language in LANGUAGES))


def _excess(alert: Alert, language: str) -> int:
    *_, shortest = shorter(writing.parts(alert, language, _values(alert, language)))
    over = units(joined(shortest)) - CAPACITY[alert.segments]
    return over if fits(shortest, alert.segments) else max(1, over)


def _values(alert: Alert, language: str) -> Mapping[str, str]:
    home, local = alert.home, alert.home.local(alert.at)
    spoken = "spoken_time" if local.minute else "spoken_hour"
    return {
        "level": sentence(language, "words", alert.level.word),
        "name": _line(home.name) or sentence(language, "words", "nobody"),
        "address": _line(home.address) or sentence(language, "words", "nowhere"),
        "floor": _line(home.floor),
        "door_code": _line(home.door_code),
        "residents": _line(home.residents),
        "notes": _line(home.notes),
        "time": f"{local:%H:%M}",
        "date": f"{local:{sentence(language, 'words', 'date')}}",
        "spoken_time": sentence(language, "words", spoken, hour=local.hour, minute=local.minute),
        "reference": alert.reference,
        "map": _map(home.position),
        **_elsewhere(alert, language),
        "room": alert.room,
        "by": _line(alert.by) or sentence(language, "words", "somebody"),
        "code": alert.code,
    }


def _line(text: str) -> str:
    return " ".join(text.split())


def _map(place: tuple[float, float] | None) -> str:
    return "" if place is None else f"https://maps.google.com/?q={_point(place)}"


def _point(place: tuple[float, float]) -> str:
    return "{:.5f},{:.5f}".format(*place)


def _elsewhere(alert: Alert, language: str) -> Mapping[str, str]:
    """Where the hub is, if not at home: how exact that is, and how old."""
    position = alert.elsewhere
    if position is None:
        return {}
    place, minutes = (position.latitude, position.longitude), int(alert.age // 60)
    seen = alert.home.local(alert.at - timedelta(seconds=alert.age))
    age = sentence(language, "words", "minutes_ago" if minutes else "just_now", minutes=minutes)
    return {
        "there": _map(place),
        "point": _point(place),
        "radius": _round(position.radius),
        "seen": f"{seen:%H:%M}",
        "age": age,
    }


def _round(metres: float) -> str:
    """Never less than it is."""
    return f"{ceil(metres / 10) * 10} m" if metres <= 1000 else f"{ceil(metres / 1000)} km"
