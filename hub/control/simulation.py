"""What simulated devices are told on the simulation socket."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

from hub.control.server import Request
from hub.core import Hub
from hub.errors import Refusal


@runtime_checkable
class Simulated(Protocol):
    """A simulated device can be told to do something, and asked what is."""

    def simulate(self, request: Mapping[str, object]) -> dict[str, object]:
        """Raises Refusal."""


@dataclass(frozen=True, slots=True)
class Simulation:
    """Answers on simulation.sock: the command names the device."""

    hub: Hub

    async def __call__(self, _uid: int, request: Request) -> dict[str, object]:
        plugged = self.hub.devices
        devices = {
            "buttons": plugged.buttons,
            "siren": plugged.siren,
            "modem": plugged.modem,
            "power": plugged.mains,
        }
        device = devices.get(str(request["command"]))
        if not isinstance(device, Simulated):
            raise Refusal("unknown_command", name=str(request["command"])[:40])
        return device.simulate({k: v for k, v in request.items() if k not in ("command", "answer_in")})
