"""Real bleak hears the buttons of this home through a simulated BlueZ."""

import asyncio

import pytest

from hub.gesture import Kind
from hub.model import Button
from hub.ports import Press
from hub.profile import LINK, Meaning, Rule

from .conftest import BUTTON, STRANGER, Tune, a_button, until
from .fakebluez import FakeBluez, FakeDevice, plain
from .fakebluez.frames import BEACON, DOUBLE, ENCRYPTED, HOLD, LONG, PRESS, SHELLY_HOLD, TRIPLE, UUID
from .fakebluez.gatt import Peripheral


def kinds(presses: list[Press]) -> list[str]:
    return [press.action.kind.value for press in presses]


async def test_each_gesture_of_a_button_is_heard(bluez: FakeBluez, tune: Tune) -> None:
    radio = await tune()
    codes = {PRESS: Kind.SINGLE, DOUBLE: Kind.DOUBLE, TRIPLE: Kind.MANY}
    codes |= {LONG: Kind.HOLD, HOLD: Kind.HOLD, SHELLY_HOLD: Kind.HOLD}
    for packet, (code, kind) in enumerate(codes.items(), start=1):
        bluez.advertise(BUTTON, plain(packet, code, battery=87))
        press = (await radio.heard(packet))[-1]
        assert (press.button, press.action.kind, press.counter, press.battery) == (
            BUTTON.address,
            kind,
            packet,
            87,
        )


async def test_nobody_is_called_for_a_stranger_but_scan_shows_it(bluez: FakeBluez, tune: Tune) -> None:
    radio = await tune()
    bluez.advertise(STRANGER, plain(1, DOUBLE, battery=50), rssi=-71)
    bluez.advertise(BUTTON, plain(1, PRESS))
    (press,) = await radio.heard(1)
    assert press.button == BUTTON.address
    newest, stranger = radio.buttons.recent()
    assert (newest.address, newest.name) == (BUTTON.address, "SBBT-002C")
    assert (stranger.address, stranger.rssi, stranger.battery) == (STRANGER.address, -71, 50)


async def test_a_changed_signal_strength_is_not_a_press(bluez: FakeBluez, tune: Tune) -> None:
    radio = await tune()
    bluez.advertise(BUTTON, plain(7, LONG), rssi=-60)
    for rssi in (-80, -50, -90):
        assert bluez.advertise(BUTTON, rssi=rssi)
    bluez.advertise(BUTTON, plain(8, PRESS), rssi=-60)
    assert kinds(await radio.heard(2)) == ["hold", "single"]


async def test_beacons_are_no_presses_and_show_that_the_button_lives(bluez: FakeBluez, tune: Tune) -> None:
    radio = await tune()
    for packet in range(1, 4):
        bluez.advertise(BUTTON, plain(packet, BEACON))
    bluez.advertise(BUTTON, plain(4, PRESS))
    assert [press.counter for press in await radio.heard(1)] == [4]
    assert list(radio.buttons.seen()) == [BUTTON.address]


async def test_a_restart_does_not_replay_the_last_press(bluez: FakeBluez, tune: Tune) -> None:
    before = await tune()
    bluez.advertise(BUTTON, plain(41, LONG))
    await before.heard(1)
    await before.stop()
    after = await tune(counter=41)
    assert bluez.advertise(BUTTON, plain(41, LONG), rssi=-80)
    bluez.advertise(BUTTON, plain(42, DOUBLE))
    assert kinds(await after.heard(1)) == ["double"]


async def test_a_press_that_was_missed_by_the_restart_is_heard_after_it(bluez: FakeBluez, tune: Tune) -> None:
    before = await tune()
    bluez.advertise(BUTTON, plain(41, LONG))
    await before.heard(1)
    await before.stop()
    after = await tune(counter=40)  # the press never reached the store
    bluez.advertise(BUTTON, rssi=-80)
    assert kinds(await after.heard(1)) == ["hold"]


async def test_a_button_added_after_its_press_does_not_press_again(bluez: FakeBluez, tune: Tune) -> None:
    radio = await tune()
    bluez.advertise(STRANGER, plain(9, LONG))
    bluez.advertise(BUTTON, plain(1, PRESS))
    await radio.heard(1)
    radio.buttons.watch([a_button(counter=1), a_button(STRANGER)])
    bluez.advertise(STRANGER, rssi=-90)
    bluez.advertise(STRANGER, plain(10, DOUBLE))
    assert kinds(await radio.heard(2)) == ["single", "double"]


async def test_an_encrypted_advert_is_said_and_never_acted_on(bluez: FakeBluez, tune: Tune) -> None:
    radio = await tune()
    radio.buttons.watch([a_button(), a_button(STRANGER)])
    bluez.advertise(BUTTON, ENCRYPTED)
    bluez.advertise(STRANGER, plain(1, PRESS))
    assert [press.button for press in await radio.heard(1)] == [STRANGER.address]
    assert radio.buttons.unreadable == {BUTTON.address}


async def test_a_button_that_sends_plain_adverts_again_is_understood_again(bluez: FakeBluez, tune: Tune) -> None:
    radio = await tune()
    bluez.advertise(BUTTON, ENCRYPTED)
    bluez.advertise(BUTTON, plain(3, PRESS))
    assert [press.counter for press in await radio.heard(1)] == [3]
    assert radio.buttons.unreadable == frozenset()


async def test_bursts_of_presses_lose_none(bluez: FakeBluez, tune: Tune) -> None:
    radio = await tune()
    for burst in range(5):  # more at once than fits the socket would break the simulated bluetoothd's bus
        for packet in range(50 * burst, 50 * burst + 50):
            bluez.advertise(BUTTON, plain(packet, PRESS))
        await radio.heard(50 * burst + 50)
    assert [press.counter for press in radio.presses] == list(range(250))


async def test_bytes_that_mean_nothing_do_not_stop_the_next_press(bluez: FakeBluez, tune: Tune) -> None:
    radio = await tune()
    for number, junk in enumerate((b"", b"\x44", b"\x44\x3a", b"\xff" * 20, b"\x00\x00")):
        bluez.advertise(FakeDevice(f"3C:2E:F5:00:01:0{number}"), {UUID: junk})
    bluez.advertise(BUTTON, plain(1, PRESS))
    assert len(await radio.heard(1)) == 1


async def test_a_hearer_that_breaks_does_not_stop_the_next_press(
    bluez: FakeBluez, tune: Tune, caplog: pytest.LogCaptureFixture
) -> None:
    radio = await tune()
    radio.breaks = True
    for packet in (1, 2):
        bluez.advertise(BUTTON, plain(packet, PRESS))
        await radio.heard(packet)
    assert caplog.text.count("An advert could not be taken") == 2


async def test_a_button_without_flags_is_heard_when_it_was_learned(bluez: FakeBluez, tune: Tune) -> None:
    shy = FakeDevice("3C:2E:F5:00:00:02", flags=False)
    rule = Rule("maker:0ba9", Meaning.DOUBLE, 0, b"\x02")
    radio = await tune(buttons=[Button("b1", shy.address, protocol="learned", rules=(rule,))])
    await until(lambda: bluez.sessions)
    bluez.advertise(shy, maker={0x0BA9: b"\x02\x01"})
    assert kinds(await radio.heard(1)) == ["double"]
    assert (radio.buttons.degraded, len(bluez.monitors)) == (False, 1)
    radio.buttons.watch([])
    await until(lambda: not bluez.sessions)
    assert radio.buttons.listening


async def test_a_device_that_is_studied_is_heard_without_flags_and_shows_what_it_says(
    bluez: FakeBluez, tune: Tune
) -> None:
    shy = Peripheral("3C:2E:F5:00:00:02", flags=False)
    radio, said = await tune(), []
    study = asyncio.create_task(radio.buttons.study(shy.address, said.append))
    await until(lambda: bluez.sessions)
    bluez.advertise(shy, maker={0x0BA9: b"\x07"})
    await until(lambda: len(said) > 1)
    assert [(signal.source, signal.value) for signal in said] == [(LINK, b"\x00"), ("maker:0ba9", b"\x07")]
    study.cancel()
    await until(lambda: not bluez.sessions)
    bluez.advertise(BUTTON, plain(1, PRESS))
    await radio.heard(1)


async def test_an_active_scan_that_is_refused_does_not_end_the_passive_one(bluez: FakeBluez, tune: Tune) -> None:
    radio = await tune()
    bluez.faults["StartDiscovery"] = ["InProgress"]
    study = asyncio.create_task(radio.buttons.study(STRANGER.address, lambda signal: None))
    await until(lambda: not bluez.faults["StartDiscovery"])
    bluez.advertise(BUTTON, plain(1, PRESS))
    await radio.heard(1)
    study.cancel()
