"""Twilio's published OpenAPI description, held against what the telephone network was asked and answered.

`check(network)` at the end of a story: every request the hub made is one Twilio knows, every answer it got is
one Twilio could have given. The description is stricter here than published: an answer has all its keys, and
no other.
"""

import json
import re
from collections.abc import Iterable, Iterator
from datetime import datetime
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import urlsplit
from xml.etree import ElementTree

from jsonschema import Draft202012Validator, FormatChecker

from hardware.simulated.network import Kind, Request

Schema = dict[str, Any]  # JSON, as it comes
EXTRACT = Path(__file__).parents[1] / "data" / "twilio_openapi_extract.json"
SPEC: Schema = json.loads(EXTRACT.read_text())
FORM = "application/x-www-form-urlencoded"

formats = FormatChecker(formats=())
formats.checks("date-time", ValueError)(lambda text: bool(datetime.fromisoformat(text)))
formats.checks("date-time-rfc-2822", ValueError)(lambda text: text is None or bool(parsedate_to_datetime(text)))
formats.checks("uri", ValueError)(lambda text: text is None or bool(urlsplit(text).scheme))
formats.checks("twiml", ElementTree.ParseError)(lambda text: ElementTree.fromstring(text) is not None)


class Recorded(Protocol):
    requests: list[Request]


def check(network: Recorded) -> None:
    """Raises AssertionError with one line for each violation."""
    found = list(problems(network.requests))
    assert not found, "\n".join(found)


def problems(requests: Iterable[Request]) -> Iterator[str]:
    for request in requests:
        if request.method != "SMTP":
            yield from request_problems(request)
            yield from answer_problems(request)


def request_problems(request: Request) -> Iterator[str]:
    found = _operation(request)
    if found is None:
        yield f"{request.method} {request.path}: Twilio has no such request"
        return
    operation, places = found
    for place, values in (("path", places), ("query", request.query), ("form", request.form)):
        yield from _violations(f"{request.method} {request.path} {place}", values, _wanted(operation, place))


def answer_problems(request: Request) -> Iterator[str]:
    """None for a request that was not answered, or answered with garbage on purpose."""
    if not request.status or request.fault is Kind.GARBAGE:
        return
    found = _operation(request)
    answers = found[0]["responses"] if found else {}
    refusal = {"$ref": "#/components/responses/error"} if request.status >= 400 else None
    answer = _resolved(answers.get(str(request.status), refusal))
    name = f"{request.method} {request.path} answer {request.status}"
    if answer is None:
        yield f"{name}: Twilio never answers so"
    elif "content" in answer:
        yield from _violations(name, request.answer, answer["content"]["application/json"]["schema"], whole=True)
    elif request.answer:
        yield f"{name}: Twilio says nothing there"


def _operation(request: Request) -> tuple[Schema, dict[str, str]] | None:
    """The description of this request, and what stands in its path's places."""
    for template, operations in SPEC["paths"].items():
        pattern = re.sub(r"\\{(\w+)\\}", r"(?P<\1>[^/]+)", re.escape(template))
        match = re.fullmatch(pattern, request.path)
        if match and request.method.lower() in operations:
            return operations[request.method.lower()], match.groupdict()
    return None


def _wanted(operation: Schema, place: str) -> Schema:
    if place == "form":
        body = operation.get("requestBody", {}).get("content", {}).get(FORM, {}).get("schema", {})
        return {"type": "object", "properties": {}, **body, "additionalProperties": False}
    parameters = [one for one in operation.get("parameters", []) if one["in"] == place]
    return {
        "type": "object",
        "properties": {one["name"]: one["schema"] for one in parameters},
        "required": [one["name"] for one in parameters if one.get("required")],
        "additionalProperties": False,
    }


def _violations(name: str, value: object, schema: Schema, whole: bool = False) -> Iterator[str]:
    if not whole and isinstance(value, dict):
        value = {key: _typed(text, schema["properties"].get(key, {})) for key, text in value.items()}
    draft = {**_modern(schema, whole), "components": _modern(SPEC["components"], whole)}
    for error in Draft202012Validator(draft, format_checker=formats).iter_errors(value):
        yield f"{name} {'.'.join(map(str, error.absolute_path))}: {error.message}"


def _typed(text: str, schema: Schema) -> object:
    """A form has texts only: what was meant, or the text itself when it cannot be that."""
    match _resolved(schema).get("type"):
        case "integer" if re.fullmatch(r"-?\d+", text):
            return int(text)
        case "number" if re.fullmatch(r"-?\d+(\.\d+)?", text):
            return float(text)
        case "boolean":
            return {"true": True, "false": False}.get(text.lower(), text)
        case "array":
            return [text]
    return text


def _resolved(schema: Any) -> Any:
    if isinstance(schema, dict) and "$ref" in schema:
        target = SPEC
        for step in schema["$ref"].removeprefix("#/").split("/"):
            target = target[step]
        return target
    return schema


def _modern(schema: Any, whole: bool) -> Any:
    """OpenAPI 3.0 as JSON Schema; `whole`: every key of an object is wanted, and no other."""
    if isinstance(schema, list):
        return [_modern(one, whole) for one in schema]
    if not isinstance(schema, dict):
        return schema
    new = {key: _modern(one, whole) for key, one in schema.items()}
    if whole and isinstance(schema.get("properties"), dict):
        new |= {"required": sorted(schema["properties"]), "additionalProperties": False}
    if schema.get("nullable") is True:
        new["type"] = [schema["type"], "null"]
    return new
