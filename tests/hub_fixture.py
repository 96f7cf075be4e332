"""A hub on simulated devices and a real store, without its services: commands go straight to it."""

import os
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from hardware.simulated.buttons import SimulatedButtons
from hardware.simulated.siren import SimulatedSiren
from hub.config import Config
from hub.control.table import Desk
from hub.core import Devices, Hub

SIMULATED = {"device": "simulated"}
Ask = Callable[..., Awaitable[dict[str, Any]]]


@pytest.fixture
async def hub(tmp_path: Path) -> AsyncIterator[Hub]:
    config = Config.model_validate(
        {
            "state": {"dir": str(tmp_path), "socket": str(tmp_path / "control.sock")},
            "buttons": SIMULATED,
            "siren": {**SIMULATED, "max_seconds": 60},
            "microphone": SIMULATED,
            "modem": {"device": "none"},
        }
    )
    hub = Hub(config, Devices(SimulatedButtons(), SimulatedSiren(60), (sys.executable, "-c", "")), {})
    await hub.store.open()
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
