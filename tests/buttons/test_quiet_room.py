"""A room where nothing changes is told from a radio that hears nothing."""

import asyncio
from itertools import cycle

from .conftest import BUTTON, Tune, until
from .fakebluez import FakeBluez, FakeDevice, plain
from .fakebluez.frames import BEACON
from .fakebluez.tree import DEVICE

LAMP = FakeDevice("62:0F:00:00:00:02")


async def test_news_of_a_link_is_no_proof_that_the_radio_hears(bluez: FakeBluez, tune: Tune) -> None:
    bluez.busy = False
    radio = await tune(silence=0.3, wait=False)
    await bluez.until_scanning()
    bluez.advertise(BUTTON, plain(1, BEACON))
    await radio.until_listening()

    path, resolved = BUTTON.path(bluez.adapter), cycle((True, False))
    bluez.tree.change(path, DEVICE, {"Connected": True})

    def troubled() -> str:
        bluez.tree.change(path, DEVICE, {"ServicesResolved": next(resolved)})
        return radio.buttons.trouble

    await until(troubled)
    assert not radio.buttons.listening


async def test_a_room_where_nothing_changes_is_no_deaf_radio(bluez: FakeBluez, tune: Tune) -> None:
    """BlueZ tells of a device that it knows only when something changed."""
    bluez.busy = False
    radio = await tune(silence=2.0, wait=False)
    await bluez.until_scanning()
    for _ in range(90):
        bluez.advertise(LAMP, plain(1, BEACON))
        await asyncio.sleep(0.05)
    assert radio.buttons.listening
    assert (radio.buttons.trouble, bluez.starts) == ("", 1)


async def test_a_new_scan_is_proven_by_what_bluez_knew_before_it(bluez: FakeBluez, tune: Tune) -> None:
    bluez.busy = False
    bluez.tree.add(LAMP.path(bluez.adapter), {DEVICE: bluez._device(LAMP, {"ServiceData": plain(1, BEACON)}, -60, ())})
    radio = await tune(silence=20.0, wait=False)
    await bluez.until_scanning()

    def listening() -> bool:
        bluez.advertise(LAMP, plain(1, BEACON))
        return radio.buttons.listening

    await until(listening)


async def test_what_is_connected_paired_or_to_be_linked_is_never_forgotten(bluez: FakeBluez, tune: Tune) -> None:
    bluez.busy = False
    kept = {name: FakeDevice(f"3C:2E:F5:00:00:0{n}") for n, name in enumerate(("Connected", "Paired", "Trusted"))}
    for name, device in kept.items():
        facts = {**bluez._device(device, {}, -60, ()), name: True}
        bluez.tree.add(device.path(bluez.adapter), {DEVICE: facts})
    bluez.tree.add(LAMP.path(bluez.adapter), {DEVICE: bluez._device(LAMP, {}, -60, ())})
    await tune(silence=0.2, buttons=[], wait=False)
    await until(lambda: LAMP.path(bluez.adapter) not in bluez.tree.objects)
    assert {device.path(bluez.adapter) for device in kept.values()} <= bluez.tree.objects.keys()
