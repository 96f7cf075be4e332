"""Somebody else confirms when a recording was there; OpenSSL has the last word on what they said."""

import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.errors import ErrandError
from hub.evidence.offsite import waiting
from hub.evidence.spool import Begin, End
from hub.evidence.timestamp import EACH, TimeStamper, due, unstamped
from hub.evidence.verify import flaws
from hub.way import Way

from .authority import TimeStampAuthority
from .conftest import ROOT, RunningChild, start_courier
from .store import PATIENCE, Relay, until
from .test_verify import at, record, second

pytestmark = pytest.mark.timeout(180)
StartStamping = Callable[[str], RunningChild]
times = st.lists(st.floats(0, 1000), max_size=40)


@pytest.fixture
def authority(tmp_path: Path) -> Iterator[TimeStampAuthority]:
    authority = TimeStampAuthority(tmp_path / "authority")
    yield authority
    authority.close()


@pytest.fixture
def stamping(tmp_path: Path) -> Iterator[StartStamping]:
    couriers: list[RunningChild] = []

    def start(url: str) -> RunningChild:
        config = tmp_path / "hub.toml"
        config.write_text(f'[state]\ndir = "{tmp_path}"\n[evidence]\ntimestamp_url = "{url}"\n')
        couriers.append(start_courier(config, 60))
        return couriers[-1]

    yield start
    for child in couriers:
        child.kill()


@pytest.fixture
def recording(evidence: Path) -> Path:
    """Of two minutes and a half, with checkpoints each ten seconds as they would have been."""
    path = record(evidence, Begin("K7Q2M", at(0)), *(second(n) for n in range(150)), End(at(150), "stopped"))
    for number, checkpoint in enumerate(sorted(path.glob("*.sums"))):
        moment = (at(0) + timedelta(seconds=10 * number)).timestamp()
        os.utime(checkpoint, (moment, moment))
    return path


def names(paths: list[Path]) -> list[str]:
    return [path.name for path in paths]


def test_the_first_one_each_minute_and_the_last_get_a_stamp(recording: Path) -> None:
    assert names(unstamped(recording)) == ["c000000.sums", "c000006.sums", "c000012.sums", "c000016.sums"]


def test_a_recording_that_goes_on_has_no_last_one(recording: Path) -> None:
    max(recording.glob("e*.json")).unlink()
    assert names(unstamped(recording)) == ["c000000.sums", "c000006.sums", "c000012.sums"]


@given(times, st.booleans())
def test_no_checkpoint_is_further_than_a_minute_from_the_stamp_before_it(moments: list[float], closed: bool) -> None:
    found = due(sorted(moments), closed=closed)
    stamped = [sorted(moments)[number] for number in found]
    assert all(any(0 <= moment - time < EACH for time in stamped) for moment in moments)
    assert not closed or not moments or found[-1] == len(moments) - 1


@given(times)
def test_what_comes_later_changes_nothing_about_what_was_due(moments: list[float]) -> None:
    for count in range(len(moments)):
        assert due(moments, closed=False)[: len(due(moments[:count], closed=False))] == due(
            moments[:count], closed=False
        )


def test_openssl_finds_that_the_stamps_are_of_these_checkpoints(
    recording: Path, stamping: StartStamping, authority: TimeStampAuthority
) -> None:
    stamping(authority.url)
    until(lambda: not unstamped(recording))
    stamped = sorted(recording.glob("*.tsr"))
    assert len(stamped) == 4
    for stamp in stamped:
        assert authority.vouches(stamp.with_suffix(""), stamp)
        assert not authority.vouches(recording / "c000001.sums", stamp)
    assert flaws(recording) == []
    assert set(stamped) < set(waiting(recording, set()))  # they go off-site as well


def test_the_script_of_an_export_judges_the_stamps(
    recording: Path, stamping: StartStamping, authority: TimeStampAuthority
) -> None:
    stamping(authority.url)
    until(lambda: not unstamped(recording))
    shutil.copy(ROOT / "hub/evidence/export/verify.sh", recording)
    assert "time stamps of an authority: 4\n" in script(recording, authority).stdout
    assert script(recording, authority).returncode == 0
    (recording / "c000006.sums.tsr").write_bytes((recording / "c000012.sums.tsr").read_bytes())
    assert "c000006.sums.tsr: the time stamp does not hold" in script(recording, authority).stdout


def script(recording: Path, authority: TimeStampAuthority) -> "subprocess.CompletedProcess[str]":
    environment = os.environ | {"TSA": str(authority.certificate)}
    return subprocess.run(["sh", recording / "verify.sh"], env=environment, capture_output=True, text=True)


def test_what_waited_for_the_line_is_stamped_in_order_when_it_is_back(
    recording: Path, stamping: StartStamping, authority: TimeStampAuthority
) -> None:
    line = Relay(int(authority.url.rpartition(":")[2].strip("/")))
    child = stamping(f"http://127.0.0.1:{line.port}/")
    assert child.hear(lambda report: bool(report["faults"]), PATIENCE)["faults"] == {"timestamps": "NewConnectionError"}
    assert not authority.asked
    line.up()
    child.hear(lambda report: report["state"] == "idle" and not report["faults"], PATIENCE)
    stamped = sorted(recording.glob("*.tsr"), key=lambda path: path.stat().st_mtime_ns)
    assert names(stamped) == sorted(names(stamped))
    assert len(stamped) == len(authority.asked) == 4
    line.cut()


def test_an_answer_that_is_not_as_strict_as_it_should_be_is_kept_as_it_came(tmp_path: Path) -> None:
    """OpenSSL's own service puts its certificates in an order that strict DER does not allow."""
    authority = TimeStampAuthority(tmp_path / "lax", chain="ca.pem tsa.pem")
    content = tmp_path / "c000000.sums"
    content.write_bytes(b"a list\n")
    answer = tmp_path / "c000000.sums.tsr"
    answer.write_bytes(TimeStamper(authority.url, Way()).stamp(content.read_bytes()))
    assert authority.vouches(content, answer)
    authority.close()


@pytest.mark.parametrize(
    "page", [b"<html>Please accept the conditions of the hotel</html>", bytes(10), b"\x30\x03\x02\x01\x00"]
)
def test_what_is_no_stamp_is_not_kept(authority: TimeStampAuthority, page: bytes) -> None:
    authority.page = page
    with pytest.raises(ErrandError, match="no time stamp"):
        TimeStamper(authority.url, Way()).stamp(b"a list\n")


def test_a_stamp_of_something_else_is_not_kept(authority: TimeStampAuthority) -> None:
    authority.page = TimeStamper(authority.url, Way()).stamp(b"another list\n")
    with pytest.raises(ErrandError, match="no time stamp"):
        TimeStamper(authority.url, Way()).stamp(b"a list\n")


def test_a_service_that_rejects_what_it_is_asked_is_a_fault(
    tmp_path: Path, recording: Path, stamping: StartStamping
) -> None:
    authority = TimeStampAuthority(tmp_path / "other", digests="sha512")
    said = stamping(authority.url).hear(lambda report: bool(report["faults"]), PATIENCE)
    assert said["faults"] == {"timestamps": "no time stamp in the answer"}
    assert not list(recording.glob("*.tsr"))
    authority.close()


def test_a_list_that_the_disk_lost_the_content_of_holds_no_other_one_up(recording: Path) -> None:
    (recording / "c000000.sums").write_bytes(b"")
    assert names(unstamped(recording)) == ["c000001.sums", "c000007.sums", "c000013.sums", "c000016.sums"]
