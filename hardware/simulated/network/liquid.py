"""The little of Liquid that flows need here: `{{flow.data.name}}` becomes what stands there."""

import re
from collections.abc import Mapping

PLACE = re.compile(r"\{\{\s*([\w-]+(?:\.[\w-]+)*)\s*\}\}")
LEFT_OVER = re.compile(r"\{\{|\}\}|\{%")


def fill(text: object, context: Mapping[str, object]) -> str:
    """Nothing stands where the context has nothing."""
    return PLACE.sub(lambda place: _found(place[1], context), str(text))


def is_known(text: str) -> bool:
    """Whether nothing in it is more than a plain place."""
    return not LEFT_OVER.search(PLACE.sub("", text))


def _found(path: str, context: Mapping[str, object]) -> str:
    value: object = context
    for step in path.split("."):
        value = value.get(step) if isinstance(value, Mapping) else None
    if isinstance(value, bool):
        return str(value).lower()
    return "" if value is None else str(value)
