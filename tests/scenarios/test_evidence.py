"""What a lawyer gets: from the held button to one uncut sound, checked with tools that are not ours."""

import os
import pwd
import subprocess
from pathlib import Path

import pyrage

from hub.evidence.hearing import hear
from hub.evidence.seal import unseal_with
from hub.evidence.segment import decode
from hub.evidence.verify import verify
from tests.evidence.virtual_microphone import VirtualMicrophone
from tests.scenarios.world import HOLD, World


async def test_a_held_button_becomes_a_recording_that_only_the_lawyer_can_open(
    world: World, room: VirtualMicrophone, tmp_path: Path
):
    lawyer = pyrage.x25519.Identity.generate()
    await world.ask("evidence key add", key=str(lawyer.to_public()))
    await world.click(HOLD)
    await world.until(lambda: len(list(world.evidence.glob("*/*.age"))) >= 12, 30)
    incident = await world.incident()
    await world.ask("resolve", id=incident["id"], kind="real")
    await world.until(lambda: any(line["what"] == "end" for line in world.recorder_log(f"{incident['id']}-1")))
    (listed,) = (await world.ask("evidence list"))["recordings"]
    await world.ask("evidence export", id=listed["id"], folder=str(tmp_path))
    copy = tmp_path / listed["id"]

    assert not list(copy.glob("*.flac"))
    assert verify(copy) == []
    done = subprocess.run(["sh", str(copy / "verify.sh")], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout
    heard = hear(copy, tmp_path, str(lawyer))
    samples, rate, _ = decode(heard.sound.read_bytes())
    unseal = unseal_with(str(lawyer))
    frames = sum(len(decode(unseal(path.read_bytes()))[0]) for path in copy.glob("*.age"))
    assert (rate, len(samples), heard.flaws) == (16000, frames, ())
    assert len(samples) / 2 / rate >= 12
    alert = (copy / "incident.json").read_text()
    assert incident["id"] in alert
    assert "+33" not in alert
    assert [entry.name for entry in sorted(copy.glob("a*.json"))] == ["a000000.json", "a000001.json"]
    who = pwd.getpwuid(os.getuid()).pw_name
    assert f'"who": "{who}", "what": "export begun"' in (copy / "a000001.json").read_text()


async def test_a_key_that_is_added_during_an_alarm_seals_what_is_heard_from_then_on(world: World):
    lawyer = pyrage.x25519.Identity.generate()
    await world.click(HOLD)
    await world.until(lambda: len(list(world.evidence.glob("*/*.flac"))) >= 1, 30)
    await world.ask("evidence key add", key=str(lawyer.to_public()))
    await world.until(lambda: len(list(world.evidence.glob("*/*.age"))) >= 2, 30)
    incident = await world.incident()
    await world.ask("resolve", id=incident["id"], kind="real")
    recording = f"{incident['id']}-1"
    await world.until(lambda: any(line["what"] == "end" for line in world.recorder_log(recording)))
    assert [line["what"] for line in world.recorder_log(recording)] == ["start", "sealed", "end"]
    numbers = sorted(path.stem for path in (world.evidence / recording).glob("0*"))
    assert numbers == [f"{number:06d}" for number in range(len(numbers))]
    await world.until(lambda: verify(world.evidence / recording) == [])  # the last list is signed after the end


async def test_a_hub_that_lost_its_store_seals_to_the_keys_that_were_chosen(world: World):
    lawyer = pyrage.x25519.Identity.generate()
    state = world.folder / "state"
    await world.ask("evidence key add", key=str(lawyer.to_public()))
    await world.until(lambda: str(lawyer.to_public()) in "".join(map(Path.read_text, state.glob("keys/*.txt"))))
    await world.stop()
    for path in state.iterdir():
        if path.is_file() and not path.is_socket():
            path.unlink()
    await world.start()
    await world.ask("press", gesture="hold")
    await world.until(lambda: len(list(world.evidence.glob("*/*.age"))) >= 1, 30)
    assert not list(world.evidence.glob("*/*.flac"))
    assert (await world.ask("evidence keys"))["keys"] == [str(lawyer.to_public())]
