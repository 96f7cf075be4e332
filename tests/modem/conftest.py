"""A home with the real ModemManager and a simulated modem, and the hub's driver that looks after it."""

import asyncio
import contextlib
import shutil
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from hardware.modem.lte import LteModem, Pace
from hardware.modem.mending import Ladder, Step
from hub.errors import DeviceError
from hub.ports import Incoming, ModemView, Progress, Receipt
from tests.buttons.fakebluez import PrivateBus

from .fakemodem import FakeModem, World, world

ANNA, BEN, CARL = "+33639980001", "+33639980002", "+33639980003"
QUICK = Pace(look=1.0, retry=0.3, send=3.0, answer=1.5, switch=4.0, quiet=0.5, apart=1.0)
RUNGS = ((0.5, Step.SWITCH), (1.5, Step.RESTART))
WITHOUT_NETWORK = ((5.0, Step.SWITCH),)


@pytest.fixture
def bus(monkeypatch: pytest.MonkeyPatch) -> Iterator[PrivateBus]:
    if not shutil.which("ModemManager", path="/usr/sbin:/usr/bin"):
        pytest.skip("this needs Debian's package modemmanager")
    with PrivateBus() as private:
        for name, value in private.environ.items():
            monkeypatch.setenv(name, value)
        yield private


class Watched(LteModem):
    """`looks`: the trouble that each look ended with; one that is over soon would be missed by whoever polls."""

    def __init__(self, **settings: Any) -> None:
        super().__init__(**settings)
        self.looks: list[str] = []

    def _see(self, view: ModemView) -> None:
        super()._see(view)
        self.looks.append(view.trouble)


class Home:
    """The driver under test, what it heard, and what surrounds it. `restarts`: how often it asked for one."""

    def __init__(self, around: World) -> None:
        self.world = around
        self.fake = around.modem
        self.restarts = 0
        self.heard: list[Incoming] = []

    def _restart(self) -> None:
        self.restarts += 1

    def begin(self, pin: str) -> None:
        """The hub starts."""
        self._from = 0
        self.lte = Watched(
            pin=pin, restart=self._restart, pace=QUICK, ladder=Ladder(RUNGS), coverage=Ladder(WITHOUT_NETWORK)
        )
        self._task = asyncio.create_task(self.lte.listen(self.heard.append))

    async def end(self) -> None:
        """The hub stops."""
        self._task.cancel()
        with contextlib.suppress(asyncio.CancelledError, DeviceError):
            await self._task

    async def until(self, holds: Callable[[], object], seconds: float = 15.0) -> None:
        async with asyncio.timeout(seconds):
            while not holds():
                if self._task.done():
                    self._task.result()
                await asyncio.sleep(0.02)

    async def ready(self) -> None:
        """An SMS could leave."""
        await self.until(lambda: self.lte.view.answering and not self.lte.view.trouble)
        self._from = len(self.lte.looks)

    async def trouble(self, code: str, seconds: float = 15.0) -> None:
        """Since the last trouble that was waited for, though it may be over by now."""
        await self.until(lambda: code in self.lte.looks[self._from :], seconds)
        self._from = self.lte.looks.index(code, self._from)

    async def looks(self, count: int) -> None:
        """So many more."""
        self._from = len(self.lte.looks)
        await self.until(lambda: len(self.lte.looks) >= self._from + count)

    async def receipt(self, id: str) -> Receipt | None:
        """Once it says anything."""
        async with asyncio.timeout(10):
            while (receipt := await self.lte.receipt(id)) == Receipt(Progress.WAITING):
                await asyncio.sleep(0.02)
        return receipt

    async def heard_texts(self, count: int) -> list[str]:
        await self.until(lambda: len(self.heard) >= count)
        return [incoming.text for incoming in self.heard]


Furnish = Callable[..., Awaitable[Home]]


@pytest.fixture
async def furnish(bus: PrivateBus, tmp_path: Path) -> AsyncIterator[Furnish]:
    """A home, with the driver begun; it takes the modem to be, the hub's PIN, the polkit action that is refused, and
    how the modem is wired.
    """
    async with contextlib.AsyncExitStack() as stack:

        async def furnish(
            fake: FakeModem | None = None, *, pin: str = "", refused: str = "", kind: type[World] = World
        ) -> Home:
            home = Home(await stack.enter_async_context(world(bus, fake or FakeModem(), tmp_path, kind)))
            home.world.polkit.refused.add(refused)
            home.begin(pin)
            stack.push_async_callback(home.end)
            return home

        yield furnish


@pytest.fixture
async def home(furnish: Furnish) -> Home:
    """Everything is well."""
    home = await furnish()
    await home.ready()
    return home
