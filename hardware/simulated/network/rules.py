"""What Twilio takes and what it refuses: pure checks of a form that came in."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass

from hardware.simulated.network.answers import AnswerError, Json
from hardware.simulated.network.call import Detection
from hardware.simulated.network.flows import Flow
from hardware.simulated.network.numbers import Numbers
from hardware.simulated.network.phones import Phones
from hardware.simulated.network.twiml import Speech, speech

NUMBER = re.compile(r"\+[1-9][0-9]{6,14}")
SHORT_CODE = re.compile(r"[0-9]{3,6}")
SENDER_NAME = re.compile(r"(?=.*[A-Za-z])[A-Za-z0-9 ]{1,11}")

Form = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Text:
    sender: str
    to: str
    body: str
    validity: float


@dataclass(frozen=True, slots=True)
class Ring:
    sender: str
    to: str
    said: Speech
    seconds: float
    detection: Detection


@dataclass(frozen=True, slots=True)
class Start:
    to: str
    sender: str
    data: Json


def text(form: Form, phones: Phones, numbers: Numbers, regions: tuple[str, ...]) -> Text:
    """`regions`: the prefixes that may be reached ("+33"); empty: all."""
    to = _wanted(form, "To", 21604, "A 'To' phone number is required.")
    body = _wanted(form, "Body", 21602, "Message body is required.")
    sender = _wanted(form, "From", 21603, "A 'From' phone number is required.")
    if not any(rule.fullmatch(sender) for rule in (NUMBER, SHORT_CODE, SENDER_NAME)):
        raise AnswerError(400, 21212, "The 'From' number is not a valid phone number, short code, or sender ID.")
    if NUMBER.fullmatch(sender) and not numbers.can_text(sender):
        raise AnswerError(400, 21606, "The 'From' number is not a message-capable number of your account.")
    if len(body) > 1600:
        raise AnswerError(400, 21617, "The concatenated message body exceeds the 1600 character limit.")
    _check_number(to)
    _check_region(to, regions, 21408, "Permission to send an SMS has not been enabled for the region.")
    _check_takes_sms(to, phones)
    return Text(sender, to, body, _whole(form, "ValidityPeriod", 36_000, range(1, 36_001), 90007))


def ring(form: Form, numbers: Numbers, regions: tuple[str, ...]) -> Ring:
    to = _wanted(form, "To", 21201, "No 'To' number is specified.")
    sender = _wanted(form, "From", 21213, "Phone number 'From' is required.")
    if not NUMBER.fullmatch(sender):
        raise AnswerError(400, 21212, "The 'From' number is not a valid phone number.")
    if not numbers.can_call(sender):
        raise AnswerError(400, 21210, "The 'From' number is not verified for your account.")
    _check_number(to)
    _check_region(to, regions, 21215, "The account is not authorized to call this region.")
    seconds = _whole(form, "Timeout", 60, range(1, 601), 20001)
    return Ring(sender, to, _said(form), seconds, _detection(form))


def flow(form: Form, before: Flow | None) -> Flow:
    """A flow as it is asked for; what is not said stays as it was `before`."""
    status = _wanted(form, "Status", 20001, "Status is required.")
    if status not in ("draft", "published"):
        raise AnswerError(400, 20001, "Status is draft or published.")
    name = form.get("FriendlyName") or (before.name if before else "")
    if not name:
        raise AnswerError(400, 20001, "FriendlyName is required.")
    definition = before.definition if before and "Definition" not in form else _json(form, "Definition")
    new = Flow(name, status, definition, form.get("CommitMessage"))
    if status == "published" and new.problems:
        raise AnswerError(400, 20001, f"Flow definition is invalid: {new.problems}")
    return new


def execution(form: Form) -> Start:
    to = _wanted(form, "To", 20001, "To is required.")
    sender = _wanted(form, "From", 20001, "From is required.")
    _check_number(to)
    return Start(to, sender, _json(form, "Parameters") if form.get("Parameters") else {})


def _json(form: Form, name: str) -> Json:
    try:
        value = json.loads(form.get(name, ""))
    except (ValueError, RecursionError):
        value = None
    if not isinstance(value, dict):
        raise AnswerError(400, 20001, f"{name} is not a JSON object.")
    return value


def _wanted(form: Form, name: str, code: int, message: str) -> str:
    value = form.get(name, "").strip()
    if not value:
        raise AnswerError(400, code, message)
    return value


def _check_number(to: str) -> None:
    if not NUMBER.fullmatch(to):
        raise AnswerError(400, 21211, "The 'To' number is not a valid phone number.")


def _check_region(to: str, regions: tuple[str, ...], code: int, message: str) -> None:
    if regions and not to.startswith(regions):
        raise AnswerError(400, code, message)


def _check_takes_sms(to: str, phones: Phones) -> None:
    if phones[to].stopped:
        raise AnswerError(400, 21610, "Attempt to send to unsubscribed recipient.")
    if phones[to].landline:
        raise AnswerError(400, 21614, "The 'To' number is not a valid mobile number.")


def _said(form: Form) -> Speech:
    """A page at `Url` is never fetched: such a call says nothing. `Url` wins, as at Twilio's."""
    twiml = form.get("Twiml", "")
    if form.get("Url"):
        return Speech()
    if not twiml.strip():
        raise AnswerError(400, 21205, "Url parameter is required.")
    if len(twiml) > 4000:
        raise AnswerError(400, 32018, "Twiml size exceeded maximum allowed value of 4000 characters.")
    try:
        return speech(twiml)
    except ValueError:
        # Twilio takes it and the call breaks off when it is answered; here it is heard of at once.
        raise AnswerError(400, 12100, "Document parse failure.") from None


def _detection(form: Form) -> Detection:
    value = form.get("MachineDetection", "")
    if value not in list(Detection):
        raise AnswerError(400, 20001, "MachineDetection is Enable or DetectMessageEnd.")
    return Detection(value)


def _whole(form: Form, name: str, default: int, allowed: range, code: int) -> int:
    value = form.get(name, str(default))
    number = int(value) if re.fullmatch(r"[0-9]{1,9}", value) else -1
    if number not in allowed:
        raise AnswerError(400, code, f"{name} must be a whole number from {allowed.start} to {allowed.stop - 1}.")
    return number
