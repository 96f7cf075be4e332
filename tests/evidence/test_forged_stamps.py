"""Whatever stands beside what an authority signed, only what it signed counts; and no answer breaks who reads it."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hub.evidence.stamps import read, wrong

from .authority import TimeStampAuthority
from .conftest import ROOT

CONTENT = b"a list\n"
FORGED = "x\nTime stamp: Jan  1 00:00:01 2030 GMT"


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TimeStampAuthority]:
    authority = TimeStampAuthority(tmp_path_factory.mktemp("forged") / "authority")
    yield authority
    authority.close()


@pytest.fixture(scope="module")
def answer(authority: TimeStampAuthority) -> bytes:
    return stamp(authority, CONTENT)


def stamp(authority: TimeStampAuthority, content: bytes) -> bytes:
    query = ["openssl", "ts", "-query", "-data", "/dev/stdin", "-sha256", "-cert"]
    return authority.answer(subprocess.run(query, input=content, capture_output=True, check=True).stdout)


def with_status(answer: bytes, text: str) -> bytes:
    """The same token under a status that nobody signed."""
    _, body = split(answer)
    status, _ = split(body)
    token = body[len(status) :]
    return der(0x30, der(0x30, b"\x02\x01\x00" + der(0x30, der(0x0C, text.encode()))) + token)


def der(tag: int, content: bytes) -> bytes:
    size = len(content)
    more = size.to_bytes((size.bit_length() + 7) // 8, "big")
    return bytes([tag, *([size] if size < 128 else [0x80 | len(more), *more])]) + content


def split(value: bytes) -> tuple[bytes, bytes]:
    """The first value whole, and what is in it."""
    head, size = 2, value[1]
    if size & 0x80:
        head += size & 0x7F
        size = int.from_bytes(value[2:head], "big")
    return value[: head + size], value[head : head + size]


def test_a_status_that_was_rewritten_says_no_other_time(answer: bytes, authority: TimeStampAuthority) -> None:
    genuine, forged = read(answer), read(with_status(answer, FORGED))
    assert genuine == forged
    assert genuine
    assert abs(datetime.now(UTC) - genuine.at) < timedelta(minutes=5)
    assert wrong(with_status(answer, FORGED), CONTENT, authority.certificate) == ""


@pytest.mark.parametrize("text", ["x\nTime stamp: Foo 99 99:99:99 2026 GMT", "x\nMessage data:\n    0000 - 00", "\0"])
def test_a_status_that_was_made_to_break_who_reads_it_breaks_nothing(answer: bytes, text: str) -> None:
    assert read(with_status(answer, text)) == read(answer)


@settings(max_examples=40, deadline=None)
@given(st.binary(max_size=200))
def test_no_bytes_break_who_reads_them(content: bytes) -> None:
    assert read(content) is None


@settings(max_examples=40, deadline=None)
@given(data=st.data())
def test_no_change_of_a_stamp_breaks_who_reads_it(answer: bytes, data: st.DataObject) -> None:
    place, value = data.draw(st.integers(0, len(answer) - 1)), data.draw(st.integers(0, 255))
    read(answer[:place] + bytes([value]) + answer[place + 1 :])


def test_a_day_that_no_calendar_has_is_no_time_stamp(answer: bytes) -> None:
    said = read(answer)
    assert said
    written = f"{said.at:%Y%m%d%H%M%SZ}".encode()
    assert answer.count(written) == 1
    assert read(answer.replace(written, b"20250230120000Z")) is None


def test_the_script_of_a_copy_reads_what_was_signed_as_well(
    tmp_path: Path, answer: bytes, authority: TimeStampAuthority
) -> None:
    """Its lists are no lists: only what it says of the stamps is looked at."""
    copy = tmp_path / "K7Q2M-1"
    copy.mkdir()
    (copy / "c000000.sums").write_bytes(CONTENT)
    (copy / "c000000.sums.tsr").write_bytes(with_status(answer, FORGED))
    (copy / "c000001.sums").write_bytes(b"another list\n")
    (copy / "c000001.sums.tsr").write_bytes(answer)
    genuine = read(answer)
    assert genuine
    for known in ({}, {"TSA": str(authority.certificate)}):
        said = script(copy, known)
        assert "2030" not in said
        at = f"{genuine.at:%b} {genuine.at.day:2} {genuine.at:%H:%M:%S %Y} GMT"
        assert f"· the first of {at}, the last of {at}\n" in said
        assert "c000000.sums.tsr" not in said
        assert "c000001.sums.tsr: the time stamp does not hold: it is not of this list" in said


def script(copy: Path, more: dict[str, str]) -> str:
    shown = ["sh", str(ROOT / "hub/evidence/export/verify.sh"), "-d", str(copy)]
    return subprocess.run(shown, env=os.environ | more, capture_output=True, text=True).stdout


def test_a_stamp_that_does_not_hold_is_not_among_the_times(tmp_path: Path, authority: TimeStampAuthority) -> None:
    copy = tmp_path / "K7Q2M-1"
    copy.mkdir()
    (copy / "c000000.sums").write_bytes(CONTENT)
    shutil.copy(authority.certificate, copy / "c000000.sums.tsr")
    said = script(copy, {})
    assert "time stamps of an authority: 0, not checked" in said
    assert "the first of" not in said
