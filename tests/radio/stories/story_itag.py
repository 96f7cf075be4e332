"""A button that has to be connected: real links through the real kernel and the real bluetoothd."""

import signal
from collections.abc import AsyncIterator

import pytest

from hub.gesture import Edge
from hub.model import Button
from tests.buttons.fakebluez.frames import PRESS

from .air import Air, BthomeButton, until
from .bluetoothd import Bluetoothd
from .conftest import BUTTON, Ears
from .itag import ADDRESS, BATTERY, Itag

CLICK = [Edge.PRESSED, Edge.RELEASED]


@pytest.fixture
async def itag(air: Air, ears: Ears) -> AsyncIterator[Itag]:
    """Linked to the hub."""
    itag = Itag(air)
    await itag.switch_on()
    ears.buttons.watch([Button("b1", BUTTON), Button("b2", ADDRESS, protocol="itag")])
    await until_linked(ears)
    yield itag
    await itag.switch_off()


async def test_each_click_is_heard_once(ears: Ears, itag: Itag) -> None:
    for _ in range(3):
        await itag.click()
    await until(lambda: len(clicks_of(ears)) >= 3 * len(CLICK))
    assert clicks_of(ears) == 3 * CLICK


async def test_its_battery_is_known_and_it_does_not_beep_when_it_is_lost(ears: Ears, itag: Itag) -> None:
    await until(lambda: ears.buttons.seen()[ADDRESS].battery == BATTERY)
    await until(lambda: not itag.beeps_when_lost)


async def test_a_lost_link_is_made_again(ears: Ears, itag: Itag) -> None:
    await itag.lose_link()
    await until_unlinked(ears)
    await until_linked(ears)
    await clicked_once(ears, itag)


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGKILL], ids=["stopped", "killed"])
async def test_a_link_is_made_again_after_bluetoothd_ended_and_started(
    how: signal.Signals, bluetoothd: Bluetoothd, ears: Ears, itag: Itag
) -> None:
    await bluetoothd.stop(how)
    await until_unlinked(ears)
    bluetoothd.start()
    await until_linked(ears)
    await clicked_once(ears, itag)


async def test_beside_a_link_every_press_of_another_button_is_heard(
    ears: Ears, itag: Itag, button: BthomeButton
) -> None:
    for _ in range(4):
        await ears.until_heard(await button.press(PRESS))
    await clicked_once(ears, itag)
    assert [press.counter for press in ears.presses if press.button == BUTTON] == [1, 2, 3, 4]


async def clicked_once(ears: Ears, itag: Itag) -> None:
    await itag.click()
    await until(lambda: len(clicks_of(ears)) >= len(CLICK))
    assert clicks_of(ears) == CLICK


def clicks_of(ears: Ears) -> list[object]:
    return [press.action for press in ears.presses if press.button == ADDRESS]


async def until_linked(ears: Ears) -> None:
    await until(lambda: ADDRESS in ears.buttons.seen() and ears.buttons.seen()[ADDRESS].linked)


async def until_unlinked(ears: Ears) -> None:
    await until(lambda: not ears.buttons.seen()[ADDRESS].linked)
