"""The daemon's side of the deletion of recordings, and the child itself as the hub starts it."""

import asyncio
import sys
from pathlib import Path

import pytest

from hub.core import clock
from hub.errors import DeviceError
from hub.evidence import sweeper
from hub.evidence.folder import DELETED
from hub.evidence.sweeper import keep_swept
from hub.faults import Faults

from .carried import whole


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sweeper, "FIRST", 0.0)
    monkeypatch.setattr(sweeper, "APART", 0.05)


def says(line: str) -> list[str]:
    return [sys.executable, "-c", f"print({line!r})"]


async def test_a_disk_that_is_nearly_full_is_a_fault_until_there_was_room() -> None:
    faults = Faults(clock)
    for line, expected in (('{"short": true}', ["disk"]), ('{"short": false}', [])):
        task = asyncio.create_task(keep_swept(says(line), faults, asyncio.Event()))
        async with asyncio.timeout(30):
            while [fault.code for fault in faults] != expected:
                await asyncio.sleep(0.01)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def test_it_looks_at_once_when_the_disk_is_full_and_not_all_the_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sweeper, "FIRST", 3600.0)
    monkeypatch.setattr(sweeper, "APART", 1.0)
    looks = tmp_path / "looks"
    program = f"import time; print(time.monotonic(), file=open({str(looks)!r}, 'a')); print('{{\"short\": true}}')"
    wanted = asyncio.Event()
    task = asyncio.create_task(keep_swept([sys.executable, "-c", program], Faults(clock), wanted))
    async with asyncio.timeout(30):
        while not looks.exists() or len(looks.read_text().splitlines()) < 3:
            wanted.set()
            await asyncio.sleep(0.02)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    first, *_, last = map(float, looks.read_text().split())
    assert last - first >= 2


@pytest.mark.parametrize("line", ["", "[]", "{}", "short"])
async def test_a_sweeper_that_fails_is_an_error(line: str) -> None:
    with pytest.raises(DeviceError, match="sweeper failed"):
        await keep_swept(says(line), Faults(clock), asyncio.Event())


async def test_one_that_hangs_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sweeper, "PATIENCE", 0.3)
    with pytest.raises(DeviceError, match="does not answer"):
        await keep_swept([sys.executable, "-c", "import time; time.sleep(60)"], Faults(clock), asyncio.Event())


async def test_the_hub_s_own_child_keeps_what_is_young(tmp_path: Path) -> None:
    recording = await asyncio.to_thread(whole, tmp_path / "evidence")
    config = tmp_path / "hub.toml"
    config.write_text(f'[state]\ndir = "{tmp_path}"\n[evidence]\nkeep_days = 1\n')
    command = [sys.executable, "-m", "hub", "--config", str(config), "sweeper"]
    child = await asyncio.create_subprocess_exec(*command, stdout=asyncio.subprocess.PIPE)
    said, _ = await child.communicate()
    assert (child.returncode, b'"deleted": 0' in said) == (0, True)
    assert recording.exists()
    assert not (tmp_path / "evidence" / DELETED).exists()
