"""What somebody typed about the home or a person: made clean, or refused with the reason."""

from collections.abc import Callable, Mapping
from functools import partial

from hub.errors import Refusal
from hub.model import LANGUAGES, zone

LONGEST_NAME = 40
LONGEST = {"floor": 40, "door_code": 40, "residents": 120, "notes": 240}  # characters; they are read aloud


def short_name(name: str) -> str:
    name = _one_line(name)
    if len(name) > LONGEST_NAME:
        raise Refusal("name_too_long", limit=LONGEST_NAME)
    return name


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _detail(key: str, text: str) -> str:
    text = _one_line(text)
    if len(text) > LONGEST[key]:
        raise Refusal("detail_too_long", option=key.replace("_", "-"), limit=LONGEST[key])
    return text


def language(text: str) -> str:
    if text not in LANGUAGES:
        raise Refusal("invalid_language", language=text)
    return text


def _timezone(text: str) -> str:
    if zone(text) is None:
        raise Refusal("invalid_timezone", timezone=text)
    return text


def position(text: str) -> tuple[float, float] | None:
    if not text.strip():
        return None
    try:
        latitude, longitude = (float(part) for part in text.split(","))
    except ValueError:
        raise Refusal("invalid_position", position=text) from None
    if not (abs(latitude) <= 90 and abs(longitude) <= 180):
        raise Refusal("invalid_position", position=text)
    return round(latitude, 6), round(longitude, 6)


HOME: Mapping[str, Callable[[str], object]] = {
    "name": short_name,
    "address": _one_line,
    "position": position,
    "language": language,
    "timezone": _timezone,
    **{key: partial(_detail, key) for key in LONGEST},
}
