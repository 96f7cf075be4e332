"""Speaks to the hub over its control socket: one JSON line out, one JSON line back.

Standard library only and quick to import: every command and every page request begins here. The same exchange
serves the sockets of the simulated devices and of the built-in telephone network.
"""

import json
import socket as sockets
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from time import monotonic
from typing import Any

from hub.errors import HubError

LONGEST_REQUEST = 64 * 1024
LONGEST_ANSWER = 1024 * 1024

# Kept here, not in hub/texts: these must be said even when nothing else of the hub can be read.
SENTENCES: Mapping[str, Mapping[str, str]] = {
    "en": {
        "absent": "Nothing answers at {socket}: start the hub (systemctl start hub), then try again.",
        "forbidden": "You may not talk to the hub at {socket}: try again as root or as the user hub.",
        "late": "The hub did not answer within {seconds:g} s: try again, then look at journalctl -u hub.",
        "broken": "The hub's answer broke off: try again, then look at journalctl -u hub.",
        "garbled": "What answered at {socket} is not the hub: check [state] socket in the configuration.",
        "too_long": "This request is longer than the hub takes (64 KiB): shorten it.",
        "silent_refusal": "The hub refused and did not say why: look at journalctl -u hub.",
    },
    "fr": {
        "absent": "Rien ne répond sur {socket} : démarrez le boîtier (systemctl start hub), puis réessayez.",
        "forbidden": "Vous n’avez pas le droit de parler au boîtier sur {socket} : réessayez en root.",
        "late": "Le boîtier n’a pas répondu en {seconds:g} s : réessayez, puis voyez journalctl -u hub.",
        "broken": "La réponse du boîtier s’est interrompue : réessayez, puis voyez journalctl -u hub.",
        "garbled": "Ce qui répond sur {socket} n’est pas le boîtier : vérifiez [state] socket.",
        "too_long": "Cette demande dépasse ce que le boîtier accepte (64 Kio) : raccourcissez-la.",
        "silent_refusal": "Le boîtier a refusé sans dire pourquoi : voyez journalctl -u hub.",
    },
}


class Refused(HubError):
    """The hub answered no; `str()` is the one sentence why, in the client's language. `code`: its key, or ""."""

    def __init__(self, sentence: str, code: str = "") -> None:
        super().__init__(sentence)
        self.code = code


class Unreachable(HubError):
    """No usable answer came; `str()` is one sentence that says what to do. Whether it was done is unknown."""


@dataclass(frozen=True, slots=True)
class Client:
    """`timeout`: seconds for one whole exchange."""

    socket: Path
    language: str = "en"
    timeout: float = 5.0

    def ask(self, command: str, **values: object) -> dict[str, Any]:
        """The answer's keys without "ok". Values that are None are left out."""
        named = {key: value for key, value in values.items() if value is not None}
        request = {"command": command, "answer_in": self.language} | named
        line = json.dumps(request, default=str).encode() + b"\n"
        if len(line) > LONGEST_REQUEST:
            raise Refused(self._sentence("too_long"))
        return self._judged(self._exchange(line))

    def _exchange(self, line: bytes) -> bytes:
        deadline = monotonic() + self.timeout
        try:
            with sockets.socket(sockets.AF_UNIX, sockets.SOCK_STREAM) as connection:
                self._connect(connection, deadline)
                # A hub that refuses early closes without reading it all; its answer is there all the same.
                with suppress(BrokenPipeError, ConnectionResetError):
                    connection.sendall(line)
                return self._line(connection, deadline)
        except TimeoutError:
            raise Unreachable(self._sentence("late")) from None
        except OSError:
            raise Unreachable(self._sentence("broken")) from None

    def _connect(self, connection: sockets.socket, deadline: float) -> None:
        connection.settimeout(_left(deadline))
        try:
            connection.connect(str(self.socket))
        except PermissionError:
            raise Unreachable(self._sentence("forbidden")) from None
        except TimeoutError:
            raise
        except OSError:
            raise Unreachable(self._sentence("absent")) from None

    def _line(self, connection: sockets.socket, deadline: float) -> bytes:
        answer = bytearray()
        while b"\n" not in answer:
            connection.settimeout(_left(deadline))
            block = connection.recv(65536)
            if not block:
                raise Unreachable(self._sentence("broken"))
            answer += block
            if len(answer) > LONGEST_ANSWER:
                raise Unreachable(self._sentence("garbled"))
        return bytes(answer).partition(b"\n")[0]

    def _judged(self, line: bytes) -> dict[str, Any]:
        try:
            answer = json.loads(line)
        except (ValueError, RecursionError):
            answer = None
        if not isinstance(answer, dict) or not isinstance(answer.get("ok"), bool):
            raise Unreachable(self._sentence("garbled"))
        if not answer.pop("ok"):
            sentence = str(answer.get("error") or self._sentence("silent_refusal"))
            raise Refused(sentence, str(answer.get("code") or ""))
        return answer

    def _sentence(self, key: str) -> str:
        words = SENTENCES.get(self.language, SENTENCES["en"])
        return words[key].format(socket=self.socket, seconds=self.timeout)


def _left(deadline: float) -> float:
    """Seconds left, as a socket's time-out; a deadline that has passed is a time-out at once."""
    left = deadline - monotonic()
    if left <= 0:
        raise TimeoutError
    return left
