"""Recordings go off-site while they are made, and nothing that happens on the way loses one or stores it twice."""

import base64
import hashlib
import json
import os
import random
import sys
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from hub.evidence.offsite import MARKS, is_offsite, waiting
from hub.evidence.spool import Begin, End, Spool
from hub.evidence.verify import flaws
from hub.evidence.write import write
from tests.mounts import fill, small_disk

from .conftest import ROOT, Report, RunningChild
from .store import PATIENCE, Relay, StoredBucket, StoreServer, until
from .test_verify import RATE, at, record, second

pytestmark = pytest.mark.timeout(180)
PROGRAM = Path(__file__).with_name("courier_process.py")
SECONDS = 12
Launch = Callable[..., RunningChild]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[StoreServer]:
    server = StoreServer(tmp_path_factory.mktemp("store") / "log")
    yield server
    server.stop()


@pytest.fixture
def bucket(server: StoreServer, request: pytest.FixtureRequest) -> StoredBucket:
    return server.bucket(f"b{hashlib.sha256(request.node.nodeid.encode()).hexdigest()[:16]}")


@pytest.fixture
def line(server: StoreServer) -> Iterator[Relay]:
    line = Relay(server.port)
    line.up()
    yield line
    line.cut()


@pytest.fixture
def configure(tmp_path: Path, bucket: StoredBucket, line: Relay) -> Callable[..., Path]:
    def configure(**changes: str) -> Path:
        access, secret = bucket.key
        known = {"bucket": bucket.name, "access": access, "secret": secret} | changes
        (tmp_path / "offsite.secret").write_text(known["secret"])
        path = tmp_path / "hub.toml"
        path.write_text(f"""
[state]
dir = "{tmp_path}"
[evidence]
offsite_url = "http://127.0.0.1:{line.port}/{known["bucket"]}/home"
offsite_access_key = "{known["access"]}"
offsite_secret_file = "{tmp_path}/offsite.secret"
offsite_lock_days = 30
""")
        return path

    return configure


@pytest.fixture
def launch(configure: Callable[..., Path]) -> Iterator[Launch]:
    couriers: list[RunningChild] = []

    def launch(haste: float = 1, **changes: str) -> RunningChild:
        command = [sys.executable, str(PROGRAM), str(configure(**changes)), str(haste)]
        couriers.append(RunningChild(command, os.environ | {"PYTHONPATH": str(ROOT)}))
        return couriers[-1]

    yield launch
    for courier in couriers:
        courier.kill()


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


def wrong(**faults: str) -> Callable[[Report], bool]:
    return lambda report: report["faults"] == faults


def test_every_file_is_stored_in_order_proven_and_locked(
    evidence: Path, launch: Launch, bucket: StoredBucket, line: Relay
) -> None:
    recording = whole(evidence)
    launch()
    until(there(recording))
    ids = each_once(recording, bucket)
    files = waiting(recording, set())
    assert [mark["file"] for mark in marks(recording)] == [path.name for path in files]
    assert [(mark["version"], mark["sha256"]) for mark in marks(recording)] == [
        (ids[path.name], hashlib.sha256(path.read_bytes()).hexdigest()) for path in files
    ]
    stored = bucket.stored(name_of(files[3]))
    assert stored["ChecksumSHA256"] == base64.b64encode(hashlib.sha256(files[3].read_bytes()).digest()).decode()
    assert stored["ObjectLockMode"] == "COMPLIANCE"
    assert abs(stored["ObjectLockRetainUntilDate"] - datetime.now(UTC) - timedelta(days=30)) < timedelta(minutes=5)
    assert flaws(recording) == []


def test_the_order_is_the_one_in_which_it_was_made(evidence: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[Path] = []

    def watched(folder: Path, name: str, content: bytes) -> None:
        write(folder, name, content)
        made.append(folder / name)

    monkeypatch.setattr("hub.evidence.folder.write", watched)
    recording = whole(evidence)
    for number, path in enumerate(made):  # as at the pace of life: many were made in one tick of the disk's clock
        os.utime(path, (number, number))
    assert waiting(recording, set()) == made
    assert waiting(recording, {made[0].name, made[3].name}) == [*made[1:3], *made[4:]]


def test_the_key_on_the_hub_can_neither_read_nor_change_nor_delete_and_nobody_can_delete_what_is_locked(
    evidence: Path, launch: Launch, bucket: StoredBucket, server: StoreServer
) -> None:
    recording = whole(evidence, 1)
    launch()
    until(there(recording))
    name = name_of(recording / "000000.flac")
    hub, admin = (server.client("s3", key) for key in (bucket.key, server.admin))
    place = {"Bucket": bucket.name, "Key": name}
    (version,) = bucket.versions()[name]
    for attempt in (
        lambda: hub.get_object(**place),
        lambda: hub.list_objects_v2(Bucket=bucket.name),
        lambda: hub.delete_object(**place),
        lambda: hub.delete_object(**place, VersionId=version),
        lambda: hub.put_object(**place, Body=b"another", IfNoneMatch="*"),
        lambda: admin.delete_object(**place, VersionId=version),
    ):
        with pytest.raises(ClientError, match=r"AccessDenied|PreconditionFailed"):
            attempt()
    hub.put_object(**place, Body=b"another", ChecksumAlgorithm="SHA256")  # only beside it, as a later version
    old = admin.get_object(**place, VersionId=version)["Body"].read()
    assert old == (recording / "000000.flac").read_bytes()


def test_while_it_is_recorded_each_second_leaves_at_once(evidence: Path, launch: Launch, bucket: StoredBucket) -> None:
    courier = launch()
    courier.hear(
        lambda report: bool(report["offsite"]["last"]), PATIENCE
    )  # the store was asked whether it takes anything
    courier.say(b'{"do": "hurry"}')
    spool = Spool(evidence, RATE, evidence.with_name("keys"))
    spool.put(Begin("K7Q2M", at(0)))
    recording = evidence / "K7Q2M-1"
    for number in range(3):
        spool.put(second(number))
        until(
            lambda number=number: (
                (recording / MARKS).exists() and f"{number:06d}.flac" in (recording / MARKS).read_text()
            )
        )
    courier.say(b'{"do": "rest"}')
    spool.put(End(at(3), "stopped"))
    assert spool.close(10)
    until(there(recording))  # the end is written after the rest was said, and is not left for half a minute
    each_once(recording, bucket)


def test_what_waited_for_the_line_leaves_when_it_is_back_and_the_wait_is_a_fault(
    evidence: Path, launch: Launch, bucket: StoredBucket, line: Relay
) -> None:
    line.cut()
    recording = whole(evidence)
    courier = launch(haste=60)
    late = courier.hear(lambda report: "offsite" in report["faults"], PATIENCE)
    assert late["faults"] == {"offsite": "EndpointConnectionError"}
    assert late["offsite"]["waits"] == len(waiting(recording, set()))
    line.up()
    courier.hear(wrong(), PATIENCE)
    until(there(recording))
    each_once(recording, bucket)


def test_a_lost_answer_is_told_from_the_name_and_nothing_is_stored_twice(
    evidence: Path, launch: Launch, bucket: StoredBucket, line: Relay
) -> None:
    line.loses_answers = True
    recording = whole(evidence)
    launch()
    until(lambda: any("/000000.flac." in name for name in bucket.versions()))
    assert not (recording / MARKS).exists()
    line.loses_answers = False
    until(there(recording))
    ids = each_once(recording, bucket)
    assert {mark["version"] for mark in marks(recording)} <= {None, *ids.values()}
    assert any(mark["version"] is None for mark in marks(recording))


def test_a_courier_that_is_killed_again_and_again_loses_nothing_and_stores_nothing_twice(
    evidence: Path, launch: Launch, bucket: StoredBucket
) -> None:
    recording = whole(evidence, 40)
    chance = random.Random(6)
    for _ in range(4):
        courier = launch()
        courier.hear(lambda report: True, PATIENCE)
        time.sleep(chance.uniform(0, 0.3))  # at any moment
        courier.kill()
    launch()
    until(there(recording))
    each_once(recording, bucket)
    files = [mark["file"] for mark in marks(recording)]
    assert list(dict.fromkeys(files)) == [path.name for path in waiting(recording, set())]


def test_what_is_marked_does_not_go_again_after_a_restart(evidence: Path, launch: Launch, line: Relay) -> None:
    recording = whole(evidence)
    launch()
    until(there(recording))
    asked = len(line.asked)
    launch().hear(lambda report: bool(report["offsite"]["last"]), PATIENCE)
    assert [name for name in line.asked[asked:] if "/check." not in name] == []


def test_a_line_of_the_marks_that_the_power_cut_is_no_mark(evidence: Path, launch: Launch) -> None:
    recording = whole(evidence)
    names = [path.name for path in waiting(recording, set())]
    (recording / MARKS).write_text('{"file": "hub.pub", "sha256": "0"}\n{"file": "e000000.json", "sha')
    assert [path.name for path in waiting(recording, {"hub.pub"})] == names[1:]
    launch()
    until(there(recording))
    lines = (recording / MARKS).read_text().splitlines()
    assert [json.loads(line)["file"] for line in [lines[0], *lines[2:]]] == names


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"access": "AKIAAAAAAAAAAAAAAAAA"}, "403 InvalidAccessKeyId"),
        ({"secret": "another"}, "403 SignatureDoesNotMatch"),
        ({"bucket": "nowhere"}, "403 AccessDenied"),
    ],
)
def test_a_store_that_refuses_is_a_fault_before_anything_is_recorded(
    launch: Launch, changes: dict[str, str], why: str
) -> None:
    assert launch(**changes).hear(lambda report: bool(report["faults"]), PATIENCE)["faults"] == {"offsite_refused": why}


def test_a_bucket_that_locks_nothing_is_a_fault(launch: Launch, server: StoreServer) -> None:
    name, (access, secret) = (open := server.bucket("open", locks=False)).name, open.key
    said = launch(bucket=name, access=access, secret=secret).hear(lambda report: bool(report["faults"]), PATIENCE)
    assert said["faults"] == {"offsite_refused": "400 InvalidRequest"}


@pytest.mark.skipif(os.getuid() != 0, reason="a disk of its own to fill takes root")
def test_a_full_disk_keeps_nothing_from_leaving(
    tmp_path: Path, launch: Launch, bucket: StoredBucket, line: Relay
) -> None:
    with small_disk(tmp_path / "evidence", "2m") as evidence:
        recording = whole(evidence)
        filler = fill(evidence)
        courier = launch(haste=60)
        until(lambda: len(bucket.versions()) == len(waiting(recording, set())))
        courier.hear(lambda report: report["state"] == "idle" and not report["faults"], PATIENCE)
        assert not is_offsite(recording)
        filler.unlink()
        until(there(recording))
        each_once(recording, bucket)
        courier.kill()


def test_it_ends_at_once_with_the_daemon_even_while_the_store_hangs(
    evidence: Path, launch: Launch, line: Relay
) -> None:
    line.loses_answers = True
    whole(evidence)
    courier = launch()
    until(lambda: line.asked)
    assert courier.end() == 0
