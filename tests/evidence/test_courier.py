"""Recordings go off-site while they are made: every file, in order, proven and locked."""

import base64
import errno
import hashlib
import itertools
import os
import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from botocore.exceptions import ClientError

from hub.evidence.access import Access
from hub.evidence.folder import digest
from hub.evidence.keys import signer
from hub.evidence.offsite import MARKS, waiting
from hub.evidence.spool import Begin, End, Spool
from hub.evidence.verify import Flaw, flaws
from hub.evidence.write import write

from .carried import each_once, marks, name_of, there, whole
from .conftest import ROOT, StartCourier
from .store import PATIENCE, Relay, StoredBucket, StoreServer, until
from .test_verify import RATE, at, second

pytestmark = pytest.mark.timeout(180)


def test_every_file_is_stored_in_order_proven_and_locked(
    evidence: Path, courier: StartCourier, bucket: StoredBucket, line: Relay
) -> None:
    recording = whole(evidence)
    courier()
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


def test_a_signature_waits_for_what_it_signs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The power, or the room, may end between the two: then the next try signs something else."""
    secrets, notes = tmp_path / "keys", tmp_path / "deleted"
    signer(secrets)
    notes.mkdir()

    def full(folder: Path, name: str, content: bytes) -> None:
        if name.endswith(".json"):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        write(folder, name, content)

    with monkeypatch.context() as without_room:
        without_room.setattr("hub.evidence.access.write", full)
        with pytest.raises(OSError, match="No space"):
            Access(secrets).sign(notes, "K7Q2M-1.json", b"first")
    assert (notes / "K7Q2M-1.json.sig").exists()
    assert [path.name for path in waiting(notes, set())] == ["hub.pub"]
    Access(secrets).sign(notes, "K7Q2M-1.json", b"second")
    assert {path.name for path in waiting(notes, {"hub.pub"})} == {"K7Q2M-1.json.sig", "K7Q2M-1.json"}


def test_the_key_on_the_hub_can_neither_read_nor_change_nor_delete_and_nobody_can_delete_what_is_locked(
    evidence: Path, courier: StartCourier, bucket: StoredBucket, store: StoreServer
) -> None:
    recording = whole(evidence, 1)
    courier()
    until(there(recording))
    name = name_of(recording / "000000.flac")
    hub, admin = (store.client("s3", key) for key in (bucket.key, store.admin))
    place = {"Bucket": bucket.name, "Key": name}
    (version,) = bucket.versions()[name]
    for attempt in (
        lambda: hub.get_object(**place),
        lambda: hub.list_objects_v2(Bucket=bucket.name),
        lambda: hub.delete_object(**place),
        lambda: hub.delete_object(**place, VersionId=version),
        lambda: hub.put_object(**place, Body=b"another", IfNoneMatch="*"),
        lambda: admin.delete_object(**place, VersionId=version),
        lambda: admin.delete_object(**place, VersionId=version, BypassGovernanceRetention=True),
        lambda: admin.put_object(**place, Body=b"another", IfNoneMatch="*"),
        lambda: admin.delete_bucket(Bucket=bucket.name),
    ):
        with pytest.raises(ClientError, match=r"AccessDenied|PreconditionFailed|BucketNotEmpty"):
            attempt()
    hub.put_object(**place, Body=b"another", ChecksumAlgorithm="SHA256")  # only beside it, as a later version
    admin.put_object(**place, Body=b"a third", ChecksumAlgorithm="SHA256")
    admin.delete_object(**place)  # only a mark that hides it
    old = admin.get_object(**place, VersionId=version)["Body"].read()
    assert old == (recording / "000000.flac").read_bytes()


def fetch(bucket: StoredBucket, into: Path) -> list[str]:
    """As the docs say; what the commands print."""
    docs = (ROOT / "docs/recording.md").read_text().splitlines()
    commands = "\n".join(line for line in docs if line.startswith("for f in"))
    into.mkdir(parents=True)
    for key in bucket.versions():
        (into / key.rpartition("/")[2]).write_bytes(bucket.stored(key)["Body"])
    return subprocess.run(["bash", "-c", commands], cwd=into, stdout=subprocess.PIPE, text=True).stdout.splitlines()


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in waiting(folder, set())}


def test_what_is_fetched_back_as_the_docs_say_is_the_recording_again(
    evidence: Path, courier: StartCourier, bucket: StoredBucket, tmp_path: Path
) -> None:
    recording = whole(evidence)
    courier()
    until(there(recording))
    fetched = tmp_path / "fetched" / recording.name
    assert fetch(bucket, fetched) == []
    assert flaws(fetched) == []
    assert contents(fetched) == contents(recording)


def test_what_somebody_put_beside_ours_destroys_nothing_and_the_lists_say_which_one_is_ours(
    evidence: Path, courier: StartCourier, bucket: StoredBucket, store: StoreServer, tmp_path: Path
) -> None:
    """With the hub's own key, which may put whatever names itself as it should."""
    recording = whole(evidence)
    courier()
    until(there(recording))
    hub = store.client("s3", bucket.key)

    def put(name: str, content: bytes) -> None:
        hub.put_object(Bucket=bucket.name, Key=name, Body=content, ChecksumAlgorithm="SHA256")

    ours = {number: recording / f"{number:06d}.flac" for number in (3, 5, 7)}
    doubles = {number: other(ours[number].read_bytes(), first=number == 3) for number in (3, 5)}
    for number, content in doubles.items():
        put(f"home/{recording.name}/{ours[number].name}.{digest(content)}", content)
    put(name_of(ours[7]), b"put over it")
    fetched = tmp_path / "fetched" / recording.name
    assert fetch(bucket, fetched) == [f"{ours[3].name}.{digest(ours[3].read_bytes())}"]
    found = contents(fetched)
    assert set(found.values()) == {*contents(recording).values(), *doubles.values(), b"put over it"} - {
        ours[7].read_bytes()
    }
    assert found[ours[3].name] == doubles[3]
    assert Flaw("changed", ours[3].name) in flaws(fetched)
    assert found[ours[5].name] == ours[5].read_bytes()
    assert f"{ours[7].name}.{digest(ours[7].read_bytes())}" in found


def other(content: bytes, *, first: bool) -> bytes:
    """Another content, which comes before this one by its SHA-256, or after it."""
    tries = (str(number).encode() for number in itertools.count())
    return next(one for one in tries if (digest(one) < digest(content)) is first)


def test_while_it_is_recorded_each_second_leaves_at_once(
    evidence: Path, courier: StartCourier, bucket: StoredBucket
) -> None:
    child = courier(haste=0.05)  # without hurry it would look again after ten minutes
    child.hear(lambda report: bool(report["offsite"]["last"]), PATIENCE)
    child.say(b'{"do": "hurry"}')
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
    child.say(b'{"do": "rest"}')
    spool.put(End(at(3), "stopped"))
    assert spool.close(10)
    until(there(recording))  # the end is written after the rest was said, and is not left for half a minute
    each_once(recording, bucket)


def test_what_is_marked_does_not_go_again_after_a_restart(evidence: Path, courier: StartCourier, line: Relay) -> None:
    recording = whole(evidence)
    courier()
    until(there(recording))
    asked = len(line.asked)
    courier().hear(lambda report: bool(report["offsite"]["last"]), PATIENCE)
    assert [name for name in line.asked[asked:] if "/check." not in name] == []
