"""Whatever happens to bluetoothd or the adapter, the hub hears again, and each press once."""

import asyncio
import signal
import sys
import time
from pathlib import Path

import pytest

from hardware.buttons.recovery import ADAPTER
from hardware.recovery import ask
from tests.buttons.fakebluez.frames import DOUBLE, LONG, PRESS

from .air import Air, BthomeButton
from .bluetoothd import Bluetoothd, power
from .conftest import Ears, Open


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGKILL], ids=["stopped", "killed"])
async def test_it_hears_again_after_bluetoothd_ended_and_started(
    how: signal.Signals, bluetoothd: Bluetoothd, ears: Ears, button: BthomeButton, air: Air
) -> None:
    await ears.until_heard(await button.press(PRESS))
    await bluetoothd.stop(how)
    bluetoothd.start()
    await hears_again(ears, button, air)


async def test_it_hears_again_after_somebody_switched_the_adapter_off(
    ears: Ears, button: BthomeButton, air: Air
) -> None:
    await ears.until_heard(await button.press(PRESS))
    await power(False)
    await hears_again(ears, button, air)


async def test_it_hears_again_after_the_adapter_was_unplugged_and_plugged(
    ears: Ears, button: BthomeButton, air: Air
) -> None:
    await ears.until_heard(await button.press(PRESS))
    await air.unplug()
    await air.plug()
    await hears_again(ears, button, air)


async def test_it_hears_again_after_roots_helper_reset_the_adapter(
    ears: Ears, open_ears: Open, button: BthomeButton, air: Air, tmp_path: Path
) -> None:
    """Which works while nobody else switches the adapter on: the hub leaves it alone after it has asked."""
    await ears.until_heard(await button.press(PRESS))
    await ears.stop()
    wish = tmp_path / "radio"
    await asyncio.to_thread(ask, wish, ADAPTER)
    helper = await asyncio.create_subprocess_exec(sys.executable, "-m", "hardware.buttons.recovery", "hci0", str(wish))
    assert await helper.wait() == 0
    again = await open_ears()
    assert again.heard == []
    again.presses += ears.presses
    await hears_again(again, button, air)


async def hears_again(ears: Ears, button: BthomeButton, air: Air) -> None:
    """A burst that lasts until it is heard, then an ordinary one; each counts once, and nothing is filtered."""
    began = time.monotonic()
    async with button.pressing(DOUBLE) as packet:
        await ears.until_heard(packet)
    print(f"heard again after {time.monotonic() - began:.2f} s")
    await ears.until_heard(await button.press(LONG))
    assert ears.heard == [1, 2, 3]
    assert not air.controller.scans[-1].filters_duplicates
