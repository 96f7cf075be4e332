"""The one login at a time. Nothing of it is on the disk: after a restart everybody logs in again."""

import hmac
import secrets
from dataclasses import dataclass, field
from enum import StrEnum

from hub.page.codes import Holder

IDLE = 10 * 60.0  # s without use; then it is over


class Role(StrEnum):
    TECHNICIAN = "technician"
    WEARER = "wearer"
    NOBODY = "nobody"


@dataclass(frozen=True, slots=True)
class Session:
    """`used`: monotonic seconds."""

    holder: Holder
    token: str = field(repr=False)
    used: float

    @property
    def role(self) -> Role:
        return Role.TECHNICIAN if self.holder is Holder.TECHNICIAN else Role.WEARER

    @property
    def threat(self) -> bool:
        """She was made to type it."""
        return self.holder is Holder.DURESS


@dataclass(frozen=True, slots=True)
class Login:
    """Whom a request comes from: a role by its user, or, with a token, by the session that the token opened."""

    role: Role = Role.TECHNICIAN
    token: str = field(default="", repr=False)
    threat: bool = False

    @property
    def by(self) -> str:
        """As visits tell it."""
        return self.role if self.token else "command"


class Sessions:
    def __init__(self) -> None:
        self._session: Session | None = None

    def begin(self, holder: Holder, now: float) -> Session:
        """It ends the one before."""
        self._session = Session(holder, secrets.token_hex(32), now)
        return self._session

    def of(self, token: str, now: float, *, used: bool = True) -> Session | None:
        """The session with this token, if it is not over. `used`: this request is a use of it."""
        current = self.current(now)
        if current is None or not hmac.compare_digest(current.token.encode(), token.encode(errors="replace")):
            return None
        if used:
            self._session = Session(current.holder, current.token, now)
        return current

    def current(self, now: float) -> Session | None:
        if self._session is not None and now - self._session.used >= IDLE:
            self._session = None
        return self._session

    def end(self) -> None:
        self._session = None
