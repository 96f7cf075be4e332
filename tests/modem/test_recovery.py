"""A modem that only a restart of ModemManager cures: the driver asks for it, root's helper has it done."""

import asyncio
import contextlib
import sys
from collections.abc import AsyncIterator
from functools import partial
from pathlib import Path

import pytest

from hardware.modem.recovery import MODEM_MANAGER, ask_for_restart
from hardware.recovery import ask

from .conftest import ANNA, Furnish

ROOT = Path(__file__).parents[2]


@pytest.fixture
def wish(tmp_path: Path) -> Path:
    """Where the word is left; /run/hub/modem on a device."""
    return tmp_path / "modem"


@pytest.fixture
def systemctl(tmp_path: Path) -> Path:
    """It notes what it is asked for, and returns once the file "done" is there; with "refuses", at once and in vain."""
    program = tmp_path / "systemctl"
    program.write_text(
        f"""#!/bin/sh
cd {tmp_path}
[ ! -e refuses ] || exit 1
echo "$@" >> asked
while [ ! -e done ]; do sleep 0.05; done
"""
    )
    program.chmod(0o755)
    return program


async def helper(wish: Path, systemctl: Path) -> tuple[int | None, str]:
    """As hub-modem.service runs it, with another systemctl: its exit code, and what it says."""
    code = "import sys, hardware.recovery as words, hardware.modem.recovery as modem;"
    code += f"words.SYSTEMCTL = {str(systemctl)!r}; sys.exit(modem.main(sys.argv[1:]))"
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", code, str(wish), cwd=ROOT, stderr=asyncio.subprocess.PIPE
    )
    _, said = await process.communicate()
    return process.returncode, said.decode()


@contextlib.asynccontextmanager
async def path_unit(wish: Path, systemctl: Path) -> AsyncIterator[list[tuple[int | None, str]]]:
    """As hub-modem.path: the helper, each time the word is left; what came of it."""
    runs: list[tuple[int | None, str]] = []

    async def watch() -> None:
        while True:
            if wish.exists():
                runs.append(await helper(wish, systemctl))
                wish.unlink()
            await asyncio.sleep(0.02)

    watching = asyncio.create_task(watch())
    try:
        yield runs
    finally:
        watching.cancel()


async def test_a_modem_that_modem_manager_has_lost_sends_again_after_the_helper_restarted_it(
    furnish: Furnish, wish: Path, systemctl: Path, tmp_path: Path
) -> None:
    """Its line was cut for a moment: it lives again, and ModemManager holds the dead end."""
    home = await furnish(restart=partial(ask_for_restart, wish))
    await home.ready()
    async with path_unit(wish, systemctl) as runs:
        await home.fake.unplug()
        await home.trouble("silent")
        await home.fake.plug()
        await home.until((tmp_path / "asked").exists)
        assert home.lte.view.trouble, "nothing else has cured it"
        await home.world.restart()
        (tmp_path / "done").touch()
        await home.ready()
        await home.lte.send(ANNA, "Test")
        await home.until(lambda: runs)
    assert (tmp_path / "asked").read_text() == "restart ModemManager.service\n"
    assert runs == [(0, "modem: modemmanager done\n")]
    assert [sent.text for sent in home.fake.outbox] == ["Test"]


async def test_a_restart_that_fails_is_said(wish: Path, systemctl: Path, tmp_path: Path) -> None:
    (tmp_path / "refuses").touch()
    ask(wish, MODEM_MANAGER)
    assert await helper(wish, systemctl) == (1, "modem: modemmanager failed\n")


@pytest.mark.parametrize("word", ["bluetoothd", "modemmanager.service", ""])
async def test_nothing_is_done_for_another_word(wish: Path, systemctl: Path, tmp_path: Path, word: str) -> None:
    wish.write_text(word)
    assert await helper(wish, systemctl) == (1, "modem: it holds no known word\n")
    assert not (tmp_path / "asked").exists()


async def test_what_cannot_be_asked_for_stops_nothing(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    await ask_for_restart(tmp_path / "nowhere" / "modem")
    assert "could not be asked for: No such file" in caplog.text
