"""What somebody types about a button, checked: from words to facts, or a refusal that says what to do."""

import re
from collections.abc import Iterable

from hub.errors import Refusal
from hub.gesture import Kind, Timing
from hub.profile import Rule

PROTOCOLS = ("bthome", "itag", "learned")
SEALED_PROTOCOLS = ("bthome",)  # those that can be encrypted
HOLD_AFTER = (0.3, 5.0)  # s; shortest and longest that is a hold to people, and that a person can wait
PAUSE = (0.2, 3.0)  # s; between two presses of one series
_ADDRESS = re.compile(r"[0-9A-F]{2}(:[0-9A-F]{2}){5}")
_KEY = re.compile(r"[0-9A-Fa-f]{32}")


def address(text: str) -> str:
    """Upper case with colons. Raises Refusal."""
    found = text.strip().upper().replace("-", ":")
    if not _ADDRESS.fullmatch(found):
        raise Refusal("invalid_button_address", address=text)
    return found


def protocol(text: str, rules: Iterable[Rule]) -> str:
    """Raises Refusal, also when it was to be learned first."""
    if text not in PROTOCOLS:
        raise Refusal("unknown_protocol", protocol=text)
    if text == "learned" and not tuple(rules):
        raise Refusal("button_not_learned")
    return text


def key(text: str, protocol: str) -> bytes | None:
    """16 bytes from 32 hexadecimal digits; "" is no key. Raises Refusal, which does not repeat the key."""
    digits = text.strip().replace(":", "").replace(" ", "")
    if not digits:
        return None
    if protocol not in SEALED_PROTOCOLS:
        raise Refusal("key_useless", protocol=protocol)
    if not _KEY.fullmatch(digits):
        raise Refusal("invalid_key")
    return bytes.fromhex(digits)


def timing(hold_after: float, pause: float) -> Timing:
    """Raises Refusal."""
    if not (HOLD_AFTER[0] <= hold_after <= HOLD_AFTER[1] and PAUSE[0] <= pause <= PAUSE[1]):
        (hold_least, hold_most), (least, most) = HOLD_AFTER, PAUSE
        raise Refusal("invalid_timing", hold_least=hold_least, hold_most=hold_most, least=least, most=most)
    return Timing(hold_after, pause)


def kind_of(gesture: str) -> Kind:
    """Raises Refusal."""
    try:
        return Kind(gesture)
    except ValueError:
        raise Refusal("unknown_gesture", gesture=gesture) from None
