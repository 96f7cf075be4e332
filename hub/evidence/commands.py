"""What the daemon tells the child: JSON lines into commands. Anything else is passed over in silence."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass

from hub.evidence.seal import is_recipient

LONGEST_LINE = 4096
LONGEST_SECONDS = 4 * 3600.0  # of a recording
INCIDENT = re.compile(r"[A-Za-z0-9]{1,32}")


@dataclass(frozen=True, slots=True)
class Start:
    """`recipients`: age public keys, each a real one; None: the daemon does not know them. `seconds`: it ends after
    these by itself; what runs already, so long from now.
    """

    incident: str
    recipients: tuple[str, ...] | None = None
    seconds: float = LONGEST_SECONDS


@dataclass(frozen=True, slots=True)
class SealTo:
    """`recipients` as in `Start`, at least one: what runs is never unsealed."""

    recipients: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Stop:
    pass


@dataclass(frozen=True, slots=True)
class Listen:
    """Say once how loud it is, and keep nothing."""


Command = Start | SealTo | Stop | Listen


class CommandReader:
    """Takes bytes as they come, in pieces of any size."""

    def __init__(self) -> None:
        self._rest = b""

    def feed(self, data: bytes) -> Iterator[Command]:
        """Return the commands that are complete now."""
        *lines, rest = (self._rest + data).split(b"\n")
        self._rest = rest[: LONGEST_LINE + 1]  # a line that is too long stays too long
        for line in lines:
            command = parse(line)
            if command:
                yield command


def _recipients(given: object) -> tuple[str, ...] | None:
    """Those that are keys: a wrong one must not keep the others from being sealed to, nor the room from being heard."""
    if not isinstance(given, list):
        return None
    keys = tuple(one for one in given if isinstance(one, str) and is_recipient(one))
    return keys if keys or not given else None


def _seconds(given: object) -> float:
    """As long as may be where it makes no sense: the room is rather heard."""
    return float(given) if isinstance(given, int | float) and 0 < given <= LONGEST_SECONDS else LONGEST_SECONDS


def parse(line: bytes) -> Command | None:
    """Return the command, or None when it is none."""
    if len(line) > LONGEST_LINE:
        return None
    try:
        match json.loads(line):
            case {"do": "start", "incident": str(incident), **more} if INCIDENT.fullmatch(incident):
                return Start(incident, _recipients(more.get("recipients")), _seconds(more.get("seconds")))
            case {"do": "seal", "recipients": given} if recipients := _recipients(given):
                return SealTo(recipients)
            case {"do": "stop"}:
                return Stop()
            case {"do": "listen"}:
                return Listen()
    except (ValueError, RecursionError):
        pass
    return None
