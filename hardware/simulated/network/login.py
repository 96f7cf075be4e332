"""Who may ask the network: an account and one of its API keys, in every request."""

import base64
import binascii
import hmac
from dataclasses import dataclass, field

from aiohttp import web

from hardware.simulated.network.answers import AnswerError
from hardware.simulated.network.exchange import Work


@dataclass(frozen=True, slots=True)
class Account:
    """Whom the network takes requests from: an account and one of its API keys."""

    sid: str = "AC" + "0" * 32
    key: str = "SK" + "0" * 32
    secret: str = field(default="built-in", repr=False)

    def guard(self, work: Work) -> Work:
        """Raises AnswerError (401) for a wrong login, or where another account stands in the path."""

        async def checked(request: web.Request) -> web.StreamResponse:
            right = f"{self.key}:{self.secret}".encode()
            same = hmac.compare_digest(_credentials(request.headers.get("Authorization", "")), right)
            if not same or request.match_info.get("account", self.sid) != self.sid:
                raise AnswerError(401, 20003, "Authenticate")
            return await work(request)

        return checked


def _credentials(header: str) -> bytes:
    """What a Basic authorization header holds; empty when it is none."""
    scheme, _, value = header.partition(" ")
    if scheme.casefold() != "basic":
        return b""
    try:
        return base64.b64decode(value, validate=True)
    except (binascii.Error, ValueError):
        return b""
