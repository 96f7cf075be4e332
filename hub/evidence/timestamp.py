"""Time stamps by somebody else (RFC 3161): that a checkpoint, and with it all it vouches for, existed before a time."""

import hashlib
from collections.abc import Sequence
from pathlib import Path

import urllib3
from rfc3161_client import HashAlgorithm, PKIStatus, TimestampRequestBuilder, decode_timestamp_response

from hub.errors import ErrandError
from hub.evidence.folder import CHECKPOINT, is_closed, numbered
from hub.way import Lines, Way

EACH = 60.0  # s
SUFFIX = ".tsr"
LONGEST = 100_000  # bytes; with a chain of certificates an answer has some thousands
PATIENCE = urllib3.Timeout(connect=5.0, read=10.0)  # s


class TimeStamper:
    """Asks one service."""

    def __init__(self, url: str, way: Way) -> None:
        self._url = url
        self._lines = Lines(way, lambda options: urllib3.PoolManager(timeout=PATIENCE, socket_options=options))

    def stamp(self, content: bytes) -> bytes:
        """The service's answer as it came. Raises ErrandError when it is none for this content."""
        request = TimestampRequestBuilder().data(content).hash_algorithm(HashAlgorithm.SHA256).build().as_bytes()
        try:
            answer = self._lines.now().request(
                "POST",
                self._url,
                body=request,
                headers={"Content-Type": "application/timestamp-query"},
                retries=False,
                preload_content=False,
            )
            said = answer.read(LONGEST)
            answer.drain_conn()
        except urllib3.exceptions.HTTPError as problem:  # its text holds the address
            raise ErrandError(type(problem).__name__) from problem
        if answer.status != 200:
            raise ErrandError(f"HTTP {answer.status}", refused=400 <= answer.status < 500)
        if not answers(said, content):
            raise ErrandError("no time stamp in the answer", refused=True)
        return said


def answers(said: bytes, content: bytes) -> bool:
    """Whether this is a time stamp of this content, as far as can be told without the service's certificate.

    The client is stricter than some services are, and `openssl ts -verify` judges in the end: what it cannot read and
    has the content's SHA-256 in it is kept as well. A refusal and a page of a hotel's network have none.
    """
    digest = hashlib.sha256(content).digest()
    try:
        response = decode_timestamp_response(said)
        granted = response.status in (PKIStatus.GRANTED, PKIStatus.GRANTED_WITH_MODS)
        return granted and response.tst_info.message_imprint.message == digest
    except ValueError:
        return digest in said


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
