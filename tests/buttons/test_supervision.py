"""The radio comes back from everything that silences bleak's scanner, and hears each press once."""

import asyncio
import time
from collections.abc import Awaitable, Callable

import pytest

from hardware.buttons.scanner import BleButtons
from hub.errors import DeviceError

from .conftest import BUTTON, Radio, Tune
from .fakebluez import FakeBluez, PrivateBus, plain
from .fakebluez.frames import BEACON, DOUBLE, PRESS

AGAIN = 0.5  # seconds after the end of the fault within which the radio must listen


async def crash(bus: PrivateBus, bluez: FakeBluez) -> None:
    await bluez.crash()
    await bluez.start()


async def clean_stop(bus: PrivateBus, bluez: FakeBluez) -> None:
    """bluetoothd switches the adapter off when it is stopped, and nobody but the hub switches it on."""
    await bluez.crash()
    await bluez.start(powered=False)


async def late_adapter(bus: PrivateBus, bluez: FakeBluez) -> None:
    """bluetoothd has its name before it has found the adapter."""
    await bluez.crash()
    await bluez.start(plugged=False)
    bluez.plug()


async def replug(bus: PrivateBus, bluez: FakeBluez) -> None:
    bluez.unplug()
    bluez.plug(powered=False)


async def power_off(bus: PrivateBus, bluez: FakeBluez) -> None:
    bluez.power(False)


async def bus_restart(bus: PrivateBus, bluez: FakeBluez) -> None:
    await asyncio.to_thread(bus.restart)
    await bluez.crash()
    await bluez.start()


FAULTS = [crash, clean_stop, late_adapter, replug, power_off, bus_restart]
Fault = Callable[[PrivateBus, FakeBluez], Awaitable[None]]


@pytest.mark.parametrize("experimental", [True, False], ids=["passive", "active"])
@pytest.mark.parametrize("fault", FAULTS)
async def test_the_radio_listens_again_and_hears_each_press_once(
    bus: PrivateBus, bluez: FakeBluez, tune: Tune, fault: Fault, experimental: bool
) -> None:
    bluez.experimental = experimental
    await crash(bus, bluez)
    radio = await tune()
    bluez.advertise(BUTTON, plain(1, PRESS))
    await radio.heard(1)
    await fault(bus, bluez)
    ended = time.monotonic()
    await bluez.until_scanning()
    assert time.monotonic() - ended < AGAIN
    bluez.advertise(BUTTON, plain(1, PRESS), rssi=-90)
    bluez.advertise(BUTTON, plain(2, DOUBLE))
    await radio.heard(2)
    bluez.advertise(BUTTON, plain(3, DOUBLE))
    assert [press.counter for press in await radio.heard(3)] == [1, 2, 3]
    await radio.until_listening()


@pytest.mark.parametrize("fault", ["InProgress", "NotReady", "Failed"])
async def test_a_scan_that_does_not_start_is_started_again(bluez: FakeBluez, tune: Tune, fault: str) -> None:
    bluez.start_faults = [fault] * 2
    radio = await tune(wait=False)
    await bluez.until_scanning()
    bluez.advertise(BUTTON, plain(1, PRESS))
    await radio.heard(1)


async def test_a_bluetoothd_that_does_not_answer_is_asked_again(
    bluez: FakeBluez, tune: Tune, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("hardware.buttons.scanner._START_TIMEOUT", 0.2)
    bluez.start_faults = ["hang"]
    radio = await tune(wait=False)
    await radio.until_listening()
    bluez.advertise(BUTTON, plain(1, PRESS))
    await radio.heard(1)


async def test_a_radio_that_hears_nothing_at_all_is_not_believed(bluez: FakeBluez, tune: Tune) -> None:
    radio = await tune(silence=0.3)
    bluez.deaf = True
    starts = bluez.starts
    async with asyncio.timeout(5):
        while bluez.starts == starts:
            await asyncio.sleep(0.002)
    bluez.deaf = False
    await bluez.until_scanning()
    bluez.advertise(BUTTON, plain(1, PRESS))
    await radio.heard(1)


async def test_any_advert_shows_that_the_radio_hears(bluez: FakeBluez, tune: Tune) -> None:
    radio = await tune(silence=0.3)
    starts, began, packet = bluez.starts, time.monotonic(), 0
    while time.monotonic() - began < 0.9:
        bluez.advertise(BUTTON, plain(packet := packet + 1, BEACON))
        await asyncio.sleep(0.05)
    assert bluez.starts == starts
    assert radio.buttons.listening


async def test_where_passive_is_refused_the_radio_is_degraded(bus: PrivateBus, tune: Tune) -> None:
    async with FakeBluez(bus.address, experimental=False) as bluez:
        radio = await tune()
        assert (radio.buttons.listening, radio.buttons.degraded) == (True, True)
        bluez.advertise(BUTTON, plain(1, PRESS))
        await radio.heard(1)


async def test_where_passive_is_offered_the_radio_is_not_degraded(bluez: FakeBluez, tune: Tune) -> None:
    radio = await tune()
    assert (radio.buttons.degraded, bluez.sessions) == (False, {})


async def test_a_passive_scan_is_taken_as_soon_as_it_is_offered(bluez: FakeBluez, tune: Tune) -> None:
    bluez.start_faults = ["Failed"]
    radio = await tune()
    assert radio.buttons.degraded
    bluez.plug()  # bluetoothd tells of a second interface of the adapter
    await until_passive(radio)


async def test_a_passive_scan_is_tried_again_now_and_then(
    bluez: FakeBluez, tune: Tune, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("hardware.buttons.scanner._PASSIVE_AGAIN", 0.3)
    bluez.start_faults = ["Failed"]
    radio = await tune()
    assert radio.buttons.degraded
    await until_passive(radio)


async def until_passive(radio: Radio) -> None:
    async with asyncio.timeout(5):
        while radio.buttons.degraded or not radio.buttons.listening:
            await asyncio.sleep(0.002)


async def test_an_active_scan_that_somebody_stops_is_started_again(bus: PrivateBus, tune: Tune) -> None:
    async with FakeBluez(bus.address, experimental=False) as bluez:
        radio = await tune()
        bluez.stop_sessions()
        await bluez.until_scanning()
        bluez.advertise(BUTTON, plain(1, PRESS))
        await radio.heard(1)


async def listen(buttons: BleButtons) -> None:
    await buttons.listen(lambda press: None)


async def test_without_a_bus_the_radio_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DBUS_SYSTEM_BUS_ADDRESS", "unix:path=/nowhere/bus")
    with pytest.raises(DeviceError, match="D-Bus system bus is not there"):
        await listen(BleButtons("hci0", patience=0.1))


async def test_without_bluetoothd_the_radio_says_so(bus: PrivateBus) -> None:
    with pytest.raises(DeviceError, match="hci0: bluetoothd is not running"):
        await listen(BleButtons("hci0", patience=0.1))


async def test_without_the_adapter_the_radio_says_so(bluez: FakeBluez) -> None:
    with pytest.raises(DeviceError, match="hci7: there is no such adapter"):
        await listen(BleButtons("hci7", patience=0.1))


async def test_a_radio_that_failed_does_not_say_that_it_listens(bluez: FakeBluez, tune: Tune) -> None:
    radio = await tune()
    bluez.unplug()
    await radio.until_listening(False)
    bluez.plug()
    await radio.until_listening()


async def test_a_radio_that_was_stopped_leaves_no_scan_behind(bluez: FakeBluez, tune: Tune) -> None:
    radio: Radio = await tune()
    await radio.stop()
    assert not radio.buttons.listening
    assert not bluez.scanning
