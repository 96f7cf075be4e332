"""The whole radio with connected buttons: it scans, links and studies at the same time."""

import asyncio
import contextlib
import time
from collections.abc import Awaitable, Callable

import pytest

from hub.model import Button
from hub.profile import LINK, Signal
from tests.buttons.connected.linking import AGAIN, FFE1

from .conftest import BUTTON, Radio, Tune, a_button, until
from .fakebluez import FakeBluez, FakeDevice, PrivateBus, plain
from .fakebluez.frames import PRESS
from .fakebluez.gatt import HANG, Peripheral, itag
from .test_faults import Air, blocked_write_of_the_watch

FOB = "FF:FF:10:62:03:59"
BOTH = [a_button(), Button("b2", FOB, protocol="itag", feedback=True)]
SILENT = {b"\x00"}
ALONE = Peripheral(FOB, flags=False, connect_faults=["no"] * 99)


def linked(radio: Radio) -> bool:
    sighting = radio.buttons.seen().get(FOB)
    return sighting is not None and sighting.linked


async def on_air(bluez: FakeBluez, device: FakeDevice, fact: Callable[[], object]) -> None:
    """It advertises until this holds."""

    def holds() -> object:
        bluez.advertise(device)
        return fact()

    await until(holds)


async def until_linked(bluez: FakeBluez, radio: Radio, fob: Peripheral) -> float:
    """How many seconds it took from when it advertised again."""
    heard: list[float] = []

    def advertised() -> bool:
        if bluez.advertise(fob) and not heard:
            heard.append(time.monotonic())
        return linked(radio)

    await until(advertised)
    return time.monotonic() - heard[0]


async def crash(bus: PrivateBus, bluez: FakeBluez) -> None:
    await bluez.crash()
    await bluez.start(powered=False)


async def replug(bus: PrivateBus, bluez: FakeBluez) -> None:
    bluez.unplug()
    bluez.plug(powered=False)


async def power_off(bus: PrivateBus, bluez: FakeBluez) -> None:
    bluez.power(False)


async def bus_restart(bus: PrivateBus, bluez: FakeBluez) -> None:
    bluez.busy = False  # dbus-fast writes what is said meanwhile to whatever has the number of its old socket
    await asyncio.to_thread(bus.restart)
    await bluez.crash()
    await bluez.start()
    bluez.busy = True


@pytest.mark.parametrize("fault", [crash, replug, power_off, bus_restart])
async def test_a_linked_button_is_linked_again_after_every_fault(
    bus: PrivateBus, bluez: FakeBluez, tune: Tune, fault: Callable[[PrivateBus, FakeBluez], Awaitable[None]]
) -> None:
    fob = itag(FOB)
    radio = await tune(buttons=BOTH)
    await until_linked(bluez, radio, fob)
    assert bluez.gatt.notify(fob, FFE1, b"\x01")
    await radio.heard(2)
    await fault(bus, bluez)
    await until(lambda: not linked(radio))
    await bluez.until_scanning()
    assert await until_linked(bluez, radio, fob) < AGAIN
    assert bluez.gatt.notify(fob, FFE1, b"\x01")
    await radio.heard(4)
    bluez.advertise(BUTTON, plain(1, PRESS))
    assert [press.button for press in await radio.heard(5)] == [FOB] * 4 + [BUTTON.address]
    assert {value for _, value in fob.written} == SILENT


async def test_a_bluetoothd_that_was_replaced_unseen_is_noticed(
    bus: PrivateBus, bluez: FakeBluez, tune: Tune, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between two scans nobody watches, and bleak believes in a link whose bluetoothd is dead."""
    fob, began = itag(FOB), time.monotonic()
    radio = await tune(buttons=BOTH)
    await until_linked(bluez, radio, fob)
    until_now = time.monotonic() - began
    monkeypatch.setattr("hardware.buttons.scanner._PACE", until_now + 1.0)  # no other scan for about a second
    await blocked_write_of_the_watch(Air(bus, bluez, radio))
    await bluez.crash()
    await bluez.start()
    await until_linked_anew(bluez, radio, fob)


async def until_linked_anew(bluez: FakeBluez, radio: Radio, fob: Peripheral) -> None:
    await until(lambda: not linked(radio))
    await until_linked(bluez, radio, fob)
    assert bluez.gatt.subscribed(fob, FFE1)


async def test_a_button_that_advertises_is_heard_while_a_connection_hangs(bluez: FakeBluez, tune: Tune) -> None:
    fob = itag(FOB)
    fob.connect_faults[:] = [HANG]
    radio = await tune(buttons=BOTH)
    await on_air(bluez, fob, lambda: fob.connects)
    bluez.advertise(BUTTON, plain(1, PRESS))
    assert len(await radio.heard(1)) == 1


async def test_a_press_over_a_link_is_shown_like_any_other(bluez: FakeBluez, tune: Tune) -> None:
    fob = itag(FOB)
    radio = await tune(buttons=BOTH)
    await until_linked(bluez, radio, fob)
    bluez.gatt.notify(fob, FFE1, b"\x01")
    await radio.heard(2)
    assert [heard.address for heard in radio.buttons.recent()] == [FOB]


async def test_an_acknowledgement_is_shown(bluez: FakeBluez, tune: Tune) -> None:
    fob = itag(FOB)
    radio = await tune(buttons=BOTH)
    await until_linked(bluez, radio, fob)
    await radio.buttons.confirm(FOB)
    assert fob.written[-2:] == [("1802/2a06", b"\x01"), ("1802/2a06", b"\x00")]


@pytest.mark.parametrize("experimental", [True, False], ids=["passive", "active"])
@pytest.mark.parametrize("device", [itag(FOB), ALONE], ids=["connected", "advert only"])
async def test_any_device_can_be_studied_while_the_buttons_are_heard(
    bluez: FakeBluez, tune: Tune, device: Peripheral, experimental: bool
) -> None:
    bluez.experimental = experimental
    radio = await tune()
    signals: list[Signal] = []
    study = asyncio.create_task(radio.buttons.study(FOB, signals.append))
    await on_air(bluez, device, lambda: signals)
    assert (signals[0].source, signals[0].value) == (LINK, bytes([device is not ALONE]))
    bluez.advertise(BUTTON, plain(1, PRESS))
    await radio.heard(1)
    study.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await study
    assert not bluez.gatt.connected(device)
    assert radio.buttons.listening


async def test_a_button_of_the_home_does_not_press_while_it_is_studied(bluez: FakeBluez, tune: Tune) -> None:
    fob = itag(FOB)
    radio = await tune(buttons=BOTH)
    await until_linked(bluez, radio, fob)
    signals: list[Signal] = []
    study = asyncio.create_task(radio.buttons.study(FOB, signals.append))
    await on_air(bluez, fob, lambda: signals)
    bluez.gatt.notify(fob, FFE1, b"\x01")
    await until(lambda: len(signals) == 2)
    assert not radio.presses
    study.cancel()
    await asyncio.wait({study})
    await until_linked(bluez, radio, fob)
    bluez.gatt.notify(fob, FFE1, b"\x01")
    assert len(await radio.heard(2)) == 2
