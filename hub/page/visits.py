"""Who came to the page, and what they did to who may open it: the newest two hundred, for whoever logs in next."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from hub.model import Moment
from hub.page.session import Role

MOST = 200
THREAT = "threat"  # a detail that only a technician sees


class What(StrEnum):
    OPENED = "opened"
    CLOSED = "closed"
    LOGIN = "login"
    REFUSED = "refused"
    LOGOUT = "logout"
    CODE = "code"
    REMOVAL = "removal"
    CONFIRMED = "confirmed"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class Visit:
    """`who`: a role, or "button", "command", "setup", or "" for the hub itself. `detail` names nobody."""

    at: Moment
    what: What
    who: str = ""
    detail: str = ""


class Visits:
    """Newest first."""

    def __init__(self) -> None:
        self.all: list[Visit] = []

    def load(self, visits: Iterable[Visit]) -> None:
        """Older ones than those of this start."""
        self.all = [*self.all, *visits][:MOST]

    def add(self, visit: Visit) -> None:
        self.all = [visit, *self.all][:MOST]

    def seen_by(self, role: Role) -> list[Visit]:
        """Whoever is not a technician never reads that there is a code for a threat, or that it was used."""
        if role is Role.TECHNICIAN:
            return self.all
        seen = [visit for visit in self.all if (visit.what, visit.detail) != (What.CODE, "duress")]
        return [Visit(one.at, one.what, one.who, "" if one.detail == THREAT else one.detail) for one in seen]
