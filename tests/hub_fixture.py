"""A hub on simulated devices and a real store, without its services: commands go straight to it."""

import os
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from hardware.simulated.buttons import SimulatedButtons
from hardware.simulated.siren import SimulatedSiren
from hub.config import Config
from hub.control.table import Desk
from hub.core import Devices, Hub
from hub.network import Network
from hub.ports import Channel, Modem
from hub.response import Action
from hub.store.page import LoadedPage

PATIENCE = 20.0  # s; a busy disk is no failure
SIMULATED = {"device": "simulated"}
Ask = Callable[..., Awaitable[dict[str, Any]]]


def build(
    folder: Path,
    channels: Mapping[Action, Channel] | None = None,
    network: Network | None = None,
    modem: Modem | None = None,
    **sections: object,
) -> Hub:
    """A hub on simulated devices with its state in this folder; its store is not open yet. `sections`: what else is
    configured.
    """
    config = Config.model_validate(
        {
            "state": {"dir": str(folder), "socket": str(folder / "control.sock")},
            "buttons": SIMULATED,
            "siren": {**SIMULATED, "max_seconds": 60},
            "microphone": SIMULATED,
            "modem": {"device": "none"},
            **sections,
        }
    )
    devices = Devices(SimulatedButtons(), SimulatedSiren(60), (sys.executable, "-c", ""), network=network, modem=modem)
    return Hub(config, devices, channels or {})


@pytest.fixture
async def hub(tmp_path: Path) -> AsyncIterator[Hub]:
    hub = build(tmp_path)
    await hub.store.open()
    hub.gate.load(LoadedPage(), complete=True)  # a new one, not set up yet
    yield hub
    hub.devices.siren.close()
    await hub.dispatcher.stop()
    await hub.store.close()


@pytest.fixture
def ask(hub: Hub) -> Ask:
    desk = Desk(hub)

    async def ask(command: str, uid: int = os.getuid(), **values: object) -> dict[str, Any]:
        return await desk(uid, {"command": command, **values})

    return ask
