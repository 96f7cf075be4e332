"""Links come back from all that ends them, lose no press they could have heard, and leave one another alone."""

import asyncio
import gc
import time

import pytest
from bleak_retry_connector import BleakClientWithServiceCache

from hardware.buttons.link import Pace
from hardware.buttons.links import driver
from hardware.buttons.protocols import PROTOCOLS, is_linked
from hub.gesture import Edge, Gesture
from hub.model import Button
from hub.profile import Meaning, Rule

from .fakebluez import FakeBluez, PrivateBus
from .fakebluez.gatt import ABORT, HANG, Characteristic, Peripheral, full, itag
from .linking import FFE1, PACE, Linking, button, linking

AGAIN = 0.5  # seconds after it is heard again within which a button must be linked
KEY = f"char:{full('fff0')}/{full('fff4')}"


def fobs(count: int) -> list[Peripheral]:
    return [itag(f"FF:FF:10:62:03:{number:02X}") for number in range(count)]


def unpublished() -> Peripheral:
    """A learned button: two characteristics with the same UUID, one of them tells it."""
    twins = [Characteristic("fff0", "fff4", ("indicate",)) for _ in range(2)]
    return Peripheral("C4:00:00:00:00:01", "MS-1", characteristics=twins)


async def click(home: Linking, device: Peripheral) -> None:
    before = len(home.presses)
    assert home.bluez.gatt.notify(device, FFE1, b"\x01")
    await home.heard(before + 2)


async def tried_again(home: Linking, device: Peripheral) -> None:
    before = len(device.connects)
    await home.until(lambda: len(device.connects) > before, device)


async def test_a_link_that_drops_amid_a_series_is_there_for_the_next_click(bluez: FakeBluez) -> None:
    (fob,) = fobs(1)
    async with linking(bluez, [button(fob)]) as home:
        await home.until_linked(fob)
        await click(home, fob)
        await home.drop(fob)
        assert await home.until_linked(fob) < AGAIN
        await click(home, fob)
    assert [press.action for press in home.presses] == [Edge.PRESSED, Edge.RELEASED] * 2


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
        await click(home, fob)


async def test_a_link_that_bluez_has_without_us_is_found_later_too(bluez: FakeBluez) -> None:
    """The kernel keeps links over the death of bluetoothd, and the new one tells them when it has found them."""
    (fob,) = fobs(1)
    async with linking(bluez, [button(fob)]) as home:
        bluez.hold(fob)
        await home.until_linked(fob)
        await click(home, fob)


@pytest.mark.parametrize("fault", [ABORT, "le-connection-abort-by-peer", "br-connection-canceled"])
async def test_a_connection_that_fails_is_tried_again(bluez: FakeBluez, fault: str) -> None:
    (fob,) = fobs(1)
    fob.connect_faults[:] = [fault] * 2
    async with linking(bluez, [button(fob)]) as home:
        await home.until_linked(fob)
        await click(home, fob)
    assert len(fob.connects) == 3


async def test_a_connection_that_hangs_is_given_up_and_tried_again(bluez: FakeBluez) -> None:
    (fob,) = fobs(1)
    fob.connect_faults[:] = [HANG]
    async with linking(bluez, [button(fob)]) as home:
        assert await home.until_linked(fob) < PACE.connect + PACE.first + AGAIN
        await click(home, fob)


async def test_attempts_that_hang_become_rare(bluez: FakeBluez) -> None:
    (fob,) = fobs(1)
    fob.connect_faults[:] = [HANG] * 3
    async with linking(bluez, [button(fob)], Pace(connect=0.1, answer=0.3, prove=0.2, first=0.05, most=0.15)) as home:
        await home.until_linked(fob)
    gaps = [after - before for before, after in zip(fob.connects, fob.connects[1:], strict=False)]
    assert [gap > least for gap, least in zip(gaps, (0.15, 0.2, 0.25), strict=True)] == [True] * 3


async def test_a_link_that_only_seems_to_stand_is_noticed_and_made_anew(bluez: FakeBluez) -> None:
    (fob,) = fobs(1)
    async with linking(bluez, [button(fob)]) as home:
        await home.until_linked(fob)
        fob.silent.set()
        await home.until(lambda: not home.linked(fob))
        fob.silent.clear()
        assert await home.until_linked(fob) < AGAIN
        await click(home, fob)


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
    await asyncio.to_thread(bus.restart)
    await bluez.crash()
    await bluez.start()


@pytest.mark.parametrize("fault", [crash, replug, bus_restart])
async def test_a_link_is_made_anew_after_bluetooth_was_gone(bus, bluez: FakeBluez, fault) -> None:
    few = fobs(2)
    async with linking(bluez, [button(one) for one in few]) as home:
        await home.until_linked(*few)
        await click(home, few[0])
        await fault(bus, bluez)
        home.links.drop()
        await home.scan()
        await home.until(lambda: not any(map(home.linked, few)))
        assert await home.until_linked(*few) < AGAIN
        for one in few:
            await click(home, one)
    assert len(home.presses) == 6


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
        await click(home, fob)


async def test_five_buttons_are_linked_at_once(bluez: FakeBluez) -> None:
    five = fobs(5)
    async with linking(bluez, [button(one) for one in five]) as home:
        assert await home.until_linked(*five) < 2
        for one in five:
            assert bluez.gatt.notify(one, FFE1, b"\x01")
        await home.heard(10)
    assert {press.button for press in home.presses} == {one.address for one in five}


@pytest.mark.parametrize("fault", ["hangs", "offers nothing", "refuses", "is dead"])
async def test_a_broken_button_leaves_the_others_alone(bluez: FakeBluez, fault: str) -> None:
    *two, broken = fobs(3)
    if fault == "hangs":
        broken.connect_faults[:] = [HANG] * 100
    elif fault == "offers nothing":
        broken = Peripheral(broken.address, "iTAG")
    elif fault == "refuses":
        broken.characteristics[3].refuses.add("notify")
    else:
        broken.silent.set()
    async with linking(bluez, [button(one) for one in (*two, broken)]) as home:
        await home.until_linked(*two)
        for _ in range(3):
            await tried_again(home, broken)
            for one in two:
                await click(home, one)
        assert not home.linked(broken)
    assert [len(one.connects) for one in two] == [1, 1]


async def test_a_button_without_what_it_should_say_is_logged_once(bluez: FakeBluez, caplog) -> None:
    bare = Peripheral("FF:FF:10:62:03:59", "iTAG")
    async with linking(bluez, [button(bare)]) as home:
        await home.until(lambda: len(bare.connects) >= 3, bare)
        assert not home.linked(bare)
    told = [record.getMessage() for record in caplog.records if record.name == "hardware.buttons.link"]
    assert told == ["A button of this home is not connected: it does not offer what a button of its kind says"]


async def test_a_hearer_that_breaks_does_not_stop_the_next_press(bluez: FakeBluez, caplog) -> None:
    (fob,) = fobs(1)
    async with linking(bluez, [button(fob)]) as home:
        await home.until_linked(fob)
        home.breaks = True
        for presses in (2, 4):
            bluez.gatt.notify(fob, FFE1, b"\x01")
            await home.heard(presses)
        assert home.linked(fob)
    assert caplog.text.count("A press could not be taken") == 4


async def test_buttons_that_did_not_change_keep_their_links(bluez: FakeBluez) -> None:
    kept, gone, new = fobs(3)
    async with linking(bluez, [button(kept), button(gone)]) as home:
        await home.until_linked(kept, gone)
        home.links.watch([button(kept, name="Anna's", worn=False), button(new)])
        await home.until(lambda: not bluez.gatt.connected(gone))
        await home.until_linked(new)
        assert set(home.links.seen()) == {kept.address, new.address}
        await click(home, kept)
    assert [len(one.connects) for one in (kept, gone, new)] == [1, 1, 1]


async def test_a_learned_button_says_what_its_rules_say(bluez: FakeBluez) -> None:
    device = unpublished()
    rules = (
        Rule(KEY, Meaning.PRESSED, 0, b"\x01"),
        Rule(KEY, Meaning.RELEASED, 0, b"\x00"),
        Rule(f"{KEY}#2", Meaning.DOUBLE),
    )
    async with linking(bluez, [button(device, "learned", rules=rules)]) as home:
        await home.until_linked(device)
        for number, value in ((0, b"\x01\x07"), (0, b"\x00"), (0, b"\x09"), (1, b"\x01")):
            assert bluez.gatt.notify(device, "fff4", value, number)
        await home.heard(3)
    assert [press.action for press in home.presses] == [Edge.PRESSED, Edge.RELEASED, Gesture(2)]


async def test_rules_that_changed_are_followed(bluez: FakeBluez) -> None:
    device = unpublished()
    async with linking(bluez, [button(device, "learned", rules=(Rule(KEY, Meaning.SINGLE),))]) as home:
        await home.until_linked(device)
        home.links.watch([button(device, "learned", rules=(Rule(KEY, Meaning.HOLD),))])
        await home.until(lambda: not bluez.gatt.connected(device))
        await home.until_linked(device)
        bluez.gatt.notify(device, "fff4", b"\x01")
        assert (await home.heard(1))[0].action == Gesture(1, held=True)


async def test_a_studied_button_has_no_link_until_the_study_ends(bluez: FakeBluez) -> None:
    (fob,) = fobs(1)
    async with linking(bluez, [button(fob)]) as home:
        await home.until_linked(fob)
        with home.links.spared(fob.address.lower()):
            await home.until(lambda: not bluez.gatt.connected(fob))
            home.links.watch([button(fob, name="another")])
            assert bluez.advertise(fob, rssi=-30)
            await asyncio.sleep(0.2)  # nothing is to happen
            assert not home.linked(fob)
        await home.until_linked(fob)
        await click(home, fob)


async def test_nothing_stays_connected_when_the_links_end(bluez: FakeBluez) -> None:
    few = fobs(2)
    async with linking(bluez, [button(one) for one in few]) as home:
        await home.until_linked(*few)
    assert not any(map(bluez.gatt.connected, few))


async def test_a_button_that_never_answers_does_not_hold_up_the_end(bluez: FakeBluez) -> None:
    (fob,) = fobs(1)
    async with linking(bluez, [button(fob)], Pace()) as home:
        await home.until_linked(fob)
        bluez.faults["Disconnect"] = [HANG] * 9
        began = time.monotonic()
    assert time.monotonic() - began < 3


def test_a_button_is_linked_exactly_when_its_protocol_says_so() -> None:
    char, advert = Rule(KEY, Meaning.SINGLE), Rule("maker:0059", Meaning.SINGLE)
    for protocol in (*PROTOCOLS, "unheard of"):
        for rules in ((), (advert,), (advert, char)):
            one = Button("b", "FF:FF:10:62:03:59", protocol=protocol, rules=rules)
            assert (driver(one) is not None) == is_linked(one)


async def test_a_link_whose_own_connection_to_the_bus_is_lost_is_made_anew(bus: PrivateBus, bluez: FakeBluez) -> None:
    """dbus-fast drops a connection when a write would block. A link writes only to prove itself, and notices then."""
    (fob,) = fobs(1)
    async with linking(bluez, [button(fob)]) as home:
        await home.until_linked(fob)
        (client,) = [one for one in gc.get_objects() if isinstance(one, BleakClientWithServiceCache)]
        bus.block(client._backend._bus)
        await home.until(lambda: not home.linked(fob))
        assert await home.until_linked(fob) < AGAIN
        await click(home, fob)
