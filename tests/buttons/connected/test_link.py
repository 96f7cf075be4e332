"""A link comes back from all that ends it, and loses no press it could have heard."""

import asyncio
import gc
from dataclasses import replace
from itertools import pairwise

import pytest
from bleak_retry_connector import BleakClientWithServiceCache

from hardware.buttons.connected.rest import Pace
from hub.gesture import Edge
from tests.buttons.connected.linking import AGAIN, PACE, button, fobs, linking
from tests.buttons.fakebluez import FakeBluez, PrivateBus
from tests.buttons.fakebluez.gatt import ABORT, HANG, Peripheral, itag
from tests.buttons.fakebluez.tree import DEVICE


def gaps_of(device: Peripheral) -> list[float]:
    """Seconds between two attempts to connect it."""
    return [after - before for before, after in pairwise(device.connects)]


async def test_a_link_that_drops_amid_a_series_is_there_for_the_next_click(bluez: FakeBluez) -> None:
    (fob,) = fobs(1)
    async with linking(bluez, [button(fob)]) as home:
        await home.until_linked(fob)
        await home.click(fob)
        await home.drop(fob)
        assert await home.until_linked(fob) < AGAIN
        await home.click(fob)
    assert [press.action for press in home.presses] == [Edge.PRESSED, Edge.RELEASED] * 2


async def test_services_that_are_told_late_are_waited_for(bluez: FakeBluez) -> None:
    fob = replace(itag("FF:FF:10:62:03:59"), late=0.01)
    async with linking(bluez, [button(fob)], Pace()) as home:
        await home.until_linked(fob)
        assert len(fob.connects) == 1
        assert {"1803/2a06", "ffe0/ffe2"} <= {name for name, _ in fob.written}
        await home.click(fob)


async def test_the_end_of_a_link_is_noticed_at_once(bluez: FakeBluez) -> None:
    (fob,) = fobs(1)
    async with linking(bluez, [button(fob)], Pace()) as home:
        await home.until_linked(fob)
        await home.drop(fob)


async def test_a_button_that_is_not_heard_is_not_connected(bluez: FakeBluez) -> None:
    """bleak calls the end of a link an advert."""
    (fob,) = fobs(1)
    async with linking(bluez, [button(fob)]) as home:
        await home.until_linked(fob)
        await home.drop(fob)
        await asyncio.sleep(0.3)  # nothing is to happen
        assert len(fob.connects) == 1


async def test_a_link_of_a_process_that_died_is_closed_and_made_anew(bluez: FakeBluez) -> None:
    (fob,) = fobs(1)
    bluez.hold(fob)
    async with linking(bluez, [button(fob)]) as home:
        await home.until(lambda: not bluez.gatt.connected(fob))
        assert await home.until_linked(fob) < AGAIN
        await home.click(fob)


async def test_the_pairing_of_a_button_is_kept(bluez: FakeBluez) -> None:
    (fob,) = fobs(1)
    bluez.hold(fob)
    path = fob.path(bluez.adapter)
    bluez.tree.objects[path][DEVICE]["Paired"] = True
    async with linking(bluez, [button(fob)]) as home:
        await home.until(lambda: not bluez.gatt.connected(fob))
        bluez.advertise(fob, rssi=-90)
        await home.until(lambda: home.linked(fob))
        assert bluez.tree.objects[path][DEVICE]["Paired"] is True


async def test_a_link_that_cannot_be_closed_is_closed_a_moment_later(bluez: FakeBluez) -> None:
    (fob,) = fobs(1)
    bluez.hold(fob)
    bluez.faults.update(Disconnect=["InProgress"], RemoveDevice=["InProgress"])
    async with linking(bluez, [button(fob)]) as home:
        await home.until_linked(fob)
        await home.click(fob)


async def test_a_link_that_bluez_has_without_us_is_found_later_too(bluez: FakeBluez) -> None:
    """The kernel keeps links over the death of bluetoothd, and the new one tells them when it has found them."""
    (fob,) = fobs(1)
    async with linking(bluez, [button(fob)]) as home:
        bluez.hold(fob)
        await home.until_linked(fob)
        await home.click(fob)


@pytest.mark.parametrize("fault", [ABORT, "le-connection-abort-by-peer", "br-connection-canceled"])
async def test_a_connection_that_fails_is_tried_again(bluez: FakeBluez, fault: str) -> None:
    (fob,) = fobs(1)
    fob.connect_faults[:] = [fault] * 2
    async with linking(bluez, [button(fob)]) as home:
        await home.until_linked(fob)
        await home.click(fob)
    assert len(fob.connects) == 3


async def test_a_connection_that_hangs_is_given_up_and_tried_again(bluez: FakeBluez) -> None:
    (fob,) = fobs(1)
    fob.connect_faults[:] = [HANG]
    async with linking(bluez, [button(fob)]) as home:
        assert await home.until_linked(fob) < PACE.connect + PACE.first + AGAIN
        await home.click(fob)


async def test_attempts_that_hang_become_rare_until_there_is_a_link(bluez: FakeBluez) -> None:
    (fob,) = fobs(1)
    fob.connect_faults[:] = [HANG] * 5
    async with linking(bluez, [button(fob)], Pace(connect=0.1, answer=0.3, prove=0.2, first=0.1, most=0.6)) as home:
        await home.until_linked(fob)
        gaps = gaps_of(fob)
        assert [gap > least for gap, least in zip(gaps, (0.15, 0.25, 0.4, 0.6, 0.6), strict=True)] == [True] * 5
        assert gaps[4] < 1.3  # and not 1.7
        await home.until(lambda: len([one for one in fob.asked if one == ("read", "180f/2a19")]) > 1)
        await home.drop(fob)
        fob.connect_faults[:] = [HANG]
        await home.until_linked(fob)
    assert gaps_of(fob)[-1] < 0.55  # and not 0.7


async def test_attempts_that_fail_at_once_do_not_become_rare(bluez: FakeBluez) -> None:
    (fob,) = fobs(1)
    fob.connect_faults[:] = ["no"] * 4
    async with linking(bluez, [button(fob)], Pace(connect=5.0, first=0.5)) as home:
        await home.until_linked(fob)
    gaps = gaps_of(fob)
    assert min(gaps) > 0.4
    assert gaps[3] < 1.5  # and not 4


async def test_a_button_that_comes_back_into_reach_is_connected_at_once(bluez: FakeBluez, caplog) -> None:
    (fob,) = fobs(1)
    fob.connect_faults[:] = ["no"]
    async with linking(bluez, [button(fob)], Pace(first=4.0, away=0.4)) as home:
        await home.until(lambda: "is not connected" in caplog.text, fob)
        await asyncio.sleep(0.8)  # nothing is to be heard
        assert await home.until_linked(fob) < 2


async def test_a_button_that_is_steadily_heard_has_to_wait(bluez: FakeBluez) -> None:
    (fob,) = fobs(1)
    fob.connect_faults[:] = ["no"]
    async with linking(bluez, [button(fob)], Pace(first=2.5, away=2.0)) as home:
        await home.until_linked(fob)
    assert gaps_of(fob)[0] > 2.3  # and not 2.0


async def test_a_link_that_only_seems_to_stand_is_noticed_and_made_anew(bluez: FakeBluez) -> None:
    (fob,) = fobs(1)
    async with linking(bluez, [button(fob)]) as home:
        await home.until_linked(fob)
        fob.silent.set()
        await home.until(lambda: not home.linked(fob))
        fob.silent.clear()
        assert await home.until_linked(fob) < AGAIN
        await home.click(fob)


async def test_a_link_is_proven_again_and_again(bluez: FakeBluez) -> None:
    (fob,) = fobs(1)
    async with linking(bluez, [button(fob)]) as home:
        await home.until_linked(fob)
        first = home.links.seen()[fob.address].at
        await home.until(lambda: home.links.seen()[fob.address].at > first + PACE.prove)
        assert home.linked(fob)


async def test_a_button_that_refuses_to_be_read_is_there(bluez: FakeBluez) -> None:
    (fob,) = fobs(1)
    for one in fob.characteristics:
        one.refuses.add("read")
    async with linking(bluez, [button(fob)]) as home:
        await home.until_linked(fob)
        first = home.links.seen()[fob.address].at
        await home.until(lambda: home.links.seen()[fob.address].at > first)
        assert len(fob.connects) == 1


async def crash(bus: PrivateBus, bluez: FakeBluez) -> None:
    await bluez.crash()
    await bluez.start()


async def replug(bus: PrivateBus, bluez: FakeBluez) -> None:
    bluez.unplug()
    bluez.plug()


async def bus_restart(bus: PrivateBus, bluez: FakeBluez) -> None:
    bluez.busy = False  # dbus-fast writes what is said meanwhile to whatever has the number of its old socket
    await asyncio.to_thread(bus.restart)
    await bluez.crash()
    await bluez.start()
    bluez.busy = True


@pytest.mark.parametrize("fault", [crash, replug, bus_restart])
async def test_a_link_is_made_anew_after_bluetooth_was_gone(bus, bluez: FakeBluez, fault) -> None:
    few = fobs(2)
    async with linking(bluez, [button(one) for one in few], Pace(first=0.1)) as home:
        await home.until_linked(*few)
        await home.click(few[0])
        await fault(bus, bluez)
        home.links.drop()
        await home.scan()
        await home.until(lambda: not any(map(home.linked, few)))
        assert await home.until_linked(*few) < AGAIN
        for one in few:
            await home.click(one)
    assert len(home.presses) == 6


async def test_no_button_pauses_once_bluetooth_is_back(bluez: FakeBluez, caplog) -> None:
    (fob,) = fobs(1)
    fob.connect_faults[:] = ["no"]
    async with linking(bluez, [button(fob)], Pace(first=4.0)) as home:
        await home.until(lambda: "is not connected" in caplog.text, fob)
        home.links.drop()
        assert await home.until_linked(fob) < 2


async def test_a_crash_that_nobody_tells_is_noticed_by_the_next_proof(bluez: FakeBluez) -> None:
    (fob,) = fobs(1)
    async with linking(bluez, [button(fob)]) as home:
        await home.until_linked(fob)
        await bluez.crash()
        await bluez.start()
        await home.until(lambda: not home.linked(fob))


async def test_bluetoothd_dying_while_a_connection_hangs_does_not_end_the_link_for_good(bluez: FakeBluez) -> None:
    (fob,) = fobs(1)
    fob.connect_faults[:] = [HANG]
    async with linking(bluez, [button(fob)], Pace(connect=5.0, first=0.1)) as home:
        await home.until(lambda: bool(fob.connects), fob)
        await bluez.crash()
        await bluez.start()
        home.links.drop()
        await home.scan()
        assert await home.until_linked(fob) < AGAIN


async def test_a_device_bluez_forgets_is_connected_when_it_is_heard_again(bluez: FakeBluez) -> None:
    (fob,) = fobs(1)
    async with linking(bluez, [button(fob)]) as home:
        await home.until_linked(fob)
        bluez.gatt.drop(fob)
        bluez.forget(fob)
        await home.until(lambda: not home.linked(fob))
        assert await home.until_linked(fob) < AGAIN
        await home.click(fob)


async def test_a_link_whose_own_connection_to_the_bus_is_lost_is_made_anew(bus: PrivateBus, bluez: FakeBluez) -> None:
    """dbus-fast drops a connection when a write would block. A link writes only to prove itself, and notices then."""
    (fob,) = fobs(1)
    async with linking(bluez, [button(fob)]) as home:
        await home.until_linked(fob)
        (client,) = [one for one in gc.get_objects() if isinstance(one, BleakClientWithServiceCache)]
        bus.block(client._backend._bus)
        await home.until(lambda: not home.linked(fob))
        assert await home.until_linked(fob) < AGAIN
        await home.click(fob)
