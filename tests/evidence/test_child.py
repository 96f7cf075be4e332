"""The recorder process on the simulated microphone: commands, kills, full disks."""

import json
import os
import resource
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hub.evidence.catalogue import recordings
from hub.evidence.folder import events, segments
from hub.evidence.reports import Reports
from hub.evidence.segment import decode
from hub.evidence.verify import verify

from .conftest import RATE, ROOT, Launch, Report, RunningChild, recording


def is_idle(report: Report) -> bool:
    return report == {"state": "idle"}


def played_seconds(folder: Path) -> float:
    return sum(len(decode(path.read_bytes())[0]) for path in segments(folder).values()) / 2 / RATE


def test_a_start_records_until_the_stop(child: RunningChild, evidence: Path) -> None:
    child.start()
    report = child.hear(recording(segments=1))
    child.stop()
    child.hear(is_idle)
    assert child.end() == 0
    assert (report["incident"], report["k"]) == ("K7Q2M", 1)
    [facts] = recordings(evidence)
    assert facts.id == "K7Q2M-1"
    assert facts.seconds == pytest.approx(played_seconds(evidence / "K7Q2M-1"), abs=0.06)
    assert events(evidence / "K7Q2M-1")[-1]["why"] == "stopped"


def test_nobody_else_may_look_into_the_recording(child: RunningChild, evidence: Path) -> None:
    child.start()
    child.hear(recording(segments=1))
    child.end()
    modes = {path: path.stat().st_mode & 0o777 for path in evidence.rglob("*")}
    assert {mode for path, mode in modes.items() if path.is_dir()} == {0o700}
    assert {mode for path, mode in modes.items() if path.is_file()} == {0o600}
    assert evidence.stat().st_mode & 0o777 == 0o700


def test_a_second_start_of_the_same_incident_changes_nothing(child: RunningChild, evidence: Path) -> None:
    child.start()
    child.start()
    child.hear(recording(segments=1))
    child.start()
    child.end()
    assert [path.name for path in evidence.iterdir()] == ["K7Q2M-1"]


def test_another_incident_gets_its_own_recording(child: RunningChild, evidence: Path) -> None:
    child.start("AAAAA")
    child.hear(recording(segments=1))
    child.start("BBBBB")
    child.hear(lambda report: report.get("incident") == "BBBBB")
    child.end()
    assert {facts.id for facts in recordings(evidence)} == {"AAAAA-1", "BBBBB-1"}


def test_a_start_after_a_stop_is_a_new_recording_that_names_the_gap(child: RunningChild, evidence: Path) -> None:
    child.start()
    child.hear(recording(segments=1))
    child.stop()
    child.start()
    child.hear(recording(segments=1))
    child.end()
    end, gap = events(evidence / "K7Q2M-1")[-1], events(evidence / "K7Q2M-2")[1]
    assert (gap["what"], gap["why"], gap["from"]) == ("gap", "stopped", end["at"])


def test_signals_that_end_the_daemon_do_not_end_the_recording(child: RunningChild, evidence: Path) -> None:
    child.start()
    child.hear(recording(segments=1))
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        child.process.send_signal(number)
    child.hear(recording(segments=2))
    assert child.end() == 0
    assert events(evidence / "K7Q2M-1")[-1]["why"] == "closed"


@pytest.mark.parametrize("seconds", [0.0, 0.05, 0.35, 0.9, 1.02, 1.5])
def test_a_kill_leaves_segments_that_play_and_the_next_child_names_the_gap(
    launch: Launch, evidence: Path, seconds: float
) -> None:
    killed = launch()
    killed.start()
    killed.hear(recording(segments=0))
    time.sleep(seconds)  # the moment of the kill is what is tested
    killed.kill()
    assert {flaw.code for flaw in verify(evidence)} <= {"no_end", "empty"}
    after = launch()
    after.start()
    report = after.hear(recording(segments=1))
    after.end()
    assert report["k"] == 2
    gap = events(evidence / "K7Q2M-2")[1]
    assert (gap["what"], gap["why"]) == ("gap", "killed")
    assert str(gap["from"]) < str(gap["to"])
    assert {flaw.code for flaw in verify(evidence)} <= {"empty"}


def test_a_full_disk_is_a_fault_and_not_a_second_is_lost(child: RunningChild, evidence: Path) -> None:
    child.start()
    child.hear(recording(segments=1))
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.prlimit(child.process.pid, resource.RLIMIT_FSIZE, (1000, limits[1]))
    fault = child.hear(lambda report: "fault" in report)
    child.hear(lambda report: report.get("state") == "recording")
    child.hear(lambda report: report.get("state") == "recording")
    resource.prlimit(child.process.pid, resource.RLIMIT_FSIZE, limits)
    child.hear(lambda report: report == {"restored": True})
    child.hear(recording(segments=5))
    child.end()
    assert fault == {"fault": "disk: File too large"}
    assert verify(evidence) == []
    assert [line["what"] for line in events(evidence / "K7Q2M-1")] == ["start", "end"]
    [facts] = recordings(evidence)
    assert played_seconds(evidence / "K7Q2M-1") == pytest.approx(facts.seconds, abs=0.06)


def test_a_daemon_that_does_not_read_holds_up_nothing() -> None:
    reading, writing = os.pipe()
    reports = Reports(writing)
    for number in range(5000):
        reports.say({"state": "recording", "segments": number})
    lines = os.read(reading, 1 << 20).splitlines()
    assert [json.loads(line)["segments"] for line in lines] == list(range(len(lines)))
    os.close(reading)
    reports.say({"state": "idle"})
    os.close(writing)


TALKATIVE = """
import os, pathlib
from hardware.simulated.microphone import SimulatedMicrophone
from hub.evidence import child
class Talkative(SimulatedMicrophone):
    def check(self):
        os.write(1, b"a library that prints\\n")
child.main(Talkative(16000), pathlib.Path("nowhere"), pathlib.Path("keys"))
"""


def test_what_libraries_print_is_no_report(tmp_path: Path) -> None:
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    command, pipe = [sys.executable, "-c", TALKATIVE], subprocess.PIPE
    with subprocess.Popen(command, env=environment, cwd=tmp_path, stdin=pipe, stdout=pipe, stderr=pipe) as child:
        assert child.stdout
        said = [json.loads(child.stdout.readline()) for _ in range(2)]
        rest, errors = child.communicate()
    assert (said, rest) == ([{"state": "ready"}, {"state": "idle"}], b"")
    assert b"a library that prints" in errors


def test_what_is_wrong_is_said_once_and_restored_when_all_is_well() -> None:
    reading, writing = os.pipe()
    reports = Reports(writing)
    for faults in [("", ""), ("a", ""), ("a", ""), ("a", "b"), ("", "b"), ("", ""), ("", "")]:
        reports.say_fault(*faults)
    said = [json.loads(line) for line in os.read(reading, 4096).splitlines()]
    assert said == [{"fault": "a"}, {"fault": "a; b"}, {"fault": "b"}, {"restored": True}]
    os.close(reading)
    os.close(writing)


@settings(max_examples=5, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(garbage=st.lists(st.binary(max_size=200).filter(lambda line: b"\n" not in line), max_size=20))
def test_garbage_changes_nothing(child: RunningChild, garbage: list[bytes]) -> None:
    child.start()
    for line in garbage:
        child.say(line)
    child.hear(recording(segments=0))
    assert {report.get("incident", "K7Q2M") for report in child.reports} == {"K7Q2M"}
    assert child.process.poll() is None


UNHURRIED = """
import os, pathlib, sys, time
from hardware.simulated.microphone import SimulatedMicrophone
from hub.evidence import child
class Unhurried(SimulatedMicrophone):
    def check(self):
        time.sleep(60)
child.main(Unhurried(16000), pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[1]).with_name("keys"))
"""


def test_a_look_at_a_microphone_that_takes_its_time_keeps_no_start_waiting(evidence: Path) -> None:
    command = [sys.executable, "-c", UNHURRIED, str(evidence)]
    child = RunningChild(command, os.environ | {"PYTHONPATH": str(ROOT)})
    child.hear(lambda report: report == {"state": "ready"})
    looking = Path(f"/proc/{child.process.pid}/task/{child.process.pid}/children")
    until = time.monotonic() + 10
    while not looking.read_text():
        assert time.monotonic() < until
    child.start()
    report = child.hear(recording(segments=0), seconds=5)
    assert report["k"] in (0, 1)
    child.hear(recording(segments=1), seconds=5)
    assert child.end() == 0


def says_a_level(report: Report) -> bool:
    return "level" in report and "state" not in report


def test_whoever_sets_it_up_hears_how_loud_it_is_and_nothing_is_kept(child: RunningChild, evidence: Path) -> None:
    child.say(b'{"do":"listen"}\n')
    level = child.hear(says_a_level)["level"]
    assert -70 < float(str(level)) < 0
    assert child.end() == 0
    assert not evidence.exists() or list(evidence.iterdir()) == []


def test_a_start_does_not_wait_for_whoever_listens(child: RunningChild, evidence: Path) -> None:
    child.say(b'{"do":"listen"}\n')
    child.start()
    child.hear(recording(segments=1))
    child.say(b'{"do":"listen"}\n')  # beside a recording: its reports say how loud it is
    child.hear(recording(segments=2))
    child.end()
    assert verify(evidence) == []


def test_the_child_brings_nothing_along_that_only_the_daemon_needs() -> None:
    heavy = "{'asyncio', 'ssl', 'pydantic', 'boto3'}"
    command = f"import sys, hub.evidence.child; print(sorted(sys.modules.keys() & {heavy}))"
    done = subprocess.run([sys.executable, "-c", command], cwd=ROOT, capture_output=True, text=True)
    assert done.stdout == "[]\n"
