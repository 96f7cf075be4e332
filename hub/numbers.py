"""Telephone numbers and e-mail addresses as people type them; emergency numbers are never accepted."""

import re
import unicodedata

import phonenumbers

from hub.errors import Refusal

EMERGENCY = frozenset(
    {
        "15",
        "17",
        "18",
        "112",
        "114",
        "115",
        "116000",
        "116006",
        "116111",
        "116117",
        "119",
        "191",
        "196",
        "197",
    }
)

_REGION = "FR"

# Dialling prefixes, in any number and order: international (00, 011), a country, trunk zeros, hidden caller.
_PREFIX = r"(?:0|011|33|[*#]\d{2}[*#])*"
_ANY = "|".join(sorted(EMERGENCY))
_EMERGENCY = re.compile(rf"{_PREFIX}(?:{_ANY})[*#]*")
_ABROAD = re.compile(rf"(?:\+|00|011)+\d{{0,3}}0?(?:{_ANY})[*#]*")

_KINDS = frozenset(
    {
        phonenumbers.PhoneNumberType.FIXED_LINE,
        phonenumbers.PhoneNumberType.MOBILE,
        phonenumbers.PhoneNumberType.FIXED_LINE_OR_MOBILE,
        phonenumbers.PhoneNumberType.PERSONAL_NUMBER,
        phonenumbers.PhoneNumberType.VOIP,
    }
)

_FICTION = "+3363998"  # kept by the French regulator for fiction: the demo's and the tests' people

_LONGEST = 254  # characters of an e-mail address, RFC 5321

_EMAIL = re.compile(
    r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*"
    r"@(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])"
)


def phone(text: str) -> str:
    """A number that can be called, as E.164 ("+33612345678"). Raises Refusal."""
    refuse_emergency(text)
    number = _parsed(text)
    if number is not None and str(number.national_number) in EMERGENCY:
        raise Refusal("emergency_number", number=text)
    written = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164) if number else ""
    if number is None or not (phonenumbers.number_type(number) in _KINDS or _fictional(written)):
        raise Refusal("invalid_number", number=text)
    return written


def _fictional(number: str) -> bool:
    return number.startswith(_FICTION) and len(number) == len("+33612345678")


def refuse_emergency(text: str) -> None:
    """Raises Refusal for an emergency number in any spelling; says nothing of the rest and reads no file."""
    dialled = _dialled(text)
    if _EMERGENCY.fullmatch(dialled.replace("+", "")) or _ABROAD.fullmatch(dialled):
        raise Refusal("emergency_number", number=text)


def email(text: str) -> str:
    """An e-mail address, without the spaces around it. Raises Refusal."""
    address = text.strip()
    local = address.partition("@")[0]
    if len(address) > _LONGEST or len(local) > 64 or not _EMAIL.fullmatch(address):
        raise Refusal("invalid_email", email=text)
    return address


def _parsed(text: str) -> phonenumbers.PhoneNumber | None:
    try:
        return phonenumbers.parse(text, _REGION)
    except phonenumbers.NumberParseException:
        return None


def _dialled(text: str) -> str:
    """What a telephone would dial: digits of any script, plus, star and hash."""
    return "".join(_key(char) for char in unicodedata.normalize("NFKC", text))


def _key(char: str) -> str:
    if char in "+*#":
        return char
    digit = unicodedata.digit(char, None)
    return "" if digit is None else str(digit)
