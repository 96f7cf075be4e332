"""Whatever happens on the way to the store, nothing is lost, nothing is stored twice, and somebody is told."""

import json
import os
import random
import shutil
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from hub.evidence.ballast import COUNT, FOLDER, lay
from hub.evidence.offsite import MARKS, is_offsite, waiting
from hub.evidence.stamps import unstamped
from tests.mounts import card, fill, small_disk

from .authority import TimeStampAuthority
from .carried import each_once, marks, there, whole, wrong
from .conftest import RunningChild, StartCourier, start_courier
from .store import PATIENCE, Relay, StoredBucket, StoreServer, until

pytestmark = pytest.mark.timeout(180)
WITHOUT_RIGHTS = ("setpriv", "--bounding-set=-all") if os.getuid() == 0 else ()  # root may read whatever it likes


def test_what_waited_for_the_line_leaves_when_it_is_back_and_the_wait_is_a_fault(
    evidence: Path, courier: StartCourier, bucket: StoredBucket, line: Relay
) -> None:
    line.cut()
    recording = whole(evidence)
    child = courier(haste=60)
    late = child.hear(lambda report: "offsite" in report["faults"], PATIENCE)
    assert late["faults"] == {"offsite": "EndpointConnectionError"}
    assert late["offsite"]["waits"] == len(waiting(recording, set()))
    line.up()
    child.hear(wrong(), PATIENCE)
    until(there(recording))
    each_once(recording, bucket)


def test_a_lost_answer_is_told_from_the_name_and_nothing_is_stored_twice(
    evidence: Path, courier: StartCourier, bucket: StoredBucket, line: Relay
) -> None:
    child = courier()
    child.hear(lambda report: bool(report["offsite"]["last"]), PATIENCE)
    line.loses_answers = True
    recording = whole(evidence)
    child.say(b'{"do": "hurry"}')
    until(lambda: any("/000000.flac." in name for name in bucket.versions()))
    assert not (recording / MARKS).exists()
    line.loses_answers = False
    until(there(recording))
    ids = each_once(recording, bucket)
    assert {mark["version"] for mark in marks(recording)} <= {None, *ids.values()}
    assert any(mark["version"] is None for mark in marks(recording))


def test_a_courier_that_is_killed_again_and_again_loses_nothing_and_stores_nothing_twice(
    evidence: Path, courier: StartCourier, bucket: StoredBucket
) -> None:
    recording = whole(evidence, 40)
    chance = random.Random(6)
    for _ in range(4):
        child = courier()
        child.hear(lambda report: True, PATIENCE)
        time.sleep(chance.uniform(0, 0.3))  # at any moment
        child.kill()
    courier()
    until(there(recording))
    each_once(recording, bucket)
    files = [mark["file"] for mark in marks(recording)]
    assert list(dict.fromkeys(files)) == [path.name for path in waiting(recording, set())]


def test_a_line_of_the_marks_that_the_power_cut_is_no_mark(evidence: Path, courier: StartCourier) -> None:
    recording = whole(evidence)
    names = [path.name for path in waiting(recording, set())]
    (recording / MARKS).write_text('{"file": "hub.pub", "sha256": "0"}\n{"file": "e000000.json", "sha')
    assert [path.name for path in waiting(recording, {"hub.pub"})] == names[1:]
    courier()
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
    courier: StartCourier, changes: dict[str, str], why: str
) -> None:
    assert courier(**changes).hear(lambda report: bool(report["faults"]), PATIENCE)["faults"] == {
        "offsite_refused": why
    }


@pytest.mark.parametrize("header", [b"x-amz-version-id", b"x-amz-checksum-sha256"])
def test_an_answer_without_proof_is_a_fault_and_nothing_counts_as_stored(
    evidence: Path, courier: StartCourier, line: Relay, header: bytes
) -> None:
    """Not even at the second try, when the store says that it exists."""
    child = courier()
    child.hear(lambda report: bool(report["offsite"]["last"]), PATIENCE)
    line.hides = header
    recording = whole(evidence, 1)
    child.say(b'{"do": "hurry"}')
    child.hear(wrong(offsite_refused="no proof in the answer"), PATIENCE)
    asked = len(line.asked)
    until(lambda: len(line.asked) > asked + 1)
    assert not (recording / MARKS).exists()


def test_a_bucket_that_locks_nothing_is_a_fault(courier: StartCourier, store: StoreServer) -> None:
    name, (access, secret) = (open := store.bucket("open", locks=False)).name, open.key
    said = courier(bucket=name, access=access, secret=secret).hear(lambda report: bool(report["faults"]), PATIENCE)
    assert said["faults"] == {"offsite_refused": "400 InvalidRequest"}


@pytest.mark.skipif(os.getuid() != 0, reason="a disk of its own to fill takes root")
def test_a_full_disk_keeps_nothing_from_leaving(
    tmp_path: Path, courier: StartCourier, bucket: StoredBucket, line: Relay
) -> None:
    with small_disk(tmp_path / "evidence", "2m") as evidence:
        recording = whole(evidence)
        filler = fill(evidence)
        child = courier(haste=60)
        until(lambda: len(bucket.versions()) == len(waiting(recording, set())))
        child.hear(lambda report: report["state"] == "idle" and not report["faults"], PATIENCE)
        assert not is_offsite(recording)
        filler.unlink()
        until(there(recording))
        each_once(recording, bucket)
        child.kill()


@pytest.mark.skipif(os.getuid() != 0, reason="a disk of its own to fill takes root")
def test_what_is_elsewhere_is_marked_on_a_card_that_is_full(
    tmp_path: Path, configure: Callable[..., Path], bucket: StoredBucket
) -> None:
    with card(tmp_path / "card", 60) as disk:
        evidence = disk / "evidence"
        recording = whole(evidence)
        lay(evidence)
        fill(disk)
        config = configure()
        config.write_text(config.read_text().replace(f'dir = "{tmp_path}"', f'dir = "{disk}"'))
        child = start_courier(config, 1)
        until(there(recording))
        child.kill()
        each_once(recording, bucket)
        assert 0 < len(list((disk / FOLDER).iterdir())) < COUNT


def test_it_ends_at_once_with_the_daemon_even_while_the_store_hangs(
    evidence: Path, courier: StartCourier, line: Relay
) -> None:
    line.loses_answers = True
    whole(evidence)
    child = courier()
    until(lambda: line.asked)
    assert child.end() == 0


def test_a_place_that_cannot_be_looked_through_is_a_fault(
    evidence: Path, configure: Callable[..., Path], tmp_path: Path
) -> None:
    recording = whole(evidence, 1)
    evidence.chmod(0)
    child = start_courier(configure(), 60, WITHOUT_RIGHTS)
    try:
        child.hear(wrong(offsite="disk: Permission denied"), PATIENCE)
        evidence.chmod(0o700)
        child.hear(wrong(), PATIENCE)
        until(there(recording))
    finally:
        child.kill()


@pytest.fixture
def stamping(configure: Callable[..., Path], tmp_path: Path) -> Iterator[Callable[[], RunningChild]]:
    """Starts one that carries to a store and asks for time stamps."""
    authority, couriers = TimeStampAuthority(tmp_path / "authority"), list[RunningChild]()

    def start() -> RunningChild:
        config = configure()
        config.write_text(f'{config.read_text()}timestamp_url = "{authority.url}"\n')
        couriers.append(start_courier(config, 60, WITHOUT_RIGHTS))
        return couriers[-1]

    yield start
    for child in couriers:
        child.kill()
    authority.close()


def test_what_nobody_expected_of_one_lane_is_a_fault_and_leaves_the_other_one_alone(
    evidence: Path, stamping: Callable[[], RunningChild], capfd: pytest.CaptureFixture[str]
) -> None:
    """A name that cannot be said in UTF-8 is no name for the store's library."""
    recording = whole(evidence)
    strange = recording / os.fsdecode(b"\xff")
    strange.touch()
    os.utime(strange, (1, 1))  # the first to go
    child = stamping()
    child.hear(wrong(offsite="UnicodeEncodeError"), PATIENCE)
    until(lambda: not unstamped(recording))
    strange.unlink()
    child.hear(wrong(), PATIENCE)
    until(there(recording))
    logged = capfd.readouterr().err
    assert "UnicodeEncodeError" in logged
    assert recording.name not in logged


def test_a_list_that_cannot_be_read_keeps_no_other_one_from_its_stamp_and_is_a_fault(
    evidence: Path, stamping: Callable[[], RunningChild]
) -> None:
    recording = whole(evidence)
    broken = unstamped(recording)[0]
    content = broken.read_bytes()
    broken.unlink()
    broken.mkdir()
    os.utime(broken, (1, 1))
    child = stamping()
    child.hear(wrong(timestamps="disk: Is a directory"), PATIENCE)
    until(lambda: unstamped(recording) == [broken])
    broken.rmdir()
    broken.write_bytes(content)
    child.hear(lambda report: report["state"] == "idle" and not report["faults"], PATIENCE)
    assert not unstamped(recording)


def test_a_damaged_recording_is_a_fault_and_keeps_no_other_one_here(
    evidence: Path, stamping: Callable[[], RunningChild]
) -> None:
    damaged = whole(evidence)
    sound = shutil.copytree(damaged, evidence / "AAAAA-1")
    damaged.chmod(0)
    child = stamping()
    child.hear(wrong(offsite="files cannot be read", timestamps="disk: Permission denied"), PATIENCE)
    until(lambda: is_offsite(sound) and not unstamped(sound))
    damaged.chmod(0o700)
    child.hear(wrong(), PATIENCE)
    until(lambda: is_offsite(damaged) and not unstamped(damaged))
