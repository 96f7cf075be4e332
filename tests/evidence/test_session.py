"""What is told about a recording."""

import json
import os
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hardware.simulated.microphone import SimulatedMicrophone
from hub.evidence.child import Child
from hub.evidence.commands import Start
from hub.evidence.folder import events
from hub.evidence.reports import Reports
from hub.evidence.session import Meter, Session
from hub.evidence.spool import Spool
from hub.model import Deliver
from tests.evidence.store import until

RATE = 100


def test_ten_seconds_of_zeros_are_a_mute_microphone_until_there_is_noise() -> None:
    meter = Meter(RATE)
    meter.feed(bytes(2 * RATE * 10 - 2))
    assert not meter.mute
    meter.feed(bytes(2))
    assert meter.mute
    meter.feed(b"\0\1")
    assert not meter.mute


@given(st.lists(st.sampled_from([bytes(20), b"\1" * 20])))
def test_a_microphone_that_gave_noise_a_moment_ago_is_not_mute(blocks: list[bytes]) -> None:
    meter = Meter(RATE)
    for block in [*blocks, b"\1\0"]:
        meter.feed(block)
    assert not meter.mute
    assert meter.fed


def test_the_level_is_that_since_it_was_last_read() -> None:
    meter = Meter(RATE)
    meter.feed(b"\0\x40" * RATE)
    assert meter.read() == -6.0
    assert meter.read() == -120.0


def test_a_recording_ends_by_itself_after_four_hours(evidence: Path) -> None:
    reading, writing = os.pipe()
    spool = Spool(evidence, RATE, evidence.with_name("keys"))
    child = Child(SimulatedMicrophone(RATE), spool, Reports(writing))
    child._obey(Start("K7Q2M"))
    child._tick(time.monotonic() + 4 * 3600 - 60)
    assert child._session
    child._tick(time.monotonic() + 4 * 3600)
    assert not child._session
    assert spool.close(10)
    said = [json.loads(line) for line in os.read(reading, 4096).splitlines()]
    assert {"state": "idle", "why": "limit"} in said
    assert events(evidence / "K7Q2M-1")[-1]["why"] == "limit"
    os.close(reading)
    os.close(writing)


def test_a_restart_gets_only_what_is_left_and_a_further_press_begins_anew(evidence: Path) -> None:
    with Path(os.devnull).open("wb") as nobody:
        spool = Spool(evidence, RATE, evidence.with_name("keys"))
        child = Child(SimulatedMicrophone(RATE), spool, Reports(nobody.fileno()))
        child._obey(Start("K7Q2M", (), seconds=60.0))
        now = time.monotonic()
        child._tick(now + 50)
        assert child._session
        child._obey(Start("K7Q2M", ()))
        child._tick(now + 4 * 3600 - 1)
        assert child._session
        child._tick(now + 4 * 3600 + 1)
        assert not child._session
        assert spool.close(10)
    assert [event["what"] for event in events(evidence / "K7Q2M-1")] == ["start", "end"]


def test_what_is_said_to_be_safe_is_so_of_this_recording(evidence: Path) -> None:
    microphone, spool = SimulatedMicrophone(RATE), Spool(evidence, RATE, evidence.with_name("keys"))
    Session(Start("FIRST"), microphone, spool, now=0).end("stopped")
    assert spool.close(10)
    there = evidence.rename(evidence.with_name("elsewhere"))
    evidence.write_text("in the way")
    session = Session(Start("OTHER"), microphone, spool, now=0)
    until(lambda: spool.fault(time.monotonic()))
    assert (session.report()["k"], session.report()["segments"]) == (0, 0)
    evidence.unlink()
    there.rename(evidence)
    until(lambda: session.report()["k"] == 1)
    session.end("stopped")
    assert spool.close(10)


class Held(SimulatedMicrophone):
    """Gives only what the test says."""

    def open(self, deliver: Deliver) -> None:
        self.deliver = deliver


def test_the_last_sound_before_the_end_is_kept(evidence: Path) -> None:
    microphone, spool = Held(RATE), Spool(evidence, RATE, evidence.with_name("keys"))
    session = Session(Start("K7Q2M"), microphone, spool, now=0)
    microphone.deliver(b"\1\2" * RATE)
    session.end("stopped")
    assert spool.close(10)
    assert events(evidence / "K7Q2M-1")[-1]["seconds"] == 1.0


def test_what_the_device_lost_without_a_word_is_written_down(evidence: Path) -> None:
    microphone, spool = Held(RATE), Spool(evidence, RATE, evidence.with_name("keys"))
    began = time.monotonic() - 20
    session = Session(Start("K7Q2M"), microphone, spool, now=0)
    for number in range(80):
        heard = began + number / 10 + (0.3 if number >= 40 else 0.0)
        microphone.deliver(b"\1\2" * (RATE // 10), time.monotonic() - heard)
    session.end("stopped")
    assert spool.close(10)
    _, gap, end = events(evidence / "K7Q2M-1")
    assert (gap["why"], gap["frames_expected"], gap["frames_got"]) == ("lost", 30, 0)
    assert gap["mono"] == [pytest.approx(began + 4, abs=0.01), pytest.approx(began + 4.3, abs=0.01)]
    assert (end["frames_expected"], end["frames_got"]) == (pytest.approx(830, abs=1), 800)
