"""Presses, faults and restarts of the hub in any order, with the real bleak: no press is lost, doubled or invented.

A press counts when it is sent while the radio listens, and that of a connected button while its link stands.
"""

import asyncio
import gc
import os
from collections.abc import Coroutine
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from hub.gesture import Edge
from hub.ports import Press

from . import test_faults as faults
from .conftest import BUTTON, Radio, a_button, until
from .fakebluez import FakeBluez, PrivateBus, plain
from .fakebluez.frames import BEACON, DOUBLE, LONG, PRESS
from .fakebluez.gatt import itag

SILENCE = 1.0
CLICK = (Edge.PRESSED, Edge.RELEASED)


async def deaf(air: faults.Air) -> None:
    """The controller falls deaf until that is noticed."""
    await until(lambda: air.radio.buttons.listening)
    air.bluez.deaf, starts = True, air.bluez.starts
    await until(lambda: air.bluez.starts > starts)
    air.bluez.deaf = False


FAULTS: list[faults.Fault] = [
    *(faults.crash, faults.clean_stop, faults.late_adapter, faults.replug, faults.power_off, faults.power_blocked),
    *(faults.bus_restart, faults.blocked_write_of_bleak, faults.blocked_write_of_the_watch),
    *(faults.blocked_writes_of_both, faults.frozen, faults.start_errors, deaf),
]
# They take nothing away that bluetoothd has said before.
SPARING = [faults.crash, faults.clean_stop, faults.replug, faults.power_off]
codes = st.sampled_from([PRESS, DOUBLE, LONG])
strengths = st.sampled_from([-50, -70, -90])


class AnyOrder(RuleBasedStateMachine):
    """One loop, one bus, one simulated BlueZ. A hub that is started again has the last press from its store."""

    def __init__(self) -> None:
        super().__init__()
        self.before = os.environ.get("DBUS_SYSTEM_BUS_ADDRESS")
        self.runner = asyncio.Runner()
        self.bus = PrivateBus()
        self.bus.start()
        os.environ.update(self.bus.environ)
        self.bluez = FakeBluez(self.bus.address, busy=True)
        self.fob = itag("FF:FF:10:62:03:59")
        self.packet, self.stored, self.frame = 0, 0, plain(0, BEACON)
        self.sent: list[tuple[str, object]] = []
        self.told: list[Press] = []  # to hubs that run no more

    def run(self, work: Coroutine[Any, Any, None]) -> None:
        async def bounded() -> None:
            async with asyncio.timeout(30):
                await work

        self.runner.run(bounded())

    def start_hub(self) -> None:
        buttons = [a_button(counter=self.stored or None), a_button(self.fob, protocol="itag")]
        self.radio = Radio(buttons=buttons, silence=SILENCE, patience=60.0)
        self.radio.start()

    async def listening(self) -> None:
        """The radio listens, and what has just happened is known to it."""
        await until(self._listens)
        await self.bluez.until_settled()
        await until(self._listens)

    def _listens(self) -> bool:
        return self.radio.buttons.listening and self.bluez.scanning

    async def linked(self) -> None:
        async with asyncio.timeout(20):
            while not self._linked():
                self.bluez.advertise(self.fob, services=["ffe0"])
                await asyncio.sleep(0.02)

    def _linked(self) -> bool:
        sighting = self.radio.buttons.seen().get(self.fob.address)
        return sighting is not None and sighting.linked and self.bluez.gatt.subscribed(self.fob, "ffe1")

    async def all_heard(self) -> None:
        await self.radio.heard(len(self.sent) - len(self.told))

    @initialize()
    def begin(self) -> None:
        async def begin() -> None:
            await self.bluez.__aenter__()
            self.start_hub()

        self.run(begin())

    @rule(code=codes, rssi=strengths, at_once=st.sampled_from([None, *SPARING]))
    def press(self, code: int, rssi: int, at_once: faults.Fault | None) -> None:
        self.run(self._press(code, rssi, at_once))

    async def _press(self, code: int, rssi: int, at_once: faults.Fault | None = None) -> None:
        """What bluetoothd has told before it fails is heard."""
        await self.listening()
        self._send(code, rssi)
        if at_once:
            await self.fail(at_once)
        await self.all_heard()

    @rule(code=codes, at_once=st.sampled_from(FAULTS))
    def insist(self, code: int, at_once: faults.Fault) -> None:
        """What was on its way may be lost with the connection; a button sends each press more than once."""

        async def insist() -> None:
            await self.listening()
            self._send(code, -60)
            await self.fail(at_once)
            await self.listening()
            self.bluez.advertise(BUTTON, self.frame, rssi=-90)
            await self.all_heard()

        self.run(insist())

    def _send(self, code: int, rssi: int) -> None:
        self.packet += 1
        self.stored, self.frame = self.packet, plain(self.packet, code)
        self.sent.append((BUTTON.address, self.packet))
        self.bluez.advertise(BUTTON, self.frame, rssi=rssi)

    @rule()
    def beacon(self) -> None:
        async def beacon() -> None:
            await self.listening()
            self.packet += 1
            self.frame = plain(self.packet, BEACON)
            self.bluez.advertise(BUTTON, self.frame)

        self.run(beacon())

    @rule(rssi=strengths, forgotten=st.booleans())
    def repeat(self, rssi: int, forgotten: bool) -> None:
        """The last frame comes again, perhaps of a device that BlueZ has forgotten meanwhile."""

        async def repeat() -> None:
            await self.listening()
            if forgotten:
                self.bluez.forget(BUTTON)
            self.bluez.advertise(BUTTON, self.frame, rssi=rssi)

        self.run(repeat())

    @rule(clicks=st.integers(1, 4))
    def click(self, clicks: int) -> None:
        self.run(self._click(clicks))

    async def _click(self, clicks: int) -> None:
        await self.listening()
        await self.linked()
        for _ in range(clicks):
            assert self.bluez.gatt.notify(self.fob, "ffe1", b"\x01")
            self.sent += [(self.fob.address, edge) for edge in CLICK]
        await self.all_heard()

    @rule(chosen=st.lists(st.sampled_from(FAULTS), min_size=1, max_size=3))
    def fault(self, chosen: list[faults.Fault]) -> None:
        """One after the other, whether the radio had time to get over the one before or not."""

        async def fault() -> None:
            for one in chosen:
                await self.fail(one)

        self.run(fault())

    async def fail(self, fault: faults.Fault) -> None:
        await fault(faults.Air(self.bus, self.bluez, self.radio))

    @rule()
    def drop(self) -> None:
        async def drop() -> None:
            self.bluez.gatt.drop(self.fob)

        self.run(drop())

    @rule()
    def restart(self) -> None:
        async def restart() -> None:
            await self.radio.stop()
            self.told += self.radio.presses
            self.start_hub()

        self.run(restart())

    @invariant()
    def each_press_was_heard_once(self) -> None:
        if hasattr(self, "radio"):
            self.run(self._settle())
            assert [_said(press) for press in self.told + self.radio.presses] == self.sent

    async def _settle(self) -> None:
        if self.bluez.tree.bus and self.bluez.tree.bus.connected:
            await self.bluez.until_settled()

    def teardown(self) -> None:
        """Whatever came before: it listens, and links."""
        try:
            self.run(self._press(PRESS, -60))
            self.run(self._click(1))
            self.each_press_was_heard_once()
        finally:
            self.run(self._end())
            self.runner.close()
            self.bus.__exit__()
            if self.before is None:
                del os.environ["DBUS_SYSTEM_BUS_ADDRESS"]
            else:
                os.environ["DBUS_SYSTEM_BUS_ADDRESS"] = self.before
            gc.collect()

    async def _end(self) -> None:
        await self.radio.stop()
        await self.bluez.__aexit__()


def _said(press: Press) -> tuple[str, object]:
    return press.button, press.action if press.counter is None else press.counter


@pytest.mark.timeout(300)
class TestAnyOrder(AnyOrder.TestCase):  # type: ignore[misc, valid-type, name-defined]
    settings = settings(
        max_examples=10,
        stateful_step_count=15,
        deadline=None,
        suppress_health_check=list(HealthCheck),
        phases=[Phase.generate],  # to shrink what takes seconds would take hours
    )
