"""The telephone numbers that the account owns: what each one can do, and what it does when it is called."""

import secrets
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime

DEMO_TEXT = "https://demo.twilio.com/welcome/voice/"  # what a new number says until somebody changes it
USUAL = ("+33937000000", "+33939010203", "+33939980000")


@dataclass(slots=True)
class OwnNumber:
    """`voice` and `sms`: whether it can; at `voice_url` is what happens when it is called."""

    number: str
    voice: bool = True
    sms: bool = True
    voice_url: str | None = DEMO_TEXT
    voice_method: str = "POST"
    id: str = field(default_factory=lambda: "PN" + secrets.token_hex(16))
    created: datetime = field(default_factory=lambda: datetime.now(UTC))
    updated: datetime = field(default_factory=lambda: datetime.now(UTC))


class Numbers:
    """Those the account owns, in the order they were bought. `proven`: those of others that it may call with."""

    def __init__(self) -> None:
        self.proven: list[OwnNumber] = []
        self._owned = {number: OwnNumber(number) for number in USUAL}

    def __iter__(self) -> Iterator[OwnNumber]:
        return iter(list(self._owned.values()))

    def __contains__(self, number: str) -> bool:
        return number in self._owned

    def __getitem__(self, number: str) -> OwnNumber:
        """Raises KeyError for a number that the account does not own."""
        return self._owned[number]

    def add(self, number: str, *, voice: bool = True, sms: bool = True) -> OwnNumber:
        """Buy it; one that is owned already begins anew."""
        self._owned[number] = OwnNumber(number, voice, sms)
        return self._owned[number]

    def remove(self, number: str) -> None:
        self._owned.pop(number, None)

    def prove(self, number: str) -> None:
        """It is somebody's own, and was verified: calls may show it, and nobody reaches the account by calling it."""
        self.proven.append(OwnNumber(number, sms=False, voice_url=None))

    def can_call(self, number: str) -> bool:
        return any(own.number == number for own in self.proven) or (number in self and self[number].voice)

    def can_text(self, number: str) -> bool:
        return number in self and self[number].sms
