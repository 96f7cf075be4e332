"""The daemon as a whole, in the test's own process, in the place of one that ran before."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping

import pytest

from hub import daemon, incident
from hub.core import Hub
from hub.gesture import Gesture
from hub.ports import Channel, Press
from hub.response import Action
from tests.hub_fixture import build


class Running:
    """A hub whose daemon runs; `told` is what the service manager heard."""

    def __init__(self, hub: Hub) -> None:
        self.hub = hub
        self.told: list[str] = []
        self.task = asyncio.create_task(daemon.run(hub, self.told.append))

    async def until(self, holds: Callable[[], object], seconds: float = 5.0) -> None:
        async with asyncio.timeout(seconds):
            while not holds():
                if self.task.done():
                    self.task.result()
                await asyncio.sleep(0.005)

    def press(self, gesture: Gesture) -> incident.Incident:
        return self.hub.alerting.press(gesture, Press("", gesture, 0.0))


Start = Callable[..., Awaitable[Running]]


@pytest.fixture
async def start(hub: Hub) -> AsyncIterator[Start]:
    """End `hub`, as if it were the run before, and run a daemon in its place until the test is over."""
    running: list[Running] = []

    async def start(channels: Mapping[Action, Channel] | None = None) -> Running:
        await hub.dispatcher.stop()
        await hub.store.close()
        running.append(Running(build(hub.config.state.dir, channels)))
        fresh = running[-1].hub
        sockets = (fresh.config.state.socket, fresh.config.state.simulation_socket)
        await running[-1].until(lambda: fresh.devices.buttons.listening and all(s.exists() for s in sockets))
        return running[-1]

    yield start
    for one in running:
        if not one.task.done():
            os.kill(os.getpid(), signal.SIGTERM)
            await asyncio.wait_for(one.task, 10)
