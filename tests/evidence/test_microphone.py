"""The real PyAudio, the real child, a real tone."""

import math
import struct
import wave
from pathlib import Path

import numpy as np
import pytest

from hub.evidence.catalogue import recordings
from hub.evidence.folder import events, segments
from hub.evidence.segment import decode
from hub.evidence.verify import verify

from .conftest import RATE, Launch, recording
from .virtual_microphone import VirtualMicrophone

PITCH = 440


def is_fault(report: dict[str, object]) -> bool:
    return "fault" in report


def is_restored(report: dict[str, object]) -> bool:
    return "restored" in report


@pytest.fixture(scope="module")
def tone(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("tone") / "tone.wav"
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(48000)
        for second in range(20):
            times = (second + i / 48000 for i in range(48000))
            file.writeframes(b"".join(struct.pack("<h", round(16000 * math.sin(math.tau * PITCH * t))) for t in times))
    return path


def phase_jumps(samples: bytes) -> float:
    """Return the largest jump of the tone's phase, in cycles, from one tenth of a second to the next."""
    values = np.frombuffer(samples, "<i2").astype(float)
    steps = values[: len(values) // 1600 * 1600].reshape(-1, 1600)
    turn = np.exp(-2j * np.pi * PITCH * np.arange(1600) / RATE)
    phases = np.angle(steps @ turn) / (2 * np.pi)  # 1600 samples are 44 whole cycles: the phase must stay
    jumps = np.abs(np.diff(phases))
    return float(np.max(np.minimum(jumps, 1 - jumps)))


def test_a_tone_is_recorded_without_a_lost_or_repeated_sample(
    launch: Launch, room: VirtualMicrophone, tone: Path, evidence: Path
) -> None:
    listener = launch(room)
    room.play(tone)
    listener.start()
    level = listener.hear(recording(segments=6))["level"]
    listener.stop()
    listener.hear(lambda report: report.get("why") == "stopped")
    assert listener.end() == 0
    found = [decode(path.read_bytes()) for path in segments(evidence / "K7Q2M-1").values()]
    assert [len(samples) for samples, _, _ in found[:-1]] == [2 * RATE] * (len(found) - 1)
    assert {rate for _, rate, _ in found} == {RATE}
    heard = b"".join(samples for samples, _, _ in found)[RATE * 2 :]  # the tone may begin in the first second
    assert phase_jumps(heard) < 0.01
    assert -15 < float(str(level)) < -3
    assert verify(evidence) == []


def test_a_microphone_that_vanishes_is_a_fault_until_it_is_back_and_the_gap_is_written_down(
    launch: Launch, lone_room: VirtualMicrophone, evidence: Path
) -> None:
    child = launch(lone_room)
    child.start()
    child.hear(recording(segments=2))
    lone_room.stop()
    child.hear(is_fault, seconds=5)
    lone_room.start()
    child.hear(is_restored)
    child.hear(recording(segments=4))
    assert child.end() == 0
    log = events(evidence / "K7Q2M-1")
    assert [line["what"] for line in log] == ["start", "gap", "end"]
    assert log[1]["why"] == "microphone"
    assert str(log[0]["at"]) < str(log[1]["from"]) < str(log[1]["to"]) < str(log[2]["at"])
    assert verify(evidence) == []
    [facts] = recordings(evidence)
    played = sum(len(decode(path.read_bytes())[0]) for path in segments(evidence / "K7Q2M-1").values())
    assert facts.seconds == pytest.approx(played / 2 / RATE, abs=0.06)


def test_a_microphone_that_is_not_there_is_a_fault_before_the_alarm(launch: Launch, room: VirtualMicrophone) -> None:
    child = launch(room, "of another name")
    assert child.hear(is_fault) == {"fault": "microphone not found"}
    assert child.hear(lambda report: "state" in report) == {"state": "idle", "fault": "microphone not found"}


def test_without_a_microphone_the_recorder_says_each_second_that_it_lives(
    launch: Launch, room: VirtualMicrophone, evidence: Path
) -> None:
    child = launch(room, "of another name")
    child.start()
    assert child.hear(is_fault) == {"fault": "microphone not found"}
    for _ in range(3):
        report = child.hear(lambda report: "state" in report and report["state"] == "recording", seconds=5)
        assert (report["segments"], report["level"]) == (0, -120.0)
    child.end()
    assert [line["what"] for line in events(evidence / "K7Q2M-1")] == ["start", "gap", "end"]


def test_a_part_of_its_name_finds_the_microphone(launch: Launch, room: VirtualMicrophone) -> None:
    child = launch(room, "hubm")
    child.start()
    child.hear(recording(segments=1))
    child.end()
    assert not list(filter(is_fault, child.reports))


def test_nothing_is_heard_before_a_start(launch: Launch, room: VirtualMicrophone, evidence: Path) -> None:
    child = launch(room)
    child.hear(lambda report: report == {"state": "idle"})
    child.end()
    assert not evidence.exists()


def test_whoever_sets_it_up_hears_the_room_and_a_start_takes_it_from_them(
    launch: Launch, room: VirtualMicrophone, tone: Path, evidence: Path
) -> None:
    listener = launch(room)
    room.play(tone)
    listener.say(b'{"do":"listen"}\n')
    level = listener.hear(lambda report: "level" in report)["level"]
    assert float(str(level)) > -20
    listener.say(b'{"do":"listen"}\n')
    listener.start()
    listener.hear(recording(segments=2))
    listener.end()
    assert (verify(evidence), [event["what"] for event in events(evidence / "K7Q2M-1")]) == ([], ["start", "end"])
