"""A device that is studied tells all it says, whether it lets itself be connected or not."""

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Callable

import pytest
from bleak import BleakScanner
from bleak.backends.device import BLEDevice
from bleak.backends.scanner import AdvertisementData

from hardware.buttons.connected.rest import Pace
from hardware.buttons.connected.study import Study
from hub.profile import LINK, Signal
from tests.buttons.connected.linking import FFE1, PACE, PASSIVE
from tests.buttons.fakebluez import FakeBluez, FakeDevice
from tests.buttons.fakebluez.frames import UUID, plain
from tests.buttons.fakebluez.gatt import HANG, Characteristic, Peripheral, full, itag

FOB = "FF:FF:10:62:03:59"
KEY = f"char:{full('ffe0')}/{full('ffe1')}"
OWN = f"char:{full('fff0')}/{full('fff4')}"
LINKED, ALONE = (LINK, b"\x01"), (LINK, b"\x00")


class Desk:
    """Where a device is studied. What was noted, without the times."""

    def __init__(self, bluez: FakeBluez) -> None:
        self.bluez = bluez
        self.signals: list[Signal] = []
        self.breaks = False

    @property
    def noted(self) -> list[tuple[str, bytes]]:
        return [(signal.source, signal.value) for signal in self.signals]

    def note(self, signal: Signal) -> None:
        self.signals.append(signal)
        if self.breaks:
            raise ValueError("the note is broken")

    async def until(self, fact: Callable[[], bool], *on_air: FakeDevice) -> None:
        async with asyncio.timeout(5):
            while not fact():
                for device in on_air:
                    self.bluez.advertise(device)
                await asyncio.sleep(0.005)

    async def until_noted(self, signal: tuple[str, bytes], *on_air: FakeDevice) -> None:
        await self.until(lambda: signal in self.noted, *on_air)


@contextlib.asynccontextmanager
async def studying(bluez: FakeBluez, address: str, pace: Pace = PACE) -> AsyncIterator[Desk]:
    desk = Desk(bluez)
    study = Study("hci0", address, desk.note, pace)
    async with BleakScanner(study.heard, scanning_mode="passive", bluez=PASSIVE):  # type: ignore[arg-type]
        task = asyncio.create_task(study.run())
        try:
            yield desk
        finally:
            task.cancel()
            await asyncio.wait({task})
    assert task.cancelled()


async def test_every_notification_of_a_fob_is_noted_after_its_link(bluez: FakeBluez) -> None:
    fob = itag(FOB)
    async with studying(bluez, FOB.lower()) as desk:
        await desk.until_noted(LINKED, fob)
        for _ in range(3):  # each counts, though they are the same
            assert bluez.gatt.notify(fob, FFE1, b"\x01")
        await desk.until(lambda: desk.noted.count((KEY, b"\x01")) == 3)
    assert desk.noted == [LINKED, *[(KEY, b"\x01")] * 3]
    assert not bluez.gatt.connected(fob)


async def test_a_fob_is_silent_while_and_after_it_is_studied(bluez: FakeBluez) -> None:
    fob = itag(FOB)
    async with studying(bluez, FOB) as desk:
        await desk.until_noted(LINKED, fob)
    assert fob.written == [("1803/2a06", b"\x00"), ("1802/2a06", b"\x00"), ("ffe0/ffe2", b"\x00")]


async def test_nothing_is_written_to_a_device_that_only_looks_like_a_fob(bluez: FakeBluez) -> None:
    serial = (Characteristic("ffe0", "ffe1", ("notify",)), Characteristic("ffe0", "ffe2", ("write",)))
    device = Peripheral(FOB, "a lamp", characteristics=serial)
    async with studying(bluez, FOB) as desk:
        await desk.until_noted(LINKED, device)
    assert device.written == []


async def test_characteristics_with_the_same_number_are_told_apart(bluez: FakeBluez) -> None:
    twins = [Characteristic("fff0", "fff4", (flag,)) for flag in ("notify", "indicate")]
    device = Peripheral(
        "C4:00:00:00:00:01", "MS-1", characteristics=[*twins, Characteristic("fff0", "fff5", ("read",))]
    )
    async with studying(bluez, device.address) as desk:
        await desk.until_noted(LINKED, device)
        bluez.gatt.notify(device, "fff4", b"\x01", number=1)
        bluez.gatt.notify(device, "fff4", b"\x01", number=0)
        bluez.gatt.notify(device, "fff4", b"\x02", number=1)
        await desk.until(lambda: len(desk.noted) == 4)
    assert desk.noted[1:] == [(f"{OWN}#2", b"\x01"), (OWN, b"\x01"), (f"{OWN}#2", b"\x02")]


async def test_a_characteristic_that_refuses_leaves_the_others(bluez: FakeBluez) -> None:
    shy = Characteristic("fff0", "fff1", ("notify",), refuses={"notify"})
    device = Peripheral(FOB, "MS-1", characteristics=(shy, Characteristic("fff0", "fff4", ("notify",))))
    async with studying(bluez, FOB) as desk:
        await desk.until_noted(LINKED, device)
        bluez.gatt.notify(device, "fff4", b"\x01")
        await desk.until_noted((OWN, b"\x01"))


async def test_what_the_battery_says_is_not_what_the_button_says(bluez: FakeBluez) -> None:
    fob = itag(FOB)
    async with studying(bluez, FOB) as desk:
        await desk.until_noted(LINKED, fob)
        await asyncio.sleep(2 * PACE.prove)  # the link is proven by reading the battery
        bluez.gatt.notify(fob, "2a19", b"\x50")
        bluez.gatt.notify(fob, FFE1, b"\x01")
        await desk.until_noted((KEY, b"\x01"))
    assert desk.noted == [LINKED, (KEY, b"\x01")]


@pytest.mark.parametrize("fault", ["le-connection-abort-by-peer", HANG])
async def test_a_device_that_is_not_connected_in_two_tries_is_heard_by_its_adverts(
    bluez: FakeBluez, fault: str
) -> None:
    device = Peripheral(FOB, "MS-1", connect_faults=[fault] * 9)
    async with studying(bluez, FOB) as desk:
        await desk.until_noted(ALONE, device)
        assert len(device.connects) == 2
        bluez.advertise(device, plain(1, 1))
        bluez.advertise(device, maker={0x0059: b"\x01"})
        await desk.until_noted(("maker:0059", b"\x01"))
        await asyncio.sleep(0.2)  # nothing is to happen
    assert desk.noted == [ALONE, (f"service:{UUID}", plain(1, 1)[UUID]), ("maker:0059", b"\x01")]
    assert len(device.connects) == 2


async def test_a_device_with_nothing_to_say_over_a_link_is_heard_by_its_adverts(bluez: FakeBluez) -> None:
    device = Peripheral(FOB, "a sensor", characteristics=(Characteristic("180f", "2a19", ("read", "notify")),))
    async with studying(bluez, FOB) as desk:
        await desk.until_noted(ALONE, device)
        assert len(device.connects) == 1
        assert not bluez.gatt.connected(device)
        bluez.advertise(device, plain(1, 1))
        await desk.until_noted((f"service:{UUID}", plain(1, 1)[UUID]))


async def test_adverts_that_came_before_the_link_was_known_follow_it(bluez: FakeBluez) -> None:
    device = Peripheral(FOB, "MS-1", connect_faults=[HANG] * 9)
    async with studying(bluez, FOB) as desk:
        await desk.until(lambda: bool(device.connects), device)
        bluez.advertise(device, maker={0x0059: b"\x01"})
        began = time.monotonic()
        await desk.until_noted(("maker:0059", b"\x01"), device)
    assert desk.noted == [ALONE, ("maker:0059", b"\x01")]
    assert desk.signals[1].at < began + 0.1 < desk.signals[0].at


async def test_a_value_is_noted_when_it_changes_and_only_then(bluez: FakeBluez) -> None:
    device = Peripheral(FOB, "MS-1", connect_faults=["no"] * 9)
    async with studying(bluez, FOB) as desk:
        await desk.until_noted(ALONE, device)
        for value in (b"\x00", b"\x00", b"\x01", b"\x01", b"\x00"):
            bluez.advertise(device, maker={0x0059: value}, rssi=-50)
            bluez.advertise(device, rssi=-80)
        await desk.until(lambda: len(desk.noted) == 4)
    assert [value for _, value in desk.noted[1:]] == [b"\x00", b"\x01", b"\x00"]


async def test_other_devices_are_not_noted(bluez: FakeBluez) -> None:
    device, other = Peripheral(FOB, connect_faults=["no"] * 9), FakeDevice("3C:2E:F5:00:00:01")
    async with studying(bluez, FOB) as desk:
        await desk.until_noted(ALONE, device)
        bluez.advertise(other, plain(1, 1))
        bluez.advertise(device, plain(2, 1))
        await desk.until(lambda: len(desk.noted) == 2)
    assert desk.noted[1] == (f"service:{UUID}", plain(2, 1)[UUID])


async def test_a_link_that_drops_is_noted_and_made_again(bluez: FakeBluez) -> None:
    fob = itag(FOB)
    async with studying(bluez, FOB) as desk:
        await desk.until_noted(LINKED, fob)
        bluez.gatt.drop(fob)
        await desk.until_noted(ALONE)
        await desk.until(lambda: desk.noted.count(LINKED) == 2, fob)
        bluez.gatt.notify(fob, FFE1, b"\x01")
        await desk.until_noted((KEY, b"\x01"))
    assert desk.noted == [LINKED, ALONE, LINKED, (KEY, b"\x01")]


async def test_a_device_that_is_gone_for_a_while_is_connected_again_all_the_same(bluez: FakeBluez) -> None:
    fob = itag(FOB)
    async with studying(bluez, FOB) as desk:
        for links in (1, 2, 3, 4):
            await desk.until(lambda least=links: desk.noted.count(LINKED) == least, fob)
            fob.connect_faults[:] = ["no"]
            bluez.gatt.drop(fob)
    assert desk.noted.count(ALONE) == 3


async def test_a_link_of_a_process_that_died_does_not_keep_it_from_being_studied(bluez: FakeBluez) -> None:
    fob = itag(FOB)
    bluez.hold(fob)
    async with studying(bluez, FOB) as desk:
        await desk.until_noted(LINKED, fob)


async def test_a_study_that_is_cancelled_while_it_connects_leaves_nothing_behind(bluez: FakeBluez) -> None:
    fob = itag(FOB)
    fob.connect_faults[:] = [HANG]
    async with studying(bluez, FOB, Pace()) as desk:
        await desk.until(lambda: bool(fob.connects), fob)
        began = time.monotonic()
    assert time.monotonic() - began < 1
    assert desk.noted == []
    assert not bluez.gatt.connected(fob)


async def test_a_note_that_breaks_does_not_stop_the_next_signal(bluez: FakeBluez) -> None:
    fob = itag(FOB)
    async with studying(bluez, FOB) as desk:
        desk.breaks = True
        await desk.until_noted(LINKED, fob)
        bluez.gatt.notify(fob, FFE1, b"\x01")
        await desk.until_noted((KEY, b"\x01"))


async def test_a_link_that_bluetoothd_took_along_is_noted(bluez: FakeBluez) -> None:
    """bleak believes in it until the next proof."""
    fob = itag(FOB)
    async with studying(bluez, FOB) as desk:
        await desk.until_noted(LINKED, fob)
        await bluez.crash()
        await bluez.start()
        await desk.until_noted(ALONE)


async def test_whoever_fills_the_air_does_not_fill_the_memory(bluez: FakeBluez) -> None:
    signals: list[Signal] = []
    study = Study("hci0", FOB, signals.append, PACE)
    for number in range(2000):
        maker = {0x0059: number.to_bytes(2, "little")}
        study.heard(BLEDevice(FOB, None, {}), AdvertisementData(None, maker, {}, [], None, -60, ()))
    task = asyncio.create_task(study.run())
    async with asyncio.timeout(5):
        while not signals:
            study.heard(BLEDevice(FOB, None, {}), AdvertisementData(None, {}, {}, [], None, -60, ()))
            await asyncio.sleep(0.005)
    task.cancel()
    await asyncio.wait({task})
    assert len(signals) == 1001
    assert signals[-1].value == (1999).to_bytes(2, "little")
