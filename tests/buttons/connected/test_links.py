"""Links leave one another alone, follow what is watched, and end together."""

import asyncio
import time

import pytest

from hardware.buttons.connected.rest import Pace
from hub.gesture import Edge, Gesture
from hub.profile import Meaning, Rule
from tests.buttons.connected.linking import FFE1, button, fobs, linking
from tests.buttons.fakebluez import FakeBluez
from tests.buttons.fakebluez.gatt import HANG, Characteristic, Peripheral, full

KEY = f"char:{full('fff0')}/{full('fff4')}"


def unpublished() -> Peripheral:
    """A learned button: two characteristics with the same UUID, one of them tells it."""
    twins = [Characteristic("fff0", "fff4", ("indicate",)) for _ in range(2)]
    return Peripheral("C4:00:00:00:00:01", "MS-1", characteristics=twins)


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
            await home.tried_again(broken)
            for one in two:
                await home.click(one)
        assert not home.linked(broken)
    assert [len(one.connects) for one in two] == [1, 1]


async def test_a_button_without_what_it_should_say_is_logged_once(bluez: FakeBluez, caplog) -> None:
    bare = Peripheral("FF:FF:10:62:03:59", "iTAG")
    async with linking(bluez, [button(bare)]) as home:
        await home.until(lambda: len(bare.connects) >= 3, bare)
        assert not home.linked(bare)
    told = [record.getMessage() for record in caplog.records if record.name == "hardware.buttons.connected.link"]
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
        await home.click(kept)
    assert [len(one.connects) for one in (kept, gone, new)] == [1, 1, 1]


async def test_a_learned_button_says_what_its_rules_say(bluez: FakeBluez) -> None:
    device = unpublished()
    rules = (
        Rule(KEY, Meaning.PRESSED, 0, b"\x01"),
        Rule(KEY, Meaning.RELEASED, 0, b"\x00"),
        Rule(f"{KEY}#2", Meaning.DOUBLE),
        Rule("maker:0059", Meaning.HOLD),  # for whoever hears its adverts
    )
    async with linking(bluez, [button(device, "learned", rules=rules)]) as home:
        await home.until_linked(device)
        for number, value in ((0, b"\x01\x07"), (0, b"\x00"), (0, b"\x09"), (1, b"\x01")):
            assert bluez.gatt.notify(device, "fff4", value, number)
        await home.heard(3)
    assert [press.action for press in home.presses] == [Edge.PRESSED, Edge.RELEASED, Gesture(2)]


async def test_what_a_button_says_is_never_read(bluez: FakeBluez) -> None:
    """BlueZ tells what was read like a notification: that would be a press."""
    told = [Characteristic(service, key, ("read", "notify")) for service, key in (("180a", "2a29"), ("180f", "2a19"))]
    device = Peripheral("C4:00:00:00:00:01", "MS-1", characteristics=told)
    rules = [Rule(f"char:{full(one.service)}/{full(one.uuid)}", Meaning.SINGLE) for one in told]
    async with linking(bluez, [button(device, "learned", rules=tuple(rules))]) as home:
        await home.until_linked(device)
        before = home.links.seen()[device.address].at
        await home.until(lambda: home.links.seen()[device.address].at > before)
        assert home.presses == []
        for one in told:
            bluez.gatt.notify(device, one.uuid, b"\x01")
        assert len(await home.heard(2)) == 2


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
            home.links.watch([])
            home.links.watch([button(fob)])
            for rssi in range(-90, -30, 2):  # nothing is to happen
                bluez.advertise(fob, rssi=rssi)
                await asyncio.sleep(0.01)
            assert len(fob.connects) == 1
        await home.until_linked(fob)
        await home.click(fob)


async def test_a_button_that_never_answers_does_not_hold_up_the_end(bluez: FakeBluez) -> None:
    (fob,) = fobs(1)
    async with linking(bluez, [button(fob)], Pace()) as home:
        await home.until_linked(fob)
        bluez.faults["Disconnect"] = [HANG] * 9
        began = time.monotonic()
    assert time.monotonic() - began < 3
