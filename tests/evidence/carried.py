"""What a courier carries, and how to see that it arrived."""

import hashlib
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from hub.evidence.offsite import MARKS, is_offsite, waiting
from hub.evidence.spool import Begin, End

from .store import StoredBucket
from .test_verify import at, record, second

SECONDS = 12


def whole(evidence: Path, seconds: int = SECONDS) -> Path:
    return record(evidence, Begin("K7Q2M", at(0)), *(second(n) for n in range(seconds)), End(at(seconds), "stopped"))


def marks(recording: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (recording / MARKS).read_text().splitlines()]


def there(recording: Path) -> Callable[[], bool]:
    return lambda: (recording / MARKS).exists() and is_offsite(recording)


def name_of(path: Path) -> str:
    return f"home/{path.parent.name}/{path.name}.{hashlib.sha256(path.read_bytes()).hexdigest()}"


def each_once(recording: Path, bucket: StoredBucket) -> dict[str, str]:
    """Asserts that the store has each file in exactly one version; returns the id of each, by the file's name."""
    files = waiting(recording, set())
    versions = bucket.versions()
    assert versions.keys() == {name_of(path) for path in files}
    assert {len(ids) for ids in versions.values()} == {1}
    for path in files:
        assert bucket.stored(name_of(path))["Body"] == path.read_bytes()
    return {path.name: versions[name_of(path)][0] for path in files}


def wrong(**faults: str) -> Callable[[dict[str, object]], bool]:
    return lambda report: report["faults"] == faults
