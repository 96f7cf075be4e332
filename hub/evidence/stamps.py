"""Time stamps by somebody else, beside the checkpoints: which should be there, what they say, whether they hold.

OpenSSL is asked, as a court's expert would: it also reads what services say in an order that strict DER forbids.
"""

import re
import subprocess
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from hub.errors import ErrandError
from hub.evidence.folder import CHECKPOINT, digest, is_closed, numbered

EACH = 60.0  # s
SUFFIX = ".tsr"
PATIENCE = 10.0  # s; it takes some milliseconds
IMPRINT = re.compile(r"^    [0-9a-f]{4} - ((?:[0-9a-f]{2}[ -]){16})", re.MULTILINE)
TIME = re.compile(r"^Time stamp: (\w{3} +\d+ \d\d:\d\d:\d\d)(?:\.\d+)? (\d{4}) GMT$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Stamp:
    """What an answer says. `sum`: of what, SHA-256 in hexadecimal; `at`: that it was there by then."""

    sum: str
    at: datetime


def read(answer: bytes) -> Stamp | None:
    """None when it is no time stamp, whatever else it is. Raises ErrandError when OpenSSL cannot be asked.

    Only of the token is anything believed: the status before it is signed by nobody, and printed as it comes.
    """
    token = _openssl("-reply", "-in", "/dev/stdin", "-token_out", given=answer)
    said = _openssl("-reply", "-token_in", "-in", "/dev/stdin", "-text", given=token.stdout)
    text = said.stdout.decode("utf-8", "replace")
    time = TIME.search(text)
    if token.returncode or said.returncode or not time:
        return None
    imprint = text.partition("Message data:")[2].partition("Serial number:")[0]
    sum = "".join(re.findall(r"[0-9a-f]{2}", " ".join(IMPRINT.findall(imprint))))
    try:
        return Stamp(sum, datetime.strptime(f"{time[1]} {time[2]}", "%b %d %H:%M:%S %Y").replace(tzinfo=UTC))
    except ValueError:  # a day that no calendar has
        return None


def holds(answer: bytes, stamp: Stamp, authority: Path) -> bool:
    """Whether somebody signed it for whom one of these certificates (PEM) vouches, or did at that time: they run out.
    Raises ErrandError.
    """
    then = str(int(stamp.at.timestamp()))
    against = ("-digest", stamp.sum, "-CAfile", str(authority), "-attime", then)
    return _openssl("-verify", "-in", "/dev/stdin", *against, given=answer).returncode == 0


def _openssl(*arguments: str, given: bytes) -> "subprocess.CompletedProcess[bytes]":
    try:
        return subprocess.run(("openssl", "ts", *arguments), input=given, capture_output=True, timeout=PATIENCE)
    except (OSError, subprocess.TimeoutExpired) as problem:
        raise ErrandError(f"openssl: {type(problem).__name__}", refused=True) from problem


def wrong(answer: bytes, content: bytes, authority: Path | None) -> str:
    """Why this answer is no time stamp of this content, or "": "none", "other", "false". Raises ErrandError."""
    stamp = read(answer)
    if stamp is None:
        return "none"
    if stamp.sum != digest(content):
        return "other"
    return "false" if authority and not holds(answer, stamp, authority) else ""


def spoiled(folder: Path, authority: Path | None) -> Iterator[tuple[str, str]]:
    """What is wrong with the stamps of a recording: `wrong`'s word, or "missing", and the file. Raises ErrandError."""
    for path in sorted(folder.glob(f"c*.sums{SUFFIX}")):
        checkpoint = path.with_suffix("")
        if not checkpoint.exists():  # it vouches for a list that somebody took away
            yield "missing", checkpoint.name
        elif why := wrong(path.read_bytes(), checkpoint.read_bytes(), authority):
            yield f"stamp_{why}", path.name


@dataclass(frozen=True, slots=True)
class Stamped:
    """Of one recording: how many of its checkpoints have a stamp, when the first and the last one was made, and which
    checkpoints should have one and have none.
    """

    count: int
    checkpoints: int
    first: datetime | None
    last: datetime | None
    missing: tuple[str, ...]


def stamped(folder: Path, authority: Path | None = None) -> Stamped:
    """What it has; those that do not hold are none. Raises ErrandError."""
    bad = {name for _, name in spoiled(folder, authority)}
    sound = [path for path in numbered(folder, CHECKPOINT).values() if f"{path.name}{SUFFIX}" not in bad]
    answers = [path.with_name(f"{path.name}{SUFFIX}") for path in sound]
    found = [stamp for path in answers if path.exists() and (stamp := read(path.read_bytes()))]
    times = [stamp.at for stamp in found]
    missing = tuple(path.name for path in unstamped(folder))
    there = len(numbered(folder, CHECKPOINT))
    return Stamped(len(found), there, min(times, default=None), max(times, default=None), missing)


def unstamped(folder: Path) -> list[Path]:
    """The checkpoints that should have a stamp and have none, in order. Raises OSError."""
    checkpoints = [path for path in numbered(folder, CHECKPOINT).values() if path.stat().st_size]
    times = [path.stat().st_mtime for path in checkpoints]
    wanted = [checkpoints[number] for number in due(times, closed=is_closed(folder))]
    return [path for path in wanted if not path.with_name(path.name + SUFFIX).exists()]


def due(times: Sequence[float], *, closed: bool) -> list[int]:
    """Which of the checkpoints made at these times get a stamp: the first, one each minute, the last of all.

    A clock that was set back begins a minute of its own.
    """
    found: list[int] = []
    for number, time in enumerate(times):
        last = closed and number == len(times) - 1
        if not found or last or not 0 <= time - times[found[-1]] < EACH:
            found.append(number)
    return found
