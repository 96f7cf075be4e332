"""A bucket of an S3-compatible store, with Object Lock: what was put there can be neither changed nor deleted.

The key may only put, so nothing can be asked of the store: what it answers to a put is all there is. The name of an
object ends with the SHA-256 of what is in it, so that one which exists already is this very content.
"""

import base64
import hashlib
import socket
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

import boto3
import botocore.session
from botocore.awsrequest import AWSPreparedRequest, AWSResponse
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from botocore.httpsession import URLLib3Session

from hub.config.sections import Evidence
from hub.errors import ErrandError
from hub.way import Lines, Option, Way

AT_ONCE = 8  # connections; a store far away answers late, and a backlog should not wait for each answer
AT_ONCE_BY_MOBILE = 2  # what waits in the modem's queue goes before an alert: two seconds of sound and no more
CONNECT_SECONDS, ANSWER_SECONDS = 5.0, 10.0
# What nobody confirms for so long went into a line that is dead, and holds the next one up no longer.
LASTING: list[Option] = [
    (socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1),
    (socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, int(CONNECT_SECONDS * 1000)),
]
EXISTS = 412
BUSY = (408, 409, 429)  # and 5xx; any other refusal needs somebody to look at it


class Bucket:
    """`put` may be called by several threads at once."""

    def __init__(self, evidence: Evidence, way: Way) -> None:
        parts = urlsplit(evidence.offsite_url)
        self._bucket, _, folder = parts.path.strip("/").partition("/")
        self._prefix = f"{folder}/" if folder else ""
        self._locked_for = timedelta(days=evidence.offsite_lock_days)
        self._by_mobile, self._way = evidence.offsite_mobile, way
        secret = evidence.offsite_secret
        core = botocore.session.Session()
        trust = core.get_config_variable("ca_bundle") or True
        self._lines = Lines(way, lambda options: _line([*options, *LASTING], trust))
        self._client = boto3.session.Session(botocore_session=core).client(
            "s3",
            endpoint_url=f"{parts.scheme}://{parts.netloc}",
            region_name=evidence.offsite_region,
            aws_access_key_id=evidence.offsite_access_key,
            aws_secret_access_key=secret.get_secret_value() if secret else "",
            config=Config(s3={"addressing_style": "path"}, retries={"total_max_attempts": 1}),
        )
        self._client.meta.events.register("before-send.s3", self._send)

    @property
    def at_once(self) -> int:
        """So many puts at a time by the way of now; 0: none."""
        if not self._way.mobile:
            return AT_ONCE
        return AT_ONCE_BY_MOBILE if self._by_mobile else 0

    def _send(self, request: AWSPreparedRequest, **_: object) -> AWSResponse:
        """In the place of the client's own connections, which cannot be told their device."""
        return self._lines.now().send(request)

    def put(self, name: str, content: bytes) -> str | None:
        """The id of the version that the store made; None when exactly this was there already. Raises ErrandError."""
        digest = hashlib.sha256(content)
        checksum = base64.b64encode(digest.digest()).decode()
        try:
            answer = self._client.put_object(
                Bucket=self._bucket,
                Key=f"{self._prefix}{name}.{digest.hexdigest()}",
                Body=content,
                IfNoneMatch="*",
                ChecksumAlgorithm="SHA256",
                ChecksumSHA256=checksum,
                ObjectLockMode="COMPLIANCE",
                ObjectLockRetainUntilDate=datetime.now(UTC) + self._locked_for,
            )
        except ClientError as problem:
            if problem.response["ResponseMetadata"]["HTTPStatusCode"] == EXISTS:
                return None
            raise _error(problem) from problem
        except BotoCoreError as problem:  # its text holds the address
            raise ErrandError(type(problem).__name__) from problem
        if not answer.get("VersionId") or answer.get("ChecksumSHA256") != checksum:
            raise ErrandError("no proof in the answer", refused=True)
        return str(answer["VersionId"])


def _line(options: list[Option], trust: str | bool) -> URLLib3Session:
    patience = (CONNECT_SECONDS, ANSWER_SECONDS)
    return URLLib3Session(trust, timeout=patience, max_pool_connections=AT_ONCE, socket_options=options)


def _error(problem: ClientError) -> ErrandError:
    status = problem.response["ResponseMetadata"]["HTTPStatusCode"]
    code = problem.response["Error"].get("Code", "")
    return ErrandError(f"{status} {code}", refused=300 <= status < 500 and status not in BUSY)
