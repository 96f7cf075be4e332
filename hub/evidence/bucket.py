"""A bucket of an S3-compatible store, with Object Lock: what was put there can be neither changed nor deleted.

The key may only put, so nothing can be asked of the store: what it answers to a put is all there is. The name of an
object ends with the SHA-256 of what is in it, so that one which exists already is this very content.
"""

import base64
import hashlib
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from hub.config.sections import Evidence
from hub.errors import ErrandError

AT_ONCE = 8  # connections; a store far away answers late, and a backlog should not wait for each answer
CONNECT_SECONDS, ANSWER_SECONDS = 5.0, 10.0
EXISTS = 412
BUSY = (408, 409, 429)  # and 5xx; any other refusal needs somebody to look at it


class Bucket:
    """`put` may be called by several threads at once."""

    def __init__(self, evidence: Evidence) -> None:
        parts = urlsplit(evidence.offsite_url)
        self._bucket, _, folder = parts.path.strip("/").partition("/")
        self._prefix = f"{folder}/" if folder else ""
        self._locked_for = timedelta(days=evidence.offsite_lock_days)
        secret = evidence.offsite_secret
        self._client = boto3.session.Session().client(
            "s3",
            endpoint_url=f"{parts.scheme}://{parts.netloc}",
            region_name=evidence.offsite_region,
            aws_access_key_id=evidence.offsite_access_key,
            aws_secret_access_key=secret.get_secret_value() if secret else "",
            config=Config(
                s3={"addressing_style": "path"},
                retries={"total_max_attempts": 1},
                connect_timeout=CONNECT_SECONDS,
                read_timeout=ANSWER_SECONDS,
                max_pool_connections=AT_ONCE,
                tcp_keepalive=True,
            ),
        )

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


def _error(problem: ClientError) -> ErrandError:
    status = problem.response["ResponseMetadata"]["HTTPStatusCode"]
    code = problem.response["Error"].get("Code", "")
    return ErrandError(f"{status} {code}", refused=300 <= status < 500 and status not in BUSY)
