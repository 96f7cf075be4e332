"""Time stamps by somebody else (RFC 3161): that a checkpoint, and with it all it vouches for, existed before a time."""

from pathlib import Path

import urllib3
from rfc3161_client import HashAlgorithm, TimestampRequestBuilder

from hub.errors import ErrandError
from hub.evidence import stamps
from hub.way import Lines, Way

LONGEST = 100_000  # bytes; with a chain of certificates an answer has some thousands
PATIENCE = urllib3.Timeout(connect=5.0, read=10.0)  # s
WRONG = {
    "none": "no time stamp in the answer",
    "other": "a time stamp of something else",
    "false": "not signed by whom timestamp_ca_file names",
}


class TimeStamper:
    """Asks one service. `authority`: certificates (PEM) that an answer is checked against; None: it is not."""

    def __init__(self, url: str, way: Way, authority: Path | None = None) -> None:
        self._url, self._authority = url, authority
        self._lines = Lines(way, lambda options: urllib3.PoolManager(timeout=PATIENCE, socket_options=options))

    def stamp(self, content: bytes) -> bytes:
        """The service's answer as it came. Raises ErrandError when it is none for this content.

        Its nonce is not compared: an earlier stamp of the same content would say more, not less.
        """
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
            answer.close()  # and not read to its end: there may be none
        except urllib3.exceptions.HTTPError as problem:  # its text holds the address
            raise ErrandError(type(problem).__name__) from problem
        if answer.status != 200:
            raise ErrandError(f"HTTP {answer.status}", refused=400 <= answer.status < 500)
        if why := stamps.wrong(said, content, self._authority):
            raise ErrandError(WRONG[why], refused=True)
        return said
