"""From what pydantic found to one sentence for each fault, for a person with an editor open."""

import json
from collections.abc import Iterable, Mapping
from difflib import get_close_matches

from pydantic import BaseModel, ValidationError
from pydantic.fields import FieldInfo
from pydantic_core import ErrorDetails

LONGEST_QUOTE = 60


def sentences(model: type[BaseModel], problem: ValidationError) -> list[str]:
    """Each fault once, in the order of the sections."""
    found = [_sentence(model, error) for error in problem.errors(include_url=False)]
    return list(dict.fromkeys(found))


def _sentence(model: type[BaseModel], error: ErrorDetails) -> str:
    section, *keys = (str(part) for part in error["loc"])
    sections = _by_key(model)
    if section not in sections:
        return f"[{section}]: is not a section.{_did_you_mean(section, sections, '[{}]')}"
    if not keys and error["type"] == "value_error":  # of two sections that do not go together
        return f"[{section}] {error['ctx']['error']}."
    if not keys:
        return f"[{section}]: must be a section, not {_quoted(error['input'])}."
    fields = _section_model(sections[section])
    key = keys[0] if error["type"] == "extra_forbidden" else _key(fields, keys[0])
    return f"[{section}] {key}: {_about_key(_by_key(fields), key, error)}"


def _key(model: type[BaseModel], name: str) -> str:
    """What the file calls a field; pydantic names a default that fails after the field itself."""
    field = model.model_fields.get(name)
    return (field and field.alias) or name


def _about_key(fields: Mapping[str, FieldInfo], key: str, error: ErrorDetails) -> str:
    if key not in fields:
        return f"is not a key of this section.{_did_you_mean(key, fields, '{}')}"
    if error["type"] == "missing":
        return "is required."
    if error["type"] == "value_error":
        return f"{error['ctx']['error']}."
    return f"must be {fields[key].description}, not {_quoted(error['input'])}."


def _by_key(model: type[BaseModel]) -> dict[str, FieldInfo]:
    """The fields under the names they have in the file."""
    return {field.alias or name: field for name, field in model.model_fields.items()}


def _section_model(field: FieldInfo) -> type[BaseModel]:
    """The model behind `Siren` or `Twilio | None`."""
    parts = (field.annotation, *getattr(field.annotation, "__args__", ()))
    return next(part for part in parts if isinstance(part, type) and issubclass(part, BaseModel))


def _did_you_mean(word: str, known: Iterable[str], form: str) -> str:
    near = get_close_matches(word, list(known), n=1)
    return f" Did you mean {form.format(near[0])}?" if near else ""


def _quoted(value: object) -> str:
    """The value as it might be written in the file, cut where it is long."""
    try:
        text = json.dumps(value, default=str, ensure_ascii=False)
    except (ValueError, RecursionError):  # an integer of thousands of digits; a list in a list in a list…
        return "that"
    return text if len(text) <= LONGEST_QUOTE else f"{text[:LONGEST_QUOTE]}…"
