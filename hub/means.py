"""What the account with the telephone company can be asked about, and what it says."""

from dataclasses import dataclass
from enum import StrEnum


class Means(StrEnum):
    """What an account with the telephone company can be asked about; the value is the fault it becomes."""

    KEY = "twilio_refused"
    BALANCE = "balance_low"
    CALLER = "caller_cannot_call"
    SENDER = "sender_cannot_text"


@dataclass(frozen=True, slots=True)
class Finding:
    """`ok` is None when it could not be asked. `said`: "3.20 USD" of a balance; `empty`: nothing is left of it."""

    ok: bool | None
    said: str = ""
    empty: bool = False
