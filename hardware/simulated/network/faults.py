"""What goes wrong on purpose: the next requests that fit a fault meet it, as often as it says."""

from collections.abc import Container
from dataclasses import dataclass
from enum import StrEnum


class Service(StrEnum):
    TWILIO = "twilio"
    SMTP = "smtp"


class Kind(StrEnum):
    ERROR = "error"  # an error answer, nothing accepted
    ERROR_AFTER = "error_after"  # accepted, then an error answer
    HANG = "hang"  # nothing accepted, never an answer
    LOST_REPLY = "lost_reply"  # accepted, then closed without an answer
    SLOW = "slow"  # as always, but later
    RESET = "reset"  # connection reset, nothing accepted
    RESET_AFTER = "reset_after"  # accepted, then reset
    GARBAGE = "garbage"  # an answer that is none, nothing accepted


AFTERWARDS = frozenset({Kind.ERROR_AFTER, Kind.LOST_REPLY, Kind.RESET_AFTER})


class Sort(StrEnum):
    """What a request delivers, or asks."""

    SMS = "sms"
    CALL = "call"
    EMAIL = "email"
    EXECUTION = "execution"  # of a flow: one begins, or is ended
    FLOW = "flow"  # one is made, or changed
    POLL = "poll"  # whatever only asks


@dataclass(slots=True)
class Fault:
    """`status` is the answer's HTTP status, `code` Twilio's, or SMTP's reply code; 0: a usual one.

    `count` more requests meet it (None: all until cleared); only those for `only`, only those to `number`
    (an e-mail address for mails).
    """

    service: Service
    kind: Kind
    seconds: float = 2.0
    status: int = 0
    code: int = 0
    count: int | None = None
    only: Sort | None = None
    number: str = ""

    def __post_init__(self) -> None:
        """Words become enums; raises ValueError for one there is not."""
        self.service = Service(self.service)
        self.kind = Kind(self.kind)
        self.only = None if self.only is None else Sort(self.only)

    def fits(self, service: Service, sort: Sort | None, number: str) -> bool:
        return (
            self.count != 0
            and self.service is service
            and self.only in (None, sort)
            and (not self.number or self.number.casefold() == number.casefold())
        )


class Faults:
    """The faults that are set, oldest first; a request meets the first that fits."""

    def __init__(self) -> None:
        self._set: list[Fault] = []

    def add(self, fault: Fault) -> None:
        self._set.append(fault)

    def clear(self) -> None:
        self._set.clear()

    def meet(
        self, service: Service, sort: Sort | None, number: str, kinds: Container[Kind] = frozenset(Kind)
    ) -> Fault | None:
        for fault in self._set:
            if fault.kind in kinds and fault.fits(service, sort, number):
                if fault.count is not None:
                    fault.count -= 1
                return fault
        return None
