"""What somebody typed, and beside which field a refusal belongs."""

from typing import Any

from flask import request

from hub.client import Refused

FIELDS = {
    "emergency_number": "phone",
    "invalid_number": "phone",
    "duplicate_contact": "phone",
    "duplicate_technician": "phone",
    "invalid_email": "email",
    "name_missing": "name",
    "name_too_long": "name",
    "home_too_long": "address",
    "invalid_position": "position",
    "bad_recipient": "key",
    "unknown_recipient": "key",
    "too_many_recipients": "key",
    "invalid_key": "key",
    "key_useless": "key",
    "key_does_not_fit": "key",
    "wipe_unconfirmed": "confirm",
    "recordings_unsaved": "recordings",
    "folder_unusable": "folder",
    "folder_full": "folder",
    "export_exists": "folder",
}


def typed(*names: str) -> dict[str, str]:
    return {name: request.form.get(name, "").strip() for name in names}


def ticked(name: str) -> bool:
    return request.form.get(name) == "yes"


def said(refusal: Refused) -> dict[str, Any]:
    """For a template: the sentence, and the field it stands beside; "" where it is about none."""
    field = FIELDS.get(refusal.code, "")
    return {"refusal": str(refusal), "wrong": field if field in request.form else ""}
