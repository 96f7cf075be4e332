"""A device fails: everything else goes on, a fault says so, and it is tried again until it works."""

import os
import signal
import subprocess
import sys

import psutil

from tests.scenarios.world import DOUBLE, HOLD, World


async def told(world: World, code: str) -> None:
    async def is_told() -> bool:
        return code in await world.fault_codes()

    await world.until(is_told)


async def mended(world: World, code: str) -> None:
    async def is_mended() -> bool:
        return code not in await world.fault_codes()

    await world.until(is_mended)


def recorder_of(world: World) -> psutil.Process:
    assert world.process is not None
    (child,) = psutil.Process(world.process.pid).children()
    return child


async def test_bluetooth_dies_and_comes_back(world: World):
    await world.bluez.crash()
    await told(world, "buttons")
    assert not (await world.ask("status"))["ready"]
    await world.bluez.start()
    await mended(world, "buttons")
    await world.click(DOUBLE)
    await world.until(world.all_told)


async def test_a_scan_that_may_miss_presses_is_a_fault(outside: World):
    outside.bluez.experimental = False
    await outside.bluez.crash()
    await outside.bluez.start()
    await outside.start()
    await told(outside, "buttons_degraded")


async def test_without_a_siren_everybody_is_told_and_without_a_microphone_too(outside: World):
    await outside.start(HUB_BROKEN_PIN="1", ALSA_CONFIG_PATH="/dev/null")
    await outside.settle_in()
    await told(outside, "siren")
    await told(outside, "microphone")
    await outside.click(HOLD)
    await outside.until(outside.all_told)


async def test_a_recorder_that_is_killed_is_started_again_and_records_on(world: World):
    await world.click(HOLD)
    await world.until(lambda: list(world.evidence.glob("*-1/*.flac")))
    os.kill(recorder_of(world).pid, signal.SIGKILL)
    await world.until(lambda: list(world.evidence.glob("*-2/*.flac")))
    await mended(world, "microphone")


async def test_a_recorder_that_hangs_delays_neither_siren_nor_texts(world: World):
    os.kill(recorder_of(world).pid, signal.SIGSTOP)
    await world.click(HOLD)
    await world.until(lambda: world.sounding)
    await world.until(world.all_told, 5)
    os.kill(recorder_of(world).pid, signal.SIGCONT)


async def test_the_recorder_ends_with_the_hub_however_that_ends(world: World):
    child = recorder_of(world)
    world.kill()
    await world.until(lambda: not child.is_running() or child.status() == psutil.STATUS_ZOMBIE)


async def test_a_wrong_configuration_lists_every_fault_and_exits_with_78(outside: World):
    outside.config.write_text('[siren]\npin = "x"\ncolour = "red"\n[buttonz]\n')
    command = ["-m", "hub", "--config", str(outside.config), "run"]
    ended = subprocess.run([sys.executable, *command], capture_output=True, text=True, timeout=20)
    assert ended.returncode == 78
    assert all(word in ended.stderr for word in ("pin", "colour", "buttonz", "buttons"))
