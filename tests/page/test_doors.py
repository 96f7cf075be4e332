"""The page's socket is there while its window is open, and never else; the button in the case opens it."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import replace

import pytest
from gpiozero import Device
from gpiozero.pins.mock import MockFactory, MockPin

from hardware.page import SERVICE, SOCKET, SystemDoors
from hardware.service_button import GpioServiceButton
from hub import daemon, services
from hub.doorkeeper import AGAIN, Doorkeeper
from hub.errors import DeviceError
from hub.page.window import LASTS
from hub.store.page import LoadedPage
from tests.buttons.fakebluez import PrivateBus
from tests.fakesystemd import FakeSystemd
from tests.page.conftest import House

DENIED = "org.freedesktop.DBus.Error.InteractiveAuthorizationRequired"


@pytest.fixture
async def systemd(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[FakeSystemd]:
    with PrivateBus() as bus:
        monkeypatch.setenv("DBUS_SYSTEM_BUS_ADDRESS", bus.address)
        async with FakeSystemd(bus.address) as systemd:
            yield systemd


async def until(holds: Callable[[], object]) -> None:
    end = time.monotonic() + 10.0
    while not holds():
        assert time.monotonic() < end
        await asyncio.sleep(0.01)


async def test_the_socket_is_started_with_the_window_and_stopped_with_it(house: House, systemd: FakeSystemd):
    keeper = Doorkeeper(SystemDoors(), house.hub.gate, house.hub.faults)
    systemd.running |= {SOCKET, SERVICE}  # what a last run may have left
    await keeper.look(0.0)
    assert systemd.running == set()
    await house.root("page open")
    await keeper.look(1.0)
    assert systemd.running == {SOCKET}
    systemd.running.add(SERVICE)
    house.seconds = LASTS
    await keeper.look(2.0)
    assert systemd.running == set()
    assert systemd.asked[-2:] == [("StopUnit", SOCKET), ("StopUnit", SERVICE)]
    assert "page" not in house.hub.faults


async def test_it_is_asked_for_once_and_each_minute_while_it_is_open(house: House, systemd: FakeSystemd):
    keeper = Doorkeeper(SystemDoors(), house.hub.gate, house.hub.faults)
    for now in (0.0, 1.0, AGAIN, 3 * AGAIN):
        await keeper.look(now)
    assert len(systemd.asked) == 2
    await house.root("page open")
    for now in (300.0, 301.0, 299.0 + AGAIN, 300.0 + AGAIN):
        await keeper.look(now)
    assert systemd.asked[2:] == [("StartUnit", SOCKET)] * 2


async def test_a_new_hubs_page_is_there_from_the_start(house: House, systemd: FakeSystemd):
    house.start()
    house.hub.gate.load(LoadedPage(), complete=True)
    await Doorkeeper(SystemDoors(), house.hub.gate, house.hub.faults).look(0.0)
    assert systemd.running == {SOCKET}


async def test_what_systemd_refuses_is_a_fault_until_it_works(house: House, systemd: FakeSystemd):
    keeper = Doorkeeper(SystemDoors(), house.hub.gate, house.hub.faults)
    systemd.problem = DENIED
    await house.root("page open")
    await keeper.look(0.0)
    assert "page" in house.hub.faults
    assert DENIED in house.hub.faults.why("page")
    systemd.problem = ""
    await keeper.look(1.0)
    assert "page" not in house.hub.faults
    assert systemd.running == {SOCKET}


async def test_a_bus_that_is_not_there_is_a_device_that_fails(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("DBUS_SYSTEM_BUS_ADDRESS", "unix:path=/nowhere")
    with pytest.raises(DeviceError, match="systemd does not answer"):
        await SystemDoors().open()


@pytest.fixture
def pin() -> Iterator[MockPin]:
    Device.pin_factory = MockFactory()
    yield Device.pin_factory.pin(27)
    Device.pin_factory.reset()
    Device.pin_factory = None


async def test_the_button_counts_when_it_is_held_once_each_time(pin: MockPin):
    times: list[float] = []
    listening = asyncio.create_task(GpioServiceButton(27, seconds=0.2).listen(lambda: times.append(time.monotonic())))
    await until(lambda: pin.function == "input" and pin.pull == "up")
    await asyncio.sleep(0.05)  # it hears edges from when its events are on
    pin.drive_low()
    await asyncio.sleep(0.05)
    pin.drive_high()
    began = time.monotonic()
    pin.drive_low()
    await until(lambda: times)
    assert times[0] - began >= 0.19
    pin.drive_high()
    pin.drive_low()
    await until(lambda: len(times) == 2)
    listening.cancel()
    await asyncio.wait({listening})
    assert GpioServiceButton(27)._seconds == 5.0


async def test_a_pin_that_is_taken_is_told(pin: MockPin):
    from gpiozero import LED

    with LED(27), pytest.raises(DeviceError, match="service button"):
        await GpioServiceButton(27).listen(lambda: None)


async def test_held_it_opens_the_page_of_a_hub(house: House, pin: MockPin):
    hub = house.hub
    hub.devices = replace(hub.devices, service_button=GpioServiceButton(27, seconds=0.05))
    tasks = [asyncio.create_task(work) for work in daemon._service_button(hub)]
    await until(lambda: pin.function == "input" and pin.pull == "up")
    await asyncio.sleep(0.05)
    pin.drive_low()
    await until(lambda: hub.gate.is_open)
    assert (await house.visits())[0] == ("opened", "button", "")
    await services.let_go(tasks, 1.0)
