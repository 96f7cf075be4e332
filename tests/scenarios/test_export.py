"""Half an hour is copied to a slow stick: it takes its time, and the hub has time for everything else."""

import asyncio
import os
import pty
import sys
from pathlib import Path
from time import monotonic

import pytest

from hub.evidence.folder import new_folder
from hub.evidence.keys import signer
from hub.evidence.verify import verify
from tests.scenarios.world import HOLD, World

HALF_HOUR = 1800  # seconds, each a file


def record(world: World, seconds: int) -> str:
    """A recording as long as this; what is in its seconds matters to nobody who copies them."""
    folder = new_folder(world.evidence, "K7Q2M", signer(world.folder / "state" / "keys"))
    folder.introduce()
    folder.note({"what": "start", "at": "2025-01-01T00:00:00.000Z", "rate": 16000})
    for _ in range(seconds):
        folder.add(os.urandom(18_000), ".flac", 16000)
        if folder.due:
            folder.checkpoint()
    folder.note({"what": "end", "at": "2025-01-01T00:30:00.000Z", "why": "stopped"})
    folder.checkpoint()
    return folder.path.name


async def begin(world: World, stalls: Path, stick: Path, seconds: str) -> None:
    stick.mkdir()
    await world.start(LD_PRELOAD=str(stalls), HUB_FSYNC_SECONDS=seconds, HUB_FSYNC_BELOW=str(stick))
    await world.settle_in()


def typed(world: World, recording: str, stick: Path) -> list[str]:
    return [sys.executable, "-m", "hub", "--config", str(world.config), "evidence", "export", recording, str(stick)]


async def test_half_an_hour_to_a_slow_stick_holds_nothing_up(outside: World, stalls: Path, tmp_path: Path):
    recording, stick = record(outside, HALF_HOUR), tmp_path / "stick"
    await begin(outside, stalls, stick, "0.004")
    terminal, theirs = pty.openpty()
    began = monotonic()
    command = await asyncio.create_subprocess_exec(
        *typed(outside, recording, stick),
        env={**os.environ, "HUB_LANG": "en"},
        stdout=asyncio.subprocess.PIPE,
        stderr=theirs,
    )
    os.close(theirs)
    await outside.until((stick / f"{recording}.part" / "000100.flac").exists)

    await outside.click(HOLD)
    await outside.until(lambda: outside.sounding, 1)
    await outside.until(outside.all_told, 5)
    assert not (stick / recording).exists(), "it was still being copied"

    said, _ = await command.communicate()
    assert (command.returncode, monotonic() - began > 5) == (0, True), "longer than the hub's five seconds"
    files = len(list((stick / recording).iterdir())) - 1
    assert said.decode() == f"{files} files are in {stick}.\n"
    assert f" of {files - 2} files …" in os.read(terminal, 100_000).decode()
    assert verify(stick) == []
    os.close(terminal)


@pytest.mark.parametrize("gently", [True, False])
async def test_what_a_restart_left_of_a_copy_is_removed_by_the_next_one(
    outside: World, stalls: Path, tmp_path: Path, gently: bool
):
    recording, stick = record(outside, 60), tmp_path / "stick"
    await begin(outside, stalls, stick, "0.5")
    wanted = {"id": recording, "folder": str(stick)}
    assert not (await outside.ask("evidence export", **wanted))["done"]
    if gently:
        assert await outside.stop() == 0, "it waits for no stick"
    else:
        outside.kill()
    left = stick / f"{recording}.part"
    (left / "left behind").touch()
    await outside.start()
    assert "was started again" in await outside.refused("evidence exporting", **wanted)
    assert (await outside.ask("evidence export", **wanted))["done"]
    assert (left.exists(), verify(stick), (stick / recording / "left behind").exists()) == (False, [], False)
