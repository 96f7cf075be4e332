"""A simulated BlueZ, and the button radio listening to it."""

import asyncio
import contextlib
import gc
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from hardware.buttons.ladder import Ladder
from hardware.buttons.scanner import BleButtons
from hub.model import Button
from hub.ports import Press

from .fakebluez import FakeBluez, FakeDevice, PrivateBus

# On a busy machine a millisecond of work may take a second.
settings.register_profile("unhurried", settings.default, deadline=None)
settings.load_profile("unhurried")

BUTTON = FakeDevice("3C:2E:F5:71:D5:2A", name="SBBT-002C")
STRANGER = FakeDevice("3C:2E:F5:00:00:01")
PATIENCE = 20.0  # s; a busy machine is no failure


@pytest.fixture
def bus(monkeypatch: pytest.MonkeyPatch) -> Iterator[PrivateBus]:
    with PrivateBus() as private:
        for name, value in private.environ.items():
            monkeypatch.setenv(name, value)
        yield private
    gc.collect()  # a bus that died leaves futures behind; they are to complain here, not in a later test


@pytest.fixture
async def bluez(bus: PrivateBus) -> AsyncIterator[FakeBluez]:
    async with FakeBluez(bus.address, busy=True) as bluez:
        yield bluez


def a_button(device: FakeDevice = BUTTON, *, counter: int | None = None, protocol: str = "bthome") -> Button:
    return Button("b1", device.address, protocol=protocol, counter=counter)


class Radio:
    """The radio under test and what it heard. `breaks`: whoever hears raises an exception."""

    def __init__(
        self,
        *,
        silence: float = 60.0,
        patience: float = 5.0,
        counter: int | None = None,
        buttons: Iterable[Button] | None = None,
        recovery: Path | None = None,
        ladder: Ladder | None = None,
    ) -> None:
        self.buttons = BleButtons("hci0", silence=silence, patience=patience, recovery=recovery, ladder=ladder)
        self.buttons.watch([a_button(counter=counter)] if buttons is None else buttons)
        self.presses: list[Press] = []
        self.breaks = False
        self._news = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    def hear(self, press: Press) -> None:
        self.presses.append(press)
        self._news.set()
        if self.breaks:
            raise ValueError("the hearer is broken")

    def start(self) -> None:
        self._task = asyncio.create_task(self.buttons.listen(self.hear))

    async def stop(self) -> None:
        if self._task:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task

    async def heard(self, presses: int) -> list[Press]:
        """Wait until so many presses were heard in all."""
        async with asyncio.timeout(PATIENCE):
            while len(self.presses) < presses:
                self._news.clear()
                await self._news.wait()
        return self.presses

    async def until_listening(self, listening: bool = True) -> None:
        await until(lambda: self.buttons.listening is listening)

    async def until_trouble(self) -> str:
        await until(lambda: self.buttons.trouble)
        return self.buttons.trouble


async def until(holds: Callable[[], object]) -> None:
    async with asyncio.timeout(PATIENCE):
        while not holds():
            await asyncio.sleep(0.002)


Tune = Callable[..., Awaitable[Radio]]


@pytest.fixture
async def tune() -> AsyncIterator[Tune]:
    """Switch a radio on and wait until it listens; what it is given is what Radio takes."""
    radios: list[Radio] = []

    async def tune(*, wait: bool = True, **given: object) -> Radio:
        radio = Radio(**given)  # type: ignore[arg-type]
        radios.append(radio)
        radio.start()
        if wait:
            await radio.until_listening()
        return radio

    yield tune
    for radio in radios:
        await radio.stop()
