"""From what sounds in the room to what a lawyer hears: every sample, by our program and by tools that are not ours."""

import json
import os
import subprocess
import sys
import wave
from pathlib import Path

import numpy as np
import pyrage
import pytest

from hub.evidence.access import Access
from hub.evidence.catalogue import export
from hub.evidence.folder import events, segments
from hub.evidence.seal import unseal_with
from hub.evidence.segment import decode

from .conftest import PROGRAM, ROOT, RunningChild, recording
from .test_export import CHECKING, HEARING, check
from .virtual_microphone import RATE, VirtualMicrophone

SECONDS = 30
KNOWN = RATE // 100  # samples by which a place in the signal is known


@pytest.fixture(scope="module")
def signal(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Noise, so that no stretch of it is like another; as loud as speech."""
    path = tmp_path_factory.mktemp("signal") / "noise.wav"
    samples = np.random.default_rng(6).integers(-6000, 6000, SECONDS * RATE).astype("<i2")
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes(samples.tobytes())
    return path


def sounding(samples: bytes, signal: Path) -> int:
    """How many of the samples are the signal's, one after the other, from where it begins in them to their end."""
    with wave.open(str(signal)) as file:
        whole = file.readframes(file.getnframes())
    heard = np.flatnonzero(np.frombuffer(samples, "<i2"))
    begins = 2 * int(heard[0])
    place = whole.find(samples[begins : begins + 2 * KNOWN])
    assert place % 2 == 0, "it does not begin with the signal"
    assert samples[begins:] == whole[place : place + len(samples) - begins]
    return (len(samples) - begins) // 2


def test_what_sounds_is_what_is_heard_sample_by_sample(
    room: VirtualMicrophone, signal: Path, evidence: Path, tmp_path: Path
) -> None:
    lawyer = pyrage.x25519.Identity.generate()
    command = [sys.executable, str(PROGRAM), "pyaudio", str(evidence), str(RATE)]
    child = RunningChild(command, room.environment | {"PYTHONPATH": str(ROOT)})
    child.hear(lambda report: report.get("state") == "idle")
    room.play(signal)
    start = {"do": "start", "incident": "K7Q2M", "recipients": [str(lawyer.to_public())]}
    child.say(json.dumps(start).encode())
    child.hear(recording(segments=8))
    assert child.end() == 0
    (folder,) = evidence.glob("K7Q2M-*")

    (tmp_path / "copies").mkdir()
    export(folder, tmp_path / "copies", b"{}\n", Access(evidence.with_name("keys")))
    copy, key = tmp_path / "copies" / folder.name, tmp_path / "key.txt"
    key.write_text(f"{lawyer}\n")
    ours, theirs = tmp_path / "ours", tmp_path / "theirs"
    ours.mkdir()
    theirs.mkdir()
    verify = [sys.executable, "-m", "hub", "evidence", "verify", str(copy), "--identity", str(key), "--into", str(ours)]
    done = subprocess.run(verify, cwd=ROOT, env=os.environ, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    code, said = check(copy, key, theirs, tools=CHECKING + HEARING)
    assert code == 0, said

    unseal = unseal_with(str(lawyer))
    pieces = [decode(unseal(path.read_bytes()))[0] for path in segments(folder).values()]
    own, rate, _ = decode((ours / f"{folder.name}.flac").read_bytes())
    assert rate == RATE
    assert own == b"".join(pieces) == decode((theirs / f"{folder.name}.flac").read_bytes())[0]
    assert [event["what"] for event in events(folder)] == ["start", "end"]
    assert events(folder)[-1]["frames_got"] == len(own) // 2
    assert sounding(own, signal) >= 6 * RATE
