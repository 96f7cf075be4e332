"""Somebody else confirms when a recording was there; OpenSSL has the last word on what they said."""

import hashlib
import os
import re
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from hypothesis import given
from hypothesis import strategies as st

from hub.__main__ import CHILDREN, run_daemon
from hub.cli import build
from hub.errors import ErrandError
from hub.evidence.offsite import waiting
from hub.evidence.spool import Begin, End
from hub.evidence.stamps import EACH, due, holds, read, stamped, unstamped
from hub.evidence.timestamp import TimeStamper
from hub.evidence.verify import Flaw, flaws, verify
from hub.way import Way

from .authority import TimeStampAuthority
from .carried import wrong
from .conftest import ROOT, RunningChild, start_courier
from .store import PATIENCE, Relay, until
from .test_verify import at, record, second

pytestmark = pytest.mark.timeout(180)
StartStamping = Callable[..., RunningChild]
times = st.lists(st.floats(0, 1000), max_size=40)


@pytest.fixture
def authority(tmp_path: Path) -> Iterator[TimeStampAuthority]:
    authority = TimeStampAuthority(tmp_path / "authority")
    yield authority
    authority.close()


@pytest.fixture
def another(tmp_path: Path) -> Iterator[TimeStampAuthority]:
    """Somebody who is not asked, and answers."""
    another = TimeStampAuthority(tmp_path / "another", chain="ca.pem tsa.pem")
    yield another
    another.close()


@pytest.fixture
def stamping(tmp_path: Path) -> Iterator[StartStamping]:
    couriers: list[RunningChild] = []

    def start(url: str, known: TimeStampAuthority | None = None) -> RunningChild:
        config = tmp_path / "hub.toml"
        more = f'timestamp_ca_file = "{known.certificate}"\n' if known else ""
        config.write_text(f'[state]\ndir = "{tmp_path}"\n[evidence]\ntimestamp_url = "{url}"\n{more}')
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
    recording: Path, stamping: StartStamping, authority: TimeStampAuthority, another: TimeStampAuthority
) -> None:
    stamping(authority.url)
    until(lambda: not unstamped(recording))
    good = script(recording, authority)
    assert "time stamps of an authority: 4, checked\n" in good.stdout
    assert re.search(r"· the first of .{20} GMT, the last of .{20} GMT\n", good.stdout)
    assert good.returncode == 0
    assert "time stamps of an authority: 4, not checked" in script(recording).stdout
    assert script(recording).returncode == 0
    (recording / "c000000.sums.tsr").write_bytes(another.answer(authority.asked[0]))
    assert script(recording).returncode == 0
    assert "c000000.sums.tsr: the time stamp does not hold: this authority" in script(recording, authority).stdout
    (recording / "c000006.sums.tsr").write_bytes((recording / "c000012.sums.tsr").read_bytes())
    assert "c000006.sums.tsr: the time stamp does not hold: it is not of this list" in script(recording).stdout
    (recording / "c000020.sums.tsr").write_bytes(b"")
    assert "c000020.sums: missing" in script(recording).stdout


def script(recording: Path, authority: TimeStampAuthority | None = None) -> "subprocess.CompletedProcess[str]":
    environment = os.environ | ({"TSA": str(authority.certificate)} if authority else {})
    command = ["sh", ROOT / "hub/evidence/export/verify.sh", "-d", recording]
    return subprocess.run(command, env=environment, capture_output=True, text=True)


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
    with pytest.raises(ErrandError, match="something else"):
        TimeStamper(authority.url, Way()).stamp(b"a list\n")


def test_what_only_holds_the_hash_of_the_content_is_no_stamp(authority: TimeStampAuthority) -> None:
    """Kept, it would keep the true stamp from being asked for again."""
    authority.page = b"junk" + hashlib.sha256(b"a list\n").digest()
    with pytest.raises(ErrandError, match="no time stamp"):
        TimeStamper(authority.url, Way()).stamp(b"a list\n")


@pytest.mark.parametrize("chain", ["", "ca.pem tsa.pem"])
def test_an_answer_that_somebody_else_signed_is_a_fault_and_is_asked_for_again(
    tmp_path: Path, recording: Path, stamping: StartStamping, another: TimeStampAuthority, chain: str
) -> None:
    """Also where it is not as strict as DER."""
    authority = TimeStampAuthority(tmp_path / "true", chain=chain)
    authority.signs, honest = another.answer, authority.answer
    child = stamping(authority.url, authority)
    child.hear(wrong(timestamps="not signed by whom timestamp_ca_file names"), PATIENCE)
    assert not list(recording.glob("*.tsr"))
    authority.signs = honest
    child.hear(lambda report: report["state"] == "idle" and not report["faults"], PATIENCE)
    assert not unstamped(recording)
    assert all(authority.vouches(stamp.with_suffix(""), stamp) for stamp in recording.glob("*.tsr"))
    authority.close()


def test_verify_names_each_stamp_that_does_not_hold(
    recording: Path, stamping: StartStamping, authority: TimeStampAuthority, another: TimeStampAuthority
) -> None:
    stamping(authority.url)
    until(lambda: not unstamped(recording))
    assert verify(recording, authority=authority.certificate) == []
    stamps = {number: recording / f"c{number:06d}.sums.tsr" for number in (0, 6, 12, 16, 20)}
    stamps[0].write_bytes(another.answer(authority.asked[0]))
    assert verify(recording) == []
    stamps[6].write_bytes(stamps[12].read_bytes())
    stamps[16].write_bytes(b"junk")
    stamps[20].write_bytes(stamps[12].read_bytes())
    told = [("missing", "c000020.sums"), ("stamp_none", stamps[16].name), ("stamp_other", stamps[6].name)]
    assert sorted((flaw.code, flaw.file) for flaw in verify(recording)) == told
    assert Flaw("stamp_false", stamps[0].name) in verify(recording, authority=authority.certificate)
    assert stamped(recording).count == 2
    assert stamped(recording, authority.certificate).count == 1
    told = verified(recording, "--authority", str(authority.certificate))
    assert told.exit_code == 1
    assert "1 of 17 lists have a time stamp of the authority" in told.output
    assert f"{stamps[0].name}: this time stamp was not signed by this authority." in told.output
    assert f"{stamps[6].name}: this time stamp is of another list." in told.output


def test_a_stamp_holds_when_the_certificates_have_run_out_since(tmp_path: Path) -> None:
    """It is judged by the time at which it was made."""
    authority = TimeStampAuthority(tmp_path / "brief", days=1)
    content = b"a list\n"
    answer = TimeStamper(authority.url, Way(), authority.certificate).stamp(content)
    said = read(answer)
    assert said
    assert holds(answer, said, authority.certificate)
    assert not holds(answer, replace(said, at=said.at + timedelta(days=3)), authority.certificate)
    authority.close()


def verified(recording: Path, *more: str) -> Result:
    """By the command."""
    command = build(run_daemon, CHILDREN)
    return CliRunner().invoke(command, ["evidence", "verify", str(recording), *more], env={"HUB_LANG": "en"})


def test_verify_says_how_many_there_are_and_of_when(
    recording: Path, stamping: StartStamping, authority: TimeStampAuthority
) -> None:
    none = verified(recording)
    assert "K7Q2M-1: no time stamps.\n" in none.output
    child = stamping(authority.url)
    until(lambda: not unstamped(recording))
    child.kill()  # or it would ask again
    (recording / "c000006.sums.tsr").unlink()
    has = stamped(recording)
    assert (has.count, has.checkpoints, has.missing) == (3, 17, ("c000006.sums",))
    assert has.first
    assert abs(datetime.now(UTC) - has.first) < timedelta(minutes=5)
    loose = verified(recording)
    assert f"3 of 17 lists have a time stamp, the first of {has.first:%Y-%m-%d %H:%M:%S} UTC" in loose.output
    assert "not checked" in loose.output
    assert "there may have been no network: c000006.sums\n" in loose.output
    assert loose.exit_code == 0
    known = ["--authority", str(authority.certificate)]
    checked = verified(recording, *known)
    assert "3 of 17 lists have a time stamp of the authority" in checked.output


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
