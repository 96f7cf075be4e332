"""The whole hub, as it runs in a home, hears a button through the real Bluetooth of Linux."""

import asyncio
import contextlib
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest

from hub.client import Client, Unreachable
from tests.buttons.fakebluez.frames import DOUBLE, LONG

from .air import Air, BthomeButton
from .bluetoothd import Bluetoothd
from .conftest import BUTTON

_CONFIGURATION = """
[state]
dir = "{folder}"
socket = "{folder}/control.sock"
[siren]
device = "simulated"
[microphone]
device = "simulated"
[modem]
device = "none"
"""
_LOG = Path("/run/out/hub.log")
_SECONDS = 60.0


class Daemon:
    """A process `hub run`, asked over its control socket."""

    def __init__(self, folder: Path) -> None:
        configuration = folder / "hub.toml"
        configuration.write_text(_CONFIGURATION.format(folder=folder))
        self._client = Client(folder / "control.sock", timeout=20.0)
        with _LOG.open("ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "hub", "--config", str(configuration), "run"], stderr=log, env=os.environ
            )

    async def ask(self, command: str, **values: object) -> dict[str, Any]:
        return await asyncio.to_thread(lambda: self._client.ask(command, **values))

    async def until(self, command: str, found: Callable[[dict[str, Any]], Any]) -> Any:
        """Ask until the answer holds what is looked for; that."""
        async with asyncio.timeout(_SECONDS):
            while True:
                assert self._process.poll() is None, _LOG.read_text()
                with contextlib.suppress(Unreachable):
                    if value := found(await self.ask(command)):
                        return value
                await asyncio.sleep(0.05)

    async def stop(self) -> int:
        self._process.terminate()
        return await asyncio.to_thread(self._process.wait, _SECONDS)


@pytest.fixture
async def daemon(air: Air, tmp_path: Path) -> AsyncIterator[Daemon]:
    daemon = Daemon(tmp_path)
    yield daemon
    assert await daemon.stop() == 0


async def test_a_double_press_opens_an_incident(daemon: Daemon, button: BthomeButton) -> None:
    await daemon.until("status", buttons_listen)
    await daemon.ask("button add", address=BUTTON)
    await button.press(DOUBLE)
    (incident,) = await daemon.until("incidents", lambda answer: answer["incidents"])
    assert (incident["level"], incident["state"], incident["drill"]) == ("rescue", "alerting", False)


async def test_a_press_is_heard_after_bluetoothd_was_killed(
    daemon: Daemon, button: BthomeButton, bluetoothd: Bluetoothd
) -> None:
    await daemon.until("status", buttons_listen)
    await daemon.ask("button add", address=BUTTON)
    await bluetoothd.stop(signal.SIGKILL)
    bluetoothd.start()
    async with button.pressing(LONG):
        (incident,) = await daemon.until("incidents", lambda answer: answer["incidents"])
    assert incident["level"] == "alarm"


def buttons_listen(status: dict[str, Any]) -> bool:
    return any(device["name"] == "buttons" and device["ok"] for device in status["devices"])
